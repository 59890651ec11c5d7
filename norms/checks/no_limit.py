"""N111: a series nobody has said the reasonable size of."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from norms.lookup import Norms
from norms.read import LIMITS

CODE = "N111"


def check(norms: Norms) -> Iterator[Finding]:
    """Every series whose amounts could be ten times too high without anything noticing."""
    for table in norms.tables:
        for series, *_ in table.series.values():
            if norms.limits.size(series) is None:
                message = f"Serien har ingen rimlig storlek. Lägg till minsta och högsta belopp i {LIMITS}."
                yield Finding(series.file, series.line, CODE, Severity.WARNING, series.name, message)
