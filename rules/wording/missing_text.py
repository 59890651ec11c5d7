"""R025: a text that is missing in Swedish, or empty in some language."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

MISSING_TEXT = Diagnostic(
    "R025",
    Severity.ERROR,
    "Text saknas",
    "{problem}",
)
