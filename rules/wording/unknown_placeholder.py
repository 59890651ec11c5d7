"""R024: a text with a placeholder that the rule cannot fill, or with a brace too many."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNKNOWN_PLACEHOLDER = Diagnostic(
    "R024",
    Severity.ERROR,
    "Okänd platshållare",
    "Texten använder {name}, {problem}",
)
