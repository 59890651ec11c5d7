"""R021: a citation that begins with no registered law."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNKNOWN_LAW = Diagnostic(
    "R021",
    Severity.ERROR,
    "Okänd lag",
    "”{text}” börjar inte med namnet på någon lag i lagar.yaml eller kommunens fil.{nearest}",
)
