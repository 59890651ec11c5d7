"""The weekly schedule as occasions on days, and what was marked of each.

An occasion follows from the schedule: it is there whether anybody marks it or not. On a day when the activity
or the service is closed there is none, so it counts against nobody. What the participant reports is no mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from decision_service.application.case_file import Mark
from decision_service.application.fields import Day, Id, Moment, MonthText, Part
from decision_service.installation.calendar import CalendarRules, is_working_day
from decision_service.planning.participation import Answer, AssignedActivity, Line, Participation


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
    def by_occasion(self) -> Mapping[tuple[date, str], Marking]:
        """The mark of each occasion, by day and activity."""
        return {(each.day, each.activity): each.mark for each in self.marks}

    def with_mark(self, mark: Marked) -> AttendanceOfMonth:
        """The same with a mark, in the place of an earlier one of the same occasion."""
        kept = [each for each in self.marks if (each.day, each.activity) != (mark.day, mark.activity)]
        return self.model_copy(update={"marks": tuple(sorted([*kept, mark], key=_place))})

    def with_check_in(self, check_in: CheckIn) -> AttendanceOfMonth:
        """The same with a report, in the place of an earlier one of the same occasion."""
        own = (check_in.day, check_in.activity)
        kept = [each for each in self.check_ins if (each.day, each.activity) != own]
        return self.model_copy(update={"check_ins": tuple(sorted([*kept, check_in], key=_place))})


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
    marks = {key: mark for each in attendance.values() for key, mark in each.by_occasion.items()}
    reported = {(one.day, one.activity) for each in attendance.values() for one in each.check_ins}
    for day in days(first, last):
        if not is_working_day(day, calendar) or not person.enrolled(day):
            continue
        for activity in person.activities:
            slots = [each for each in activity.slots if each.weekday == day.isoweekday()]
            mark = marks.get((day, activity.id), Marking.UNMARKED)
            if slots and is_on(activity, day) and mark is not Marking.CLOSED:
                hours, begins = sum(each.hours for each in slots), slots[0].begins
                yield Occasion(day, activity, hours, mark, begins, (day, activity.id) in reported)


def is_on(activity: AssignedActivity, day: date) -> bool:
    """Whether an activity that was taken is held on a day. One that was declined ended then."""
    return activity.answer is not Answer.OFFERED and activity.holds(day)


def days(first: date, last: date) -> Iterator[date]:
    """Every day of a time."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


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
