"""R042: a municipal setting that the vocabulary does not declare, or with a value it cannot have."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_SETTING = Diagnostic(
    "R042",
    Severity.ERROR,
    "Fel i inställning",
    "{problem}",
)
