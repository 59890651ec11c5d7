"""R014: a value of one type stands where another is needed."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_TYPE = Diagnostic(
    "R014",
    Severity.ERROR,
    "Fel typ",
    "”{text}” är {found}, men här behövs {wanted}.",
)
