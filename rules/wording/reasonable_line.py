"""R039: skälighet in a rule that does not give exactly one line for the guideline to replace."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

REASONABLE_LINE = Diagnostic(
    "R039",
    Severity.ERROR,
    "Skälighet utan en post",
    "En regel med skälighet ger precis en post, den som riktlinjen ersätter. Den här ger {count}.",
)
