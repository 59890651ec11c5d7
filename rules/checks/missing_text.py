"""R025: a text without Swedish."""

from norms.finding import Severity
from rules.checks.diagnostic import Diagnostic

MISSING_TEXT = Diagnostic(
    "R025",
    Severity.ERROR,
    "Text på svenska saknas",
    "Texten finns på {languages} men inte på svenska (sv). Svenska behövs alltid.",
)
