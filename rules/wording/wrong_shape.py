"""R001: a key is missing, unknown or has a value of the wrong shape."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_SHAPE = Diagnostic("R001", Severity.ERROR, "Filen följer inte mallen", "{problem}")
