"""R015: a norm table that does not exist."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNKNOWN_SERIES = Diagnostic(
    "R015",
    Severity.ERROR,
    "Okänd normtabell",
    "Normtabellen ”{name}” finns inte bland serierna i norms/tables/serier.yaml.{nearest}",
)
