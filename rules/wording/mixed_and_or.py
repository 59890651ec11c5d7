"""R019: och and eller are mixed without parentheses."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

MIXED_AND_OR = Diagnostic(
    "R019",
    Severity.ERROR,
    "Blandat och/eller",
    "”{text}” blandar ”och” och ”eller” utan parentes och kan läsas på två sätt. Sätt parentes "
    "kring det som hör ihop.",
)
