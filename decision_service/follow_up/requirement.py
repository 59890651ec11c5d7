"""The quarter's counts on the activity requirement: who was assigned, who declined, who was refused or had
less and why they needed support, and the hours.

What the supervising authority wants beyond this is not known, and is left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from decision_service.application.outcome import Outcome
from decision_service.follow_up.aid import refused, table
from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.households import Helped
from decision_service.follow_up.small_cells import total
from decision_service.installation.calendar import CalendarRules, working_days
from decision_service.planning.attendance import (
    AttendanceOfMonth,
    Marking,
    Marks,
    marked_occasions,
    marks_of,
)
from decision_service.planning.offered import OfferedActivity
from decision_service.planning.participation import ActivityAnswer, Participation
from norms.month import Month

ATTENDED = frozenset({Marking.PRESENT, Marking.ELSEWHERE})
REFUSALS = {Measure.REFUSED: Outcome.REFUSED, Measure.REDUCED: Outcome.GRANTED_IN_PART}
HOURS = (Measure.HOURS_ASSIGNED, Measure.HOURS_ATTENDED, Measure.HOURS_UNMARKED)


Hours: TypeAlias = "tuple[tuple[int, int, int, int], ...]"
"""Day of the month, hours, hours attended and hours not marked of each assigned occasion."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one participant is in a quarter: ``assigned`` and ``declined`` 0 or 1, and the hours."""

    assigned: int
    declined: int
    hours: int
    attended: int
    unmarked: int


@dataclass(frozen=True)
class Quarter:
    """A quarter by its first month. Counts are None where they would tell of single persons, and so are the
    hours where too few were assigned. ``by_cause`` has who was refused or had less by measure and cause, with
    the sums under ``""``."""

    first: Month
    figures: Mapping[Measure, int | None]
    by_cause: Mapping[tuple[str, str], int | None] = field(default_factory=dict)


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
    return of_counts((counted(*each, first.first, last, calendar) for each in people), first)


def counted(
    person: Participation,
    attendance: Mapping[str, AttendanceOfMonth],
    first: date,
    last: date,
    calendar: CalendarRules,
) -> Counted:
    """What a participant is in a time."""
    found = list(_hours(person, marks_of(attendance.values()), first, last, calendar))
    return Counted(
        int(assigned_in(person, first, last)),
        int(declined_in(person, first, last)),
        sum(each[1] for each in found),
        sum(each[2] for each in found),
        sum(each[3] for each in found),
    )


def assigned_in(person: Participation, first: date, last: date) -> bool:
    """Whether a participant had an assigned activity that was taken on some day of a time."""
    return any(
        each.is_assigned and each.answer is not ActivityAnswer.OFFERED and each.touches(first, last)
        for each in person.activities
    )


def declined_in(person: Participation, first: date, last: date) -> bool:
    """Whether a participant declined an assigned activity in a time."""
    return any(
        each.is_assigned
        and each.answer is ActivityAnswer.DECLINED
        and each.answered is not None
        and first <= each.answered <= last
        for each in person.activities
    )


def hours_by_day(person: Participation, marks: Marks, month: Month, calendar: CalendarRules) -> Hours:
    """The assigned hours of a month, occasion by occasion, also of days to come."""
    found = _hours(person, marks, month.first, month.last, calendar)
    return tuple((day.day, hours, attended, unmarked) for day, hours, attended, unmarked in found)


def _hours(
    person: Participation, marks: Marks, first: date, last: date, calendar: CalendarRules
) -> Iterator[tuple[date, int, int, int]]:
    """The assigned occasions of a time: hours, those with attendance, and those that are not marked."""
    if not assigned_in(person, first, last):
        return
    for one in marked_occasions(person, first, last, calendar, marks):
        if one.activity.is_assigned:
            unmarked = one.mark is Marking.UNMARKED
            yield one.day, one.hours, one.hours * (one.mark in ATTENDED), one.hours * unmarked


def together(found: Iterable[Counted]) -> Counted:
    """What several participants are together."""
    assigned = declined = hours = attended = unmarked = 0
    for each in found:
        assigned += each.assigned
        declined += each.declined
        hours += each.hours
        attended += each.attended
        unmarked += each.unmarked
    return Counted(assigned, declined, hours, attended, unmarked)


def of_counts(
    found: Iterable[Counted],
    first: Month,
    decided: Sequence[Helped] = (),
    offered: int | None = None,
) -> Quarter:
    """The quarter's figures. ``decided`` are its decisions, ``offered`` the hours that groups were offered,
    None where that is not asked."""
    counted = together(found)
    shown, hours = total(counted.assigned), (counted.hours, counted.attended, counted.unmarked)
    figures: dict[Measure, int | None] = {
        Measure.ASSIGNED: shown,
        Measure.DECLINED: total(counted.declined),
        **{
            measure: count if shown is not None else None for measure, count in zip(HOURS, hours, strict=True)
        },
    }
    causes: Counter[tuple[str, str]] = Counter()
    for measure, outcome in REFUSALS.items():
        causes.update((measure.value, cause) for _, cause in refused(decided, outcome))
    by_cause = table(causes)
    for measure in REFUSALS:
        figures[measure] = by_cause.get((measure.value, ""), 0)
    if offered is not None:
        figures[Measure.HOURS_OFFERED] = offered
    return Quarter(first, figures, by_cause)


def decisions_of(decided: Sequence[Helped], of: Quarter) -> dict[tuple[str, str], dict[str, int]]:
    """How many adults of each decision the figures of a quarter count, of those figures that are not withheld
    by themselves."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for measure, outcome in REFUSALS.items():
        for application, cause in refused(decided, outcome):
            for key in ((measure.value, ""), (measure.value, cause)):
                if of.by_cause.get(key) is not None:
                    found.setdefault(key, Counter())[application] += 1
    return {key: dict(counts) for key, counts in found.items()}


def without(of: Quarter, hidden: Collection[tuple[str, str]]) -> Quarter:
    """The quarter without some of its figures on refusals."""
    named = {measure.value: measure for measure in REFUSALS}
    figures = {**of.figures, **{named[measure]: None for measure, cause in hidden if not cause}}
    by_cause = {key: None if key in hidden else count for key, count in of.by_cause.items()}
    return replace(of, figures=figures, by_cause=by_cause)


def hours_offered(
    activities: Iterable[OfferedActivity], first: date, last: date, calendar: CalendarRules
) -> int:
    """The hours of the occasions that groups were offered in a time, for one participant."""
    found = 0
    for each in activities:
        for day in working_days(max(first, each.first), min(last, each.last or last), calendar):
            found += sum(slot.hours for slot in each.slots if slot.weekday == day.isoweekday())
    return found
