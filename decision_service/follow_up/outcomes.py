"""Where participants went: the table of enrolments and exits of a period, such as rolling twelve months.

What each figure means stands in ``definitioner.yaml``. No single person can be told from the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.sums import withheld
from decision_service.planning.participation import Enrolment, ExitReason, Participation

PARTS: Mapping[Measure, tuple[str, ...]] = {
    Measure.ENROLLED: ("work", "studies", "right_benefit", "moved", "other", "remain"),
    Measure.ENDED: ("work", "studies", "right_benefit", "moved", "other"),
    Measure.WORK_OR_STUDIES: ("work", "studies"),
    Measure.WORK: ("work",),
    Measure.STUDIES: ("studies",),
    Measure.OTHER: ("right_benefit", "moved", "other"),
    Measure.REMAIN: ("remain",),
}
"""The parts that each figure is the sum of: where an enrolment went in the period."""
REASONS = tuple(each.value.lower() for each in ExitReason)
_SHARES = {
    Measure.SHARE_ENDED: Measure.ENDED,
    Measure.SHARE_WORK_OR_STUDIES: Measure.WORK_OR_STUDIES,
}


@dataclass(frozen=True)
class Outcomes:
    """A period's figures, both days counted. None where a figure would tell of single persons; shares are
    whole per cent, None too where nobody was enrolled."""

    first: date
    last: date
    figures: Mapping[Measure, int | None]


def outcomes(people: Iterable[Participation], first: date, last: date) -> Outcomes:
    """The table of a period."""
    counts: Counter[str] = Counter()
    for each in people:
        counts.update(_cells(each, first, last))
    return of_sums(
        first, last, {measure: sum(counts[part] for part in parts) for measure, parts in PARTS.items()}
    )


def of_sums(first: date, last: date, sums: Mapping[Measure, int]) -> Outcomes:
    """The table of a period by its counts, small ones withheld and what would give them away."""
    hidden = withheld(
        {measure.value: count for measure, count in sums.items()},
        {measure.value: parts for measure, parts in PARTS.items()},
    )
    return with_shares(
        first, last, {measure: None if measure.value in hidden else count for measure, count in sums.items()}
    )


def with_shares(first: date, last: date, counts: Mapping[Measure, int | None]) -> Outcomes:
    """The table of some counts, with the shares that follow from those that are shown."""
    shown = dict(counts)
    for share, whole in _SHARES.items():
        shown[share] = _per_cent(shown[whole], shown[Measure.ENROLLED])
    return Outcomes(first, last, shown)


def _cells(person: Participation, first: date, last: date) -> Iterator[str]:
    """In which part each enrolment of the period is counted."""
    for number, each in enumerate(person.enrolments):
        if each.day > last or (each.exit is not None and each.exit.day < first):
            continue
        reason = left(person.enrolments, number)
        yield reason.value.lower() if reason is not None and _in(each, first, last) else "remain"


def left(enrolments: tuple[Enrolment, ...], number: int) -> ExitReason | None:
    """Where an enrolment ended, unless the next one made the exit undone."""
    found = enrolments[number].exit
    undone = number + 1 < len(enrolments) and enrolments[number + 1].reopens
    return found.reason if found is not None and not undone else None


def _in(enrolment: Enrolment, first: date, last: date) -> bool:
    return enrolment.exit is not None and first <= enrolment.exit.day <= last


def _per_cent(part: int | None, whole: int | None) -> int | None:
    """Whole per cent, a half upwards."""
    return (200 * part + whole) // (2 * whole) if part is not None and whole else None
