"""R016: an amount that may have a part smaller than one öre, or a count that may not be whole."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

UNROUNDED = Diagnostic(
    "R016",
    Severity.ERROR,
    "Belopp som inte går jämnt ut",
    "”{text}” kan bli ett bråktal. {advice}",
)
