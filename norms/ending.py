"""Amounts that a folder of tables lacks from some month on, though it has others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from norms.lookup import Norms
from norms.month import Month
from norms.table import Series


@dataclass(frozen=True, slots=True)
class Ending:
    """A series with no amounts after a month: ``last``.

    ``another`` is a series of the same owner that goes on, with ``until`` its last month; None where the
    series merely has nothing for the year that comes.
    """

    series: str
    title: str
    municipality: str | None
    file: str
    line: int
    last: str
    another: str | None
    until: str | None

    def __str__(self) -> str:
        whom = f" för kommun {self.municipality}" if self.municipality else ""
        place = f"{self.series}{whom} slutar {self.last} ({self.file} rad {self.line})"
        if self.another is None:
            return f"{place} och har inga belopp för året därpå."
        return f"{place}, men {self.another} går vidare till {self.until}."


def endings(norms: Norms, present: Month) -> Iterator[Ending]:
    """Every series that ends in the year of ``present`` or later, before another of its owner does or before
    the next year begins. A series without end and one that ended in an earlier year are none."""
    new_year = Month(present.year + 1, 1)
    last = [history[-1] for history in norms.histories()]
    ended = [(series, series.period.last) for series in last if series.period.last is not None]
    for series, end in ended:
        if end.year < present.year:
            continue
        further = [
            (other_end, other)
            for other, other_end in ended
            if other.municipality == series.municipality and other_end > end
        ]
        if further:
            until, other = max(further, key=lambda found: found[0])
            yield _ending(series, end, other.name, until)
        elif end < new_year:
            yield _ending(series, end, None, None)


def _ending(series: Series, end: Month, another: str | None, until: Month | None) -> Ending:
    return Ending(
        series.name,
        series.type.title,
        series.municipality,
        series.file,
        series.line,
        str(end),
        another,
        str(until) if until else None,
    )
