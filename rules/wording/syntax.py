"""R010: the text of a condition or an amount does not follow the grammar."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

SYNTAX = Diagnostic(
    "R010",
    Severity.ERROR,
    "Uttrycket går inte att läsa",
    "”{text}” går inte att läsa vid {found}. {expected}",
)
