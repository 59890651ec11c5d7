"""N018: a file that would be left out in silence, or one that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from norms.finding import Finding, Severity

CODE = "N018"


def check(files: Iterable[str], registers: Iterable[str]) -> Iterator[Finding]:
    """Every file that is not ``.yaml``, and every register the folder lacks."""
    names = set(files)
    for name in sorted(names):
        if not name.endswith(".yaml"):
            message = "Bara filer som slutar på .yaml läses här. Byt namn på filen eller flytta den."
            yield Finding(name, 0, CODE, Severity.ERROR, "", message)
    for register in registers:
        if register not in names:
            yield Finding(
                register, 0, CODE, Severity.ERROR, "", "Filen saknas. Den måste finnas bland tabellerna."
            )
