"""The quarter's counts on the activity requirement: who was assigned, who declined, and the hours.

How many were refused or had less, by cause, is decided in the cases and counted there. What the supervising
authority wants beyond this is not known, and is left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.small_cells import total
from decision_service.installation.calendar import CalendarRules
from decision_service.planning.attendance import AttendanceOfMonth, Marking, occasions
from decision_service.planning.participation import Answer, Participation
from norms.month import Month

ATTENDED = frozenset({Marking.PRESENT, Marking.ELSEWHERE})


@dataclass(frozen=True)
class Quarter:
    """A quarter by its first month. Counts are None where they would tell of single persons, and so are the
    hours where too few were assigned."""

    first: Month
    figures: Mapping[Measure, int | None]


def quarter_of(day: date) -> Month:
    """The first month of the quarter of a day."""
    return Month(day.year, 3 * ((day.month - 1) // 3) + 1)


def quarter(
    people: Iterable[tuple[Participation, Mapping[str, AttendanceOfMonth]]],
    first: Month,
    today: date,
    calendar: CalendarRules,
) -> Quarter:
    """The counts of a quarter, up to ``today`` where it is not over. ``people`` with what was marked."""
    last = min(first.plus(2).last, today)
    counts: Counter[Measure] = Counter()
    for person, attendance in people:
        assigned = [each for each in person.activities if each.is_assigned]
        counts[Measure.ASSIGNED] += any(
            each.answer is not Answer.OFFERED and each.touches(first.first, last) for each in assigned
        )
        counts[Measure.DECLINED] += any(
            each.answer is Answer.DECLINED
            and each.answered is not None
            and first.first <= each.answered <= last
            for each in assigned
        )
        for one in occasions(person, first.first, last, calendar, attendance):
            if one.activity.is_assigned:
                counts[Measure.HOURS_ASSIGNED] += one.hours
                counts[Measure.HOURS_ATTENDED] += one.hours * (one.mark in ATTENDED)
                counts[Measure.HOURS_UNMARKED] += one.hours * (one.mark is Marking.UNMARKED)
    assigned_count = total(counts[Measure.ASSIGNED])
    hours = (Measure.HOURS_ASSIGNED, Measure.HOURS_ATTENDED, Measure.HOURS_UNMARKED)
    figures: dict[Measure, int | None] = {
        Measure.ASSIGNED: assigned_count,
        Measure.DECLINED: total(counts[Measure.DECLINED]),
        **{each: counts[each] if assigned_count is not None else None for each in hours},
    }
    return Quarter(first, figures)
