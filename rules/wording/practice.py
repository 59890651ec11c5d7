"""R044: practice that does not say through which setting a municipality adopts it."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

PRACTICE = Diagnostic(
    "R044",
    Severity.ERROR,
    "Praxis utan inställning",
    "{problem}",
)
