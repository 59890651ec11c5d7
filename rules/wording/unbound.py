"""R017: a term of a kind that the rule is not about."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNBOUND = Diagnostic(
    "R017",
    Severity.ERROR,
    "Termen hör inte hit",
    "”{name}” går inte att läsa här: {reason}",
)
