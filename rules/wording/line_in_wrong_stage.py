"""R032: a line of the calculation in a stage it does not belong to."""

from norms.finding import Severity
from rules.wording.diagnostic import Diagnostic

LINE_IN_WRONG_STAGE = Diagnostic(
    "R032",
    Severity.ERROR,
    "Post i fel steg",
    "En {line} hör till steget {wanted}, men regeln står i steget {stage}. Ange ”steg: {wanted}” för regeln.",
)
