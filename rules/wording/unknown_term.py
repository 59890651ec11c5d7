"""R011: a term that the vocabulary does not declare."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNKNOWN_TERM = Diagnostic(
    "R011",
    Severity.ERROR,
    "Okänd term",
    "Termen ”{name}” finns inte i ordlistan.{nearest}",
)
