"""What a planning says to the rules: plan and attendance of the month before the one that is decided on.

The same form as another system reports them in, so that the rules read one thing. Nothing is guessed: what
nobody has said is not there, and what needs judgement is text that a person reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from decision_service.application.case_file import ActivityKind, AdultsActivity, AttendedSession, Plan
from decision_service.installation.calendar import CalendarRules
from decision_service.planning.attendance import MARKS, AttendanceOfMonth, Marking, Occasion, is_on, occasions
from decision_service.planning.participation import (
    ActivityAnswer,
    Breach,
    Circumstance,
    CircumstanceKind,
    Participation,
)
from decision_service.planning.words import words
from norms.month import Month, day_in_words

Offer = Literal["NOT_OFFERED", "OFFERED", "DECLINED", "DONE"]
TO_READ = frozenset({CircumstanceKind.SICK_LEAVE, CircumstanceKind.NO_CHILDCARE})
"""Circumstances whose weight the law as known does not settle: a person reads them in the case."""
_AHEAD = timedelta(days=60)
ANYBODY = "deltagare"
"""The person of a plan that is read by itself; the case file says who it is in the case."""


def activity_of(
    person: Participation,
    attendance: Mapping[str, AttendanceOfMonth],
    control: Month,
    today: date,
    calendar: CalendarRules,
    reported: AdultsActivity | None = None,
) -> AdultsActivity:
    """Plan and sessions as the rules read them: ``control`` is the month before the benefit month, and what
    is not over by ``today`` is not missing from it. The month before that is there too, for what had not been
    when its decision was made, and the next occasion after it, for letters. ``reported`` by another system
    stands for the time before the person was enrolled here, and its plan until there is one here.
    """
    until = min(control.last, today)
    past = [*occasions(person, control.first, until, calendar, attendance)]
    earlier = [*occasions(person, control.plus(-1).first, control.plus(-1).last, calendar, attendance)]
    after = max(today, control.last) + timedelta(days=1)
    coming = next(iter(occasions(person, after, after + _AHEAD, calendar, attendance)), None)
    before = [each for each in reported.sessions if each.day < person.enrolments[0].day] if reported else []
    sessions = [
        AttendedSession(day=each.day, hours=each.hours, kind=each.activity.kind, mark=MARKS[each.mark])
        for each in (*earlier, *past, *([coming] if coming is not None else []))
    ]
    agreed = person.plan_on(control.last) is not None
    plan = _plan(person, control, until, past) if agreed or reported is None else reported.plan
    return AdultsActivity(person=ANYBODY, plan=plan, sessions=[*before, *sessions])


def _plan(person: Participation, control: Month, until: date, past: Sequence[Occasion]) -> Plan:
    agreed = person.plan_on(control.last)
    enrolment = next(
        (each for each in reversed(person.enrolments) if each.day <= control.last), person.enrolment
    )
    met = [each for each in person.follow_ups if each.day <= until]
    of_month = [each for each in met if Month.of(each.day) == control]
    broad = [each.broad_job_search for each in met if each.broad_job_search is not None]
    breaches = [each for each in person.breaches if each.day <= control.last]
    return Plan(
        decided=agreed.decided if agreed is not None else None,
        first=agreed.first if agreed is not None else None,
        last=agreed.last if agreed is not None else None,
        track="SIDE" if person.side_track_on(until) is not None else "MAIN",
        first_meeting=enrolment.meeting_held,
        planning_week=enrolment.planning_week.state.value if enrolment.planning_week is not None else None,
        weekly_hours=_weekly_hours(person, until) if agreed is not None else None,
        placement=_offer(person, control, workplace=True),
        competence=_offer(person, control, workplace=False),
        broad_job_search=broad[-1] if broad else None,
        broken=any(each.breaks(control.first) for each in breaches),
        missed_weekly_meetings=sum(not each.held and not each.valid_reason for each in of_month),
        missed_group_meetings=sum(
            each.mark is Marking.ABSENT and each.activity.kind is ActivityKind.JOB_SEARCH for each in past
        ),
        full_time=agreed.full_time if agreed is not None else None,
        valid_reason=_valid_reason(person, control, past),
        state_programme=_programme(person, control) if agreed is not None else None,
        individual_circumstances="\n".join(_to_read(person, control, agreed.reason if agreed else ""))
        or None,
    )


def _weekly_hours(person: Participation, day: date) -> int:
    """Assigned hours of a week, without own job search, as the plan has them on a day."""
    return sum(each.weekly_hours for each in person.activities if each.is_assigned and is_on(each, day))


def _offer(person: Participation, control: Month, *, workplace: bool) -> Offer:
    """How it went with the activities of the month: declined as soon as one was, in that month."""
    found = [
        each
        for each in person.activities
        if each.is_assigned and (each.kind is ActivityKind.WORKPLACE) is workplace
    ]
    declined = [each.answered for each in found if each.answer is ActivityAnswer.DECLINED]
    if any(day is not None and Month.of(day) == control for day in declined):
        return "DECLINED"
    here = [each for each in found if each.touches(control.first, control.last)]
    if any(each.answer in (ActivityAnswer.TAKEN, ActivityAnswer.DONE) for each in here):
        return "DONE"
    return "OFFERED" if any(each.answer is ActivityAnswer.OFFERED for each in here) else "NOT_OFFERED"


def _valid_reason(person: Participation, control: Month, past: Iterable[Occasion]) -> bool:
    """Whether the one in charge has found every reason of the month good. Who marks somebody as absent
    without a valid reason has not; where there is no reason at all none is found good."""
    said = [each.accepted for each in person.breaches if Month.of(each.day) == control]
    said += [
        each.accepted
        for each in person.activities
        if each.answer is ActivityAnswer.DECLINED
        and each.answered is not None
        and Month.of(each.answered) == control
    ]
    absent = any(each.mark is Marking.ABSENT and each.activity.is_assigned for each in past)
    return bool(said) and all(said) and not absent


def _programme(person: Participation, control: Month) -> Literal["NONE", "PART", "FULL"]:
    found = [each for each in _of_month(person, control) if each.kind is CircumstanceKind.AF_PROGRAMME]
    if not found:
        return "NONE"
    return "FULL" if any(each.full for each in found) else "PART"


def _of_month(person: Participation, control: Month) -> Iterator[Circumstance]:
    return (each for each in person.circumstances if each.touches(control.first, control.last))


def _to_read(person: Participation, control: Month, reason: str) -> Iterator[str]:
    """What a person must read: circumstances of uncertain weight, why hours are fewer, and what was handed
    over of a broken planning."""
    if reason.strip():
        yield words().to_read.fewer_hours.format(skäl=reason.strip())
    for each in _of_month(person, control):
        if each.kind in TO_READ:
            said = words().to_read
            last = each.last
            yield said.circumstance.format(
                vad=words().circumstances[each.kind],
                dag=day_in_words(each.first),
                till=said.until.format(dag=day_in_words(last)) if last is not None else said.for_now,
                underlag=each.proof.strip() or said.no_proof,
            )
    for breach in person.breaches:
        if breach.documentation is not None and breach.day <= control.last and breach.breaks(control.first):
            yield from _documented(breach)


def _documented(breach: Breach) -> Iterator[str]:
    told = breach.documentation
    assert told is not None
    said = words().to_read
    yield said.broken.format(dag=day_in_words(breach.day), avtalat=told.agreed)
    yield said.happened.format(vad=told.happened)
    yield said.account.format(vad=told.account.strip() or said.no_account)
    yield said.children.format(antal=said.not_known if told.children is None else told.children)
