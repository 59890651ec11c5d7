"""What a month's decisions were: households, people and money, how fast, and why people needed it.

Of single persons nothing can be told: small counts are withheld, and so is what would give them away.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from decision_service.application.outcome import Outcome
from decision_service.follow_up.definitions import Measure, definitions
from decision_service.follow_up.households import Helped
from decision_service.follow_up.small_cells import SMALLEST, part, total
from decision_service.follow_up.sums import withheld
from norms.month import Month


@dataclass(frozen=True)
class Days:
    """Median, mean and what nine of ten were within; None where too few are behind it."""

    median: float | None
    mean: float | None
    ninetieth: float | None


def days(found: Sequence[int]) -> Days:
    """The days of many; of fewer than the smallest count nothing is told."""
    if len(found) < SMALLEST:
        return Days(None, None, None)
    ninetieth = statistics.quantiles(found, n=10, method="inclusive")[-1]
    return Days(round(statistics.median(found), 1), round(statistics.fmean(found), 1), round(ninetieth, 1))


def pays(one: Helped) -> bool:
    """Whether a decision grants anything."""
    return one.decided.granted > 0


def figures_of(rows: Sequence[Helped], long: Set[object]) -> dict[Measure, int | None]:
    """The counts of the decisions made in a month, of which the ``long`` are the households that have had
    aid for long."""
    granted = [each for each in rows if pays(each)]
    households = {_who(each) for each in granted}
    children = children_of(granted)
    long_term = households & long
    shown = total(len(households))
    return {
        Measure.HOUSEHOLDS: shown,
        Measure.PERSONS: total(len({person for each in granted for person in each.household.adults})),
        Measure.CHILDREN: total(children) if children is not None else None,
        Measure.PAID: sum(each.decided.granted for each in granted) if shown is not None else None,
        Measure.LONG_TERM: part(len(long_term), len(households)),
        Measure.SHARE_AUTOMATED: _per_cent(sum(each.decided.automatic for each in rows), len(rows)),
    }


def children_of(rows: Iterable[Helped]) -> int | None:
    """How many children the households have, each counted once; None where nobody knows of one of them."""
    found = {_who(each): each.household.children for each in rows}
    known = [number for number in found.values() if number is not None]
    return sum(known) if len(known) == len(found) else None


def _who(one: Helped) -> object:
    """A household is its adults; one of people without personal numbers is its application."""
    return one.household.adults or one.decided.application_id


_BEGIN = Month(2000, 1)


def months_with_aid(rows: Iterable[Helped]) -> Mapping[object, int]:
    """The benefit months that each household was granted something for: a bit for each month since 2000."""
    months = {
        month: Month.parse(month).index - _BEGIN.index for month in {each.decided.month for each in rows}
    }
    bits = {month: 1 << number if number >= 0 else 0 for month, number in months.items()}
    found: dict[object, int] = {}
    for each in rows:
        if each.decided.granted > 0:
            who = _who(each)
            found[who] = found.get(who, 0) | bits[each.decided.month]
    return found


def long_term(year: Iterable[Mapping[object, int]], month: Month) -> set[object]:
    """Households with aid for so many of the twelve months to the end of ``month`` as the definition says.
    ``year`` are the months with aid of the decisions that were made in each of these."""
    enough, first = definitions().number_of(Measure.LONG_TERM), month.plus(-11).index - _BEGIN.index
    months: dict[object, int] = {}
    for made in year:
        for who, of in made.items():
            months[who] = months.get(who, 0) | of
    twelve = (1 << 12) - 1
    return {who for who, of in months.items() if (of >> first & twelve).bit_count() >= enough}


def _per_cent(count: int, whole: int) -> int | None:
    shown = part(count, whole)
    return (200 * shown + whole) // (2 * whole) if shown is not None and whole else None


def new_households(half_year: Sequence[Helped], before: Sequence[Helped]) -> list[Helped]:
    """The first decision of each household that had none for the months just before, as many as the
    definition says."""
    months = definitions().number_of(Measure.WAITING_DAYS)
    known: dict[object, set[str]] = {}
    for each in (*before, *half_year):
        known.setdefault(_who(each), set()).add(each.decided.month)
    recent = {
        month: {str(Month.parse(month).plus(-by)) for by in range(1, months + 1)}
        for month in {each.decided.month for each in half_year}
    }
    found: dict[object, Helped] = {}
    for each in half_year:
        if recent[each.decided.month].isdisjoint(known[_who(each)]):
            found.setdefault(_who(each), each)
    return list(found.values())


def by_kind_and_cause(rows: Iterable[Helped]) -> Mapping[tuple[str, str], int | None]:
    """Households with aid by kind and cause, and ``""`` for all: a household counts once for each cause that
    its adults have."""
    counts: Counter[tuple[str, str]] = Counter()
    for each in _helped(rows).values():
        counts.update((each.household.kind, cause) for cause in set(each.household.causes))
    return table(counts)


def _helped(rows: Iterable[Helped]) -> dict[object, Helped]:
    """A decision of each household that was granted anything: the last."""
    return {_who(one): one for one in rows if pays(one)}


def decisions_of(rows: Sequence[Helped], long: Set[object]) -> dict[tuple[str, str], dict[str, int]]:
    """A decision of each household that the figures of a month count, of those figures that are not
    withheld by themselves."""
    figures, helped = figures_of(rows, long), _helped(rows)
    found: dict[tuple[str, str], Iterable[Helped]] = {}
    if figures[Measure.HOUSEHOLDS] is not None:
        found["households", ""] = helped.values()
    if figures[Measure.LONG_TERM] is not None:
        found["long_term", ""] = [one for who, one in helped.items() if who in long]
    for (kind, cause), count in by_kind_and_cause(rows).items():
        if kind and cause and count is not None:
            found[kind, cause] = [
                each
                for each in helped.values()
                if each.household.kind == kind and cause in each.household.causes
            ]
    return {name: {each.decided.application_id: 1 for each in of} for name, of in found.items()}


def table(counts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int | None]:
    """A table of two ways with its sums, small counts withheld and what would give them away."""
    sums: Counter[tuple[str, str]] = Counter()
    parts: dict[str, list[str]] = {}
    for (row, column), count in counts.items():
        for key in ((row, column), (row, ""), ("", column), ("", "")):
            sums[key] += count
            parts.setdefault(_named(key), []).append(_named((row, column)))
    hidden = withheld({_named(key): count for key, count in sums.items()}, parts)
    return {key: None if _named(key) in hidden else count for key, count in sorted(sums.items())}


def _named(key: tuple[str, str]) -> str:
    return "|".join(key)


def refused(rows: Iterable[Helped], outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Of each adult, of households who were refused or had less because what is required was not done, as the
    rules that the definition names say: the application, and the cause."""
    rules = set(definitions().measures[Measure.REFUSED].rules)
    seen = set()
    for each in rows:
        if each.decided.outcome == outcome.value and each.decided.fired & rules:
            for number, cause in enumerate(each.household.causes):
                who = (_who(each), number)
                if who not in seen:
                    seen.add(who)
                    yield each.decided.application_id, cause
