"""What is to be done with a participant, and when: the list that a labour-market secretary works by.

Something that is late stays due until it is done; nothing else follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from decision_service.installation.calendar import CalendarRules, months_after, working_days_after
from decision_service.planning.participation import Breach, Participation, WeekState
from decision_service.planning.ways import Ways


class TodoKind(StrEnum):
    """What is to be done."""

    MEETING = "MEETING"
    PLANNING_WEEK = "PLANNING_WEEK"
    PLAN = "PLAN"
    FOLLOW_UP = "FOLLOW_UP"
    SELF_ASSESSMENT = "SELF_ASSESSMENT"
    CONTACT = "CONTACT"
    BREACH = "BREACH"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing to do and the last day for it."""

    day: date
    what: TodoKind


def due(person: Participation, ways: Ways, calendar: CalendarRules) -> list[Due]:
    """What is to be done, the first first. Nothing for one who has left."""
    if person.enrolment.exit is not None:
        return []
    return sorted(_all(person, ways, calendar))


def _all(person: Participation, ways: Ways, calendar: CalendarRules) -> Iterator[Due]:
    begun = person.enrolment
    meeting = working_days_after(begun.day, ways.meeting, calendar)
    if begun.meeting_held is None:
        yield Due(meeting, TodoKind.MEETING)
    week = begun.planning_week
    if ways.planning_week and (week is None or week.state is WeekState.OFFERED):
        yield Due(meeting if week is None else week.first + _A_WEEK, TodoKind.PLANNING_WEEK)
    plan = person.plans[-1] if person.plans and person.plans[-1].last >= begun.day else None
    if plan is None:
        ready = week.first + _A_WEEK if week is not None and ways.planning_week else meeting
        yield Due(max(ready, begun.meeting_held or ready), TodoKind.PLAN)
    else:
        yield Due(plan.last, TodoKind.PLAN)
        met = [each.day for each in person.follow_ups if each.day >= plan.first]
        yield Due(max([plan.first, *met]) + timedelta(days=ways.follow_up_days), TodoKind.FOLLOW_UP)
    assessed = [each.day for each in person.self_assessments if each.day >= begun.day]
    last = max([begun.day, *assessed])
    yield Due(months_after(last, ways.self_assessment_months), TodoKind.SELF_ASSESSMENT)
    for breach in person.breaches:
        if breach.open:
            yield _of_breach(breach, ways, calendar)


def _of_breach(breach: Breach, ways: Ways, calendar: CalendarRules) -> Due:
    """A contact first, then what becomes of it: as soon after."""
    what, since = (
        (TodoKind.CONTACT, breach.day) if breach.contacted is None else (TodoKind.BREACH, breach.contacted)
    )
    return Due(working_days_after(since, ways.contact, calendar), what)


_A_WEEK = timedelta(days=6)
