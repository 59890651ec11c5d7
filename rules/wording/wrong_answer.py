"""R046: a question whose answer cannot be what the rule says."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_ANSWER = Diagnostic(
    "R046",
    Severity.ERROR,
    "Frågans svar",
    "{problem}",
)
