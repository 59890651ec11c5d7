"""R018: a norm table is read with the wrong keys."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_KEYS = Diagnostic(
    "R018",
    Severity.ERROR,
    "Fel nycklar till normtabellen",
    "Normtabellen ”{name}” slås upp {wanted}, men här står den {found}.{advice}",
)
