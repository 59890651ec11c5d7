"""N031: two tables, or two periods of one, give the same series for the same month."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from norms.finding import Finding, Severity
from norms.lookup import Norms

CODE = "N031"


def check(norms: Norms) -> Iterator[Finding]:
    """Every month for which two amounts claim to be the one."""
    for history in norms.histories():
        for one, other in combinations(history, 2):
            if one.period.meets(other.period):
                yield Finding(
                    other.file,
                    other.line,
                    CODE,
                    Severity.ERROR,
                    other.name,
                    f"Gäller {other.period}, men {one.file} rad {one.line} har samma serie för {one.period}. "
                    "Ändra månaderna så att bara en tabell gäller i taget.",
                )
