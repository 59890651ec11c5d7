"""How long each step of the labour-market process takes, and how often it takes longer than the municipality
has set: which step is slow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from decision_service.follow_up.aid import Days
from decision_service.follow_up.month_by_month import CountedMonth, Passed, shown_until
from decision_service.installation.calendar import CalendarRules, working_days_after
from decision_service.planning.participation import ActivityAnswer, Participation
from decision_service.planning.ways import Ways
from norms.month import Month


class ProcessStep(StrEnum):
    """From one thing that is done to the next."""

    MEETING = "enrolled_to_meeting"
    PLAN = "meeting_to_plan"
    ACTIVITY = "plan_to_activity"
    FOLLOW_UP = "between_follow_ups"
    CONTACT = "breach_to_contact"
    BREACH = "contact_to_end"


@dataclass(frozen=True)
class StepFigures:
    """A step of many: how often, how long, and how often late. None where it would tell of few."""

    step: ProcessStep
    taken: int | None
    days: Days
    late: int | None


def process(
    people: Iterable[Participation], until: Month, ways: Ways, calendar: CalendarRules
) -> list[StepFigures]:
    """The steps that ended in the twelve months to the end of a month, in the order of the process, as they
    are shown beside those of every month before."""
    passed: dict[ProcessStep, list[Passed]] = {step: [] for step in ProcessStep}
    for person in people:
        for step, begun, ended, limit in _spans(person, ways, calendar):
            month, late = Month.of(ended), None if limit is None else ended > limit
            passed[step].append(Passed(CountedMonth(month, month, late), (ended - begun).days))
    found = {step: shown_until(passed[step], until) for step in ProcessStep}
    return [StepFigures(step, each.taken, each.days, each.late) for step, each in found.items()]


def slowest(found: Iterable[StepFigures]) -> ProcessStep | None:
    """The step that is late most often, of those whose figures are shown; None where none is."""
    known = [(each.late / each.taken, each.step) for each in found if each.taken and each.late]
    return max(known, key=lambda one: one[0])[1] if known else None


def _spans(
    person: Participation, ways: Ways, calendar: CalendarRules
) -> Iterator[tuple[ProcessStep, date, date, date | None]]:
    """Each step with the day it could begin, the day it was done and the last day for it."""
    for number, each in enumerate(person.enrolments):
        following = person.enrolments[number + 1].day if number + 1 < len(person.enrolments) else date.max
        if each.meeting_held is None:
            continue
        limit = working_days_after(each.day, ways.meeting, calendar)
        yield ProcessStep.MEETING, each.day, each.meeting_held, limit
        plans = [one.decided for one in person.plans if each.meeting_held <= one.decided < following]
        if plans:
            yield ProcessStep.PLAN, each.meeting_held, min(plans), None
    for plan in person.plans:
        begun = [
            one.first
            for one in person.activities
            if one.is_assigned
            and one.answer in (ActivityAnswer.TAKEN, ActivityAnswer.DONE)
            and plan.decided <= one.first <= plan.last
        ]
        if begun:
            yield ProcessStep.ACTIVITY, plan.decided, min(begun), None
    met = [each.day for each in person.follow_ups]
    for before, after in pairwise(met):
        if person.plan_on(before) == person.plan_on(after):
            yield ProcessStep.FOLLOW_UP, before, after, before + timedelta(days=ways.follow_up_days)
    for breach in person.breaches:
        if breach.contacted is None:
            continue
        limit = working_days_after(breach.day, ways.contact, calendar)
        yield ProcessStep.CONTACT, breach.day, breach.contacted, limit
        if (end := breach.handed_over or breach.mended) is not None:
            limit = working_days_after(breach.contacted, ways.contact, calendar)
            yield ProcessStep.BREACH, breach.contacted, end, limit
