"""R029: a conclusion about a term that this rule may not decide."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

NOT_CONCLUDABLE = Diagnostic(
    "R029",
    Severity.ERROR,
    "Slutsats om fel term",
    "Regeln kan inte avgöra {path}: {reason}.",
)
