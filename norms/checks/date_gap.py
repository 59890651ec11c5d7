"""N032: months between two tables have none, and no file says that they are left out on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from norms.finding import Finding, Severity
from norms.lookup import Norms
from norms.month import Month

CODE = "N032"


def check(norms: Norms) -> Iterator[Finding]:
    """Every hole in time without a reason, and every reason without a hole."""
    explained = set()
    for history in norms.histories():
        for one, other in pairwise(history):
            if one.period.last is None or one.period.last.plus(1) >= other.period.first:
                continue
            first, last = one.period.last.plus(1), other.period.first.plus(-1)
            gap = next(
                (
                    gap
                    for gap in norms.gaps
                    if gap.municipality == other.municipality and (gap.first, gap.last) == (first, last)
                ),
                None,
            )
            if gap is not None:
                explained.add(gap)
                continue
            yield Finding(
                other.file,
                other.line,
                CODE,
                Severity.ERROR,
                other.name,
                f"{_months(first, last)} saknar belopp: {one.file} rad {one.line} slutar "
                f"{one.period.last} och den här tabellen börjar {other.period.first}. "
                "Fyll luckan, eller skriv den under ”luckor” med skäl.",
            )
    for gap in norms.gaps:
        if gap not in explained:
            message = (
                f"{_months(gap.first, gap.last)} är ingen lucka i någon serie. "
                "Skriv precis de månader som saknar belopp, eller ta bort raden."
            )
            yield Finding(gap.file, gap.line, CODE, Severity.ERROR, "luckor", message)


def _months(first: Month, last: Month) -> str:
    return f"Månaden {first}" if first == last else f"Månaderna {first} till {last}"
