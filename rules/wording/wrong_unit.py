"""R013: numbers with different units are compared, added or concluded."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_UNIT = Diagnostic(
    "R013",
    Severity.ERROR,
    "Fel enhet",
    "”{text}” {problem}.{advice}",
)
