"""R045: a notion that cannot be understood, or is used as something else than it is."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_NOTION = Diagnostic(
    "R045",
    Severity.ERROR,
    "Fel i begrepp",
    "{problem}",
)
