"""R012: a value outside the list of choices."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNKNOWN_CHOICE = Diagnostic(
    "R012",
    Severity.ERROR,
    "Värde utanför listan",
    "”{name}” är inget av de värden som {term} kan ha: {choices}.{nearest}",
)
