"""R060: a case that gives or expects something the vocabulary does not have."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

WRONG_CASE = Diagnostic("R060", Severity.ERROR, "Fel i fallet", "Fallet går inte att köra: {problem}")
