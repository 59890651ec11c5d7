"""The rolling table as it has been shown month by month: what is shown of one month may not, with what was
shown of all the months before it, tell of few.

A rolling sum less the one before is what came less what went, so a small month could be had. The table of
each month is therefore told in order, from the first month that anybody was enrolled, and a figure that
would give a small month away is left out of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeAlias

from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.outcomes import PARTS, REASONS, Outcomes, left, of_sums, with_shares
from decision_service.follow_up.small_cells import SMALLEST
from decision_service.follow_up.sums import ToldSums
from decision_service.planning.participation import Participation
from norms.month import Month

Part: TypeAlias = "tuple[Month, str]"
"""What came to pass in a month: enrolments that began, or exits of a kind."""
Row: TypeAlias = "Mapping[Part, int]"
"""How often each part is counted; less than never where it is taken away."""
_UNDONE, _BEGUN = "undone", "begun"
"""Exits that a return made undone, and enrolments that began."""
_ENDED = (Measure.ENDED, Measure.WORK_OR_STUDIES, Measure.WORK, Measure.STUDIES, Measure.OTHER)
ORDER = (
    Measure.ENROLLED,
    Measure.ENDED,
    Measure.WORK_OR_STUDIES,
    Measure.WORK,
    Measure.STUDIES,
    Measure.OTHER,
    Measure.REMAIN,
)
"""What is told first is left out last."""


def published(people: Iterable[Participation], until: Month) -> Outcomes:
    """The table of the twelve months to the end of a month, as it is shown beside those of every month
    before."""
    counts, told = _by_month(people), ToldSums()
    months = sorted({month for month, _ in counts})
    table = of_sums(*rolling(until), dict.fromkeys(ORDER, 0))
    month = months[0] if months else until.plus(1)
    while month <= until:
        for measure in _ENDED:
            _keep(told, {(month, reason): 1 for reason in PARTS[measure]}, counts)
        _keep(told, {(month, _BEGUN): 1}, counts)
        rows = {measure: _row(measure, month, months[0], counts) for measure in ORDER}
        sums = {
            measure: sum(number * counts[part] for part, number in row.items())
            for measure, row in rows.items()
        }
        table = of_sums(*rolling(month), sums)
        shown = {
            measure: _is_told(told, table.figures[measure], _in_words(rows[measure])) for measure in ORDER
        }
        table = with_shares(
            table.first, table.last, {each: table.figures[each] if shown[each] else None for each in ORDER}
        )
        month = month.plus(1)
    return table


def _by_month(people: Iterable[Participation]) -> Counter[Part]:
    """How many enrolments began and ended in each month, by reason."""
    counts: Counter[Part] = Counter()
    for person in people:
        for number, each in enumerate(person.enrolments):
            counts[Month.of(each.day), _BEGUN] += 1
            if each.exit is not None:
                reason = left(person.enrolments, number)
                counts[Month.of(each.exit.day), reason.value.lower() if reason else _UNDONE] += 1
    return counts


def _keep(told: ToldSums, parts: Row, counts: Mapping[Part, int]) -> None:
    """Keep a month's count where it is small, as the sum of what there is."""
    there = [part for part in parts if counts.get(part)]
    if 0 < sum(counts[part] for part in there) < SMALLEST:
        told.keep(_in_words(dict.fromkeys(there, 1)))


def _is_told(told: ToldSums, figure: int | None, row: Mapping[str, int]) -> bool:
    """Tell a figure. A difference that is none is not told: it says of every part of it that nobody is there,
    which is more than its sum."""
    return figure is not None and not (figure == 0 and row) and told.tell(row)


def _row(measure: Measure, until: Month, earliest: Month, counts: Mapping[Part, int]) -> Row:
    """A figure of the table as what it counts of each month: enrolled are all who had begun, less those who
    had ended before it. Of a month in which there is nobody everybody is taken to know."""
    begins = until.plus(-11)
    months = [month for number in range(12) if (month := begins.plus(number)) >= earliest]
    row: Counter[Part] = Counter()
    ended = [(month, reason) for month in months for reason in REASONS]
    if measure not in (Measure.ENROLLED, Measure.REMAIN):
        row.update(part for part in ended if part[1] in PARTS[measure])
    else:
        row.update(part for part in counts if part[1] == _BEGUN and part[0] <= until)
        row.subtract(part for part in counts if part[1] != _BEGUN and part[0] < begins)
    if measure is Measure.REMAIN:
        row.subtract(ended)
    return {part: number for part, number in row.items() if counts.get(part)}


def _in_words(row: Row) -> dict[str, int]:
    return {_named(*part): number for part, number in row.items()}


def _named(month: Month, part: str) -> str:
    return f"{month}|{part}"


def rolling(until: Month) -> tuple[date, date]:
    """Twelve months to the end of a month."""
    return until.plus(-11).first, until.last
