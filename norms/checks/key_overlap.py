"""N033: two amounts of a series are for the same key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from norms.finding import Finding, Severity
from norms.lookup import Norms

CODE = "N033"


def check(norms: Norms) -> Iterator[Finding]:
    """Every key for which two amounts claim to be the one."""
    for table in norms.tables:
        for periods in table.series.values():
            series = periods[0]
            for one, other in combinations(series.rows, 2):
                if all(a.meets(b) for a, b in zip(one.keys, other.keys, strict=True)):
                    yield Finding(
                        series.file,
                        other.line,
                        CODE,
                        Severity.ERROR,
                        series.where(other),
                        f"Överlappar {series.where(one)} på rad {one.line}. "
                        "Ändra nycklarna så att bara ett belopp gäller för varje.",
                    )
