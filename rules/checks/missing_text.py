"""R025: a text that is missing in Swedish, or empty."""

from norms.finding import Severity
from rules.checks.diagnostic import Diagnostic

MISSING_TEXT = Diagnostic(
    "R025",
    Severity.ERROR,
    "Text på svenska saknas",
    "Texten på {language} ({code}) saknas eller är tom. Skriv den{otherwise}.",
)
