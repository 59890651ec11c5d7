"""What twelve months took of time, as it has been shown month by month: no count and no median of one month
may, with those of all the months before it, tell of few.

Counts are told as the rolling table's are. The days of those who are counted are shown only where the count
is, and where none or many have come and gone since each time that they were shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from decision_service.follow_up.aid import Days, days
from decision_service.follow_up.small_cells import SMALLEST, part, total
from decision_service.follow_up.sums import ToldSums
from norms.month import Month


class CountedMonth(NamedTuple):
    """The month that something is counted in, the month it is known from, and whether it was later than the
    municipality's own time; None where it has none."""

    counted: Month
    known: Month
    late: bool | None = None


@dataclass(frozen=True)
class Passed:
    """Something that somebody did, and the calendar days it took."""

    cell: CountedMonth
    days: int


@dataclass(frozen=True)
class TwelveMonths:
    """What is shown of twelve months. None is withheld; ``late`` also where nothing has a time of its own."""

    taken: int | None
    late: int | None
    days: Days


def shown_until(passed: Sequence[Passed], until: Month) -> TwelveMonths:
    """What is shown of the twelve months to the end of a month, beside what was shown of those before."""
    counts = Counter(each.cell for each in passed if each.cell.known <= each.cell.counted.plus(11))
    told = ToldSums(dict.fromkeys(map(_named, each), 1) for each in _small(counts))
    before: list[set[CountedMonth]] = []
    found = TwelveMonths(0, None, days([]))
    for month in _months(min((each.known for each in counts), default=until), until):
        inside = {each for each in counts if month.plus(-11) <= each.counted and each.known <= month}
        overdue = {each for each in inside if each.late}
        taken = _told(told, inside, total(_sum(counts, inside)))
        late = part(_sum(counts, overdue), _sum(counts, inside)) if taken is not None else None
        late = _told(told, overdue, late) if any(each.late is not None for each in inside) else None
        steady = bool(taken) and all(_is_steady(counts, inside, each) for each in before)
        before += [inside] if steady else []
        took = [each.days for each in passed if each.cell in inside] if steady and month == until else []
        found = TwelveMonths(taken, late, days(took))
    return found


def _months(first: Month, until: Month) -> Iterator[Month]:
    while first <= until:
        yield first
        first = first.plus(1)


def _is_steady(
    counts: Mapping[CountedMonth, int], one: Collection[CountedMonth], other: Collection[CountedMonth]
) -> bool:
    """Whether none or many have come, and none or many have gone, between two times."""
    came, went = set(one) - set(other), set(other) - set(one)
    return total(_sum(counts, came)) is not None and total(_sum(counts, went)) is not None


def _small(counts: Mapping[CountedMonth, int]) -> set[frozenset[CountedMonth]]:
    """Every cell, month and run of months that is small: of all, of those in time and of the late."""
    found = {frozenset([each]) for each, count in counts.items() if count < SMALLEST}
    for group in ({True}, {False, None}, {True, False, None}):
        there = [each for each in counts if each.late in group]
        for axis in ("counted", "known"):
            by_month: dict[Month, set[CountedMonth]] = {}
            for each in there:
                by_month.setdefault(getattr(each, axis), set()).add(each)
            found.update(_runs(counts, [by_month[month] for month in sorted(by_month)]))
    return found


def _runs(
    counts: Mapping[CountedMonth, int], months: Sequence[Collection[CountedMonth]]
) -> Iterator[frozenset[CountedMonth]]:
    """The small sums of months in which there is anything and that follow upon each other."""
    for number in range(len(months)):
        run: set[CountedMonth] = set()
        for each in months[number:]:
            run |= set(each)
            if _sum(counts, run) >= SMALLEST:
                break
            yield frozenset(run)


def _told(told: ToldSums, cells: Collection[CountedMonth], count: int | None) -> int | None:
    """A count, where it can be told."""
    return count if count is not None and told.tell(dict.fromkeys(map(_named, cells), 1)) else None


def _sum(counts: Mapping[CountedMonth, int], cells: Collection[CountedMonth]) -> int:
    return sum(counts[each] for each in cells)


def _named(cell: CountedMonth) -> str:
    return "|".join(map(str, cell))
