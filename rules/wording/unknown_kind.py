"""R031: a rule or a question about a kind that is not declared, or that there is only one of."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNKNOWN_KIND = Diagnostic(
    "R031",
    Severity.ERROR,
    "Okänt slag",
    "”{name}” är inget slag som det kan finnas flera av. Välj bland {kinds}.{nearest}",
)
