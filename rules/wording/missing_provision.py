"""R020: a rule that cites no provision in force in some month it applies to."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

MISSING_PROVISION = Diagnostic(
    "R020",
    Severity.ERROR,
    "Lagrum saknas",
    "{problem} Ange vilken bestämmelse regeln vilar på.",
)
