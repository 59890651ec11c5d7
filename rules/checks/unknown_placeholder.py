"""R024: a text that names a placeholder which the rule cannot fill."""

from norms.finding import Severity
from rules.checks.diagnostic import Diagnostic

UNKNOWN_PLACEHOLDER = Diagnostic(
    "R024",
    Severity.ERROR,
    "Okänd platshållare",
    "Texten ({language}) använder {{{name}}}, som inte finns i regeln.{nearest}",
)
