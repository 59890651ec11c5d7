"""R002: a file that would not be read, or would be read as something else than it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from norms.finding import Finding, Severity
from rules.wording.diagnostic import Diagnostic

MISPLACED_FILE = Diagnostic("R002", Severity.ERROR, "Fil på fel plats", "{problem}")

_PLACES = ("sets/national/", "sets/municipal/")


def check(files: Iterable[str]) -> Iterator[Finding]:
    """Every file under ``sets`` is a YAML file of the nation or of a municipality."""
    for name in sorted(files):
        if not name.startswith("sets/"):
            continue
        if not name.endswith(".yaml"):
            problem = "Bara filer som slutar på .yaml läses. Byt namn på filen eller flytta den."
            yield MISPLACED_FILE.at(name, 0, "", problem=problem)
        elif not name.startswith(_PLACES) or (name.startswith(_PLACES[1]) and name.count("/") < 3):
            problem = (
                "Nationella regler ligger i sets/national/, kommunala i sets/municipal/<kommunkod>/ och "
                "delade i sets/municipal/delade/. Flytta filen."
            )
            yield MISPLACED_FILE.at(name, 0, "", problem=problem)
