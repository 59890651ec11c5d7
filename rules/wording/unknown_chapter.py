"""R047: a citation of a chapter or a paragraph that the law does not have."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNKNOWN_CHAPTER = Diagnostic(
    "R047",
    Severity.ERROR,
    "Okänt kapitel",
    "”{text}” är inget ställe i lagen: {problem}",
)
