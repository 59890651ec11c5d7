"""R031: a rule about a kind that the vocabulary does not declare, or that there is only one of."""

from norms.finding import Severity
from rules.checks.diagnostic import Diagnostic

UNKNOWN_KIND = Diagnostic(
    "R031",
    Severity.ERROR,
    "Okänt slag",
    "”för varje: {name}” går inte. Välj bland {kinds}.",
)
