"""The weekly schedule as occasions on days, and what was marked of each.

An occasion follows from the schedule: it is there whether anybody marks it or not. On a day when the activity
or the service is closed there is none, so it counts against nobody. What the participant reports is no mark.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from decision_service.application.case_file import Mark
from decision_service.application.fields import Day, Id, Moment, MonthText, Part
from decision_service.installation.calendar import CalendarRules, working_days
from decision_service.planning.participation import ActivityAnswer, AssignedActivity, Line, Participation


class Marking(StrEnum):
    """What the one in charge marks an occasion with. ``CLOSED``: the activity was not held."""

    PRESENT = "PRESENT"
    ABSENT_VALID = "ABSENT_VALID"
    ABSENT = "ABSENT"
    SICK_CERTIFICATE = "SICK_CERTIFICATE"
    SICK = "SICK"
    ELSEWHERE = "ELSEWHERE"
    CLOSED = "CLOSED"
    UNMARKED = "UNMARKED"


Marks: TypeAlias = "Mapping[tuple[date, str], Marking]"
"""The mark of each occasion, by day and activity."""


class Marked(Part):
    """One mark: of which activity on which day, by whom and when. A later one takes its place."""

    day: Day
    activity: Id
    mark: Marking
    by: Line
    at: Moment


class CheckIn(Part):
    """The participant's own word that they came: a report."""

    day: Day
    activity: Id
    at: Moment


class AttendanceOfMonth(Part):
    """What was marked and reported of a participant's month."""

    month: MonthText
    marks: tuple[Marked, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()

    @property
    def by_occasion(self) -> Marks:
        """The mark of each occasion."""
        return {(each.day, each.activity): each.mark for each in self.marks}

    @property
    def held(self) -> Iterator[date]:
        """The days on which something is said of how it went: marked, and not closed."""
        return (each.day for each in self.marks if each.mark not in (Marking.UNMARKED, Marking.CLOSED))

    def marking(self, day: date, activity: str) -> Marking:
        """How an occasion is marked."""
        return self.by_occasion.get((day, activity), Marking.UNMARKED)

    def with_mark(self, mark: Marked) -> AttendanceOfMonth:
        """The same with a mark, in the place of an earlier one of the same occasion."""
        kept = [each for each in self.marks if (each.day, each.activity) != (mark.day, mark.activity)]
        return self.model_copy(update={"marks": tuple(sorted([*kept, mark], key=_place))})

    def with_check_in(self, check_in: CheckIn) -> AttendanceOfMonth:
        """The same with a report, in the place of an earlier one of the same occasion."""
        own = (check_in.day, check_in.activity)
        kept = [each for each in self.check_ins if (each.day, each.activity) != own]
        return self.model_copy(update={"check_ins": tuple(sorted([*kept, check_in], key=_place))})


def marks_of(months: Iterable[AttendanceOfMonth]) -> Marks:
    """What was marked in some months."""
    return {key: mark for each in months for key, mark in each.by_occasion.items()}


def marks_in(document: str) -> Marks:
    """What was marked in a month as it is kept, without who marked it and when."""
    said = json.loads(document)["marks"]
    return {(date.fromisoformat(each["day"]), each["activity"]): Marking(each["mark"]) for each in said}


@dataclass(frozen=True, slots=True)
class Occasion:
    """An activity on a day: hours, and how it was marked."""

    day: date
    activity: AssignedActivity
    hours: int
    mark: Marking = Marking.UNMARKED
    begins: str | None = None
    reported: bool = False


def occasions(
    person: Participation,
    first: date,
    last: date,
    calendar: CalendarRules,
    attendance: Mapping[str, AttendanceOfMonth],
) -> Iterator[Occasion]:
    """The occasions of a time, day by day, as marked in ``attendance``, by month; without the closed."""
    marks = marks_of(attendance.values())
    reported = {(one.day, one.activity) for each in attendance.values() for one in each.check_ins}
    return marked_occasions(person, first, last, calendar, marks, reported)


def marked_occasions(
    person: Participation,
    first: date,
    last: date,
    calendar: CalendarRules,
    marks: Marks,
    reported: Collection[tuple[date, str]] = (),
) -> Iterator[Occasion]:
    """The occasions of a time, where what was marked is read already."""
    schedule = list(_schedule(person, first, last))
    for day in working_days(first, last, calendar) if schedule else ():
        for activity, hours_of, begins in schedule:
            hours = hours_of.get(day.isoweekday())
            if hours is None or not is_on(activity, day) or not person.enrolled(day):
                continue
            mark = marks.get((day, activity.id), Marking.UNMARKED)
            if mark is not Marking.CLOSED:
                at, said = begins[day.isoweekday()], (day, activity.id) in reported
                yield Occasion(day, activity, hours, mark, at, said)


def is_on(activity: AssignedActivity, day: date) -> bool:
    """Whether an activity that was taken is held on a day. One that was declined ended then."""
    return activity.answer is not ActivityAnswer.OFFERED and activity.holds(day)


def _schedule(
    person: Participation, first: date, last: date
) -> Iterator[tuple[AssignedActivity, Mapping[int, int], Mapping[int, str | None]]]:
    """The activities of a time, with the hours of each weekday and when they begin."""
    for activity in person.activities:
        if activity.touches(first, last):
            hours: dict[int, int] = {}
            begins: dict[int, str | None] = {}
            for slot in activity.slots:
                hours[slot.weekday] = hours.get(slot.weekday, 0) + slot.hours
                begins.setdefault(slot.weekday, slot.begins)
            yield activity, hours, begins


MARKS: Mapping[Marking, Mark] = {
    Marking.PRESENT: Mark.PRESENT,
    Marking.ABSENT_VALID: Mark.ABSENT_VALID,
    Marking.ABSENT: Mark.ABSENT,
    Marking.SICK_CERTIFICATE: Mark.SICK_CERTIFICATE,
    Marking.SICK: Mark.SICK,
    Marking.ELSEWHERE: Mark.ELSEWHERE,
    Marking.UNMARKED: Mark.UNMARKED,
}
"""The mark of a session in the case file. What was closed is no session."""


def _place(one: Marked | CheckIn) -> tuple[date, str]:
    return one.day, one.activity


class OneMark(Part):
    """How an occasion is marked: which activity, on which day."""

    activity: Id
    day: Day
    mark: Marking


class MarkOfOne(Part):
    """A mark of one participant, where a whole group is marked at once."""

    participant: Id
    mark: Annotated[Marking, Field(description="Hur tillfället markeras")]
