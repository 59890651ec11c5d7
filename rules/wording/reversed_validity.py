"""R022: a span of validity that ends before it begins."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

REVERSED_VALIDITY = Diagnostic(
    "R022",
    Severity.ERROR,
    "Giltigheten slutar innan den börjar",
    "Giltigheten slutar {last}, innan den börjar {first}. Byt plats på månaderna eller rätta den ena.",
)
