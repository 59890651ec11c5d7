"""The facts that the rules read of a participant equal what the plan says, counted here another way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.application.case_file import (
    ActivityKind,
    AdultsActivity,
    AttendedSession,
    Mark,
)
from decision_service.decision.facts.case_facts import build_facts
from decision_service.installation.calendar import SWEDISH, is_working_day
from decision_service.planning.attendance import AttendanceOfMonth, Marked, Marking, marks_in
from decision_service.planning.facts import activity_of
from decision_service.planning.participation import Participation
from norms.month import Month
from rules.facts import Disputed
from tests.decision_service.planning.test_steps import BREACH, CONTACT, EXIT, HANDED, MENDED, SIDE
from tests.world.cases import engines, raw, read
from tests.world.planning import GROUP, PLACEMENT, PLAN, Json, after, participant, taken

OCTOBER = Month(2026, 10)
OWN: Json = GROUP | {"id": "eget", "kind": "OWN_JOB_SEARCH", "slots": [{"weekday": 5, "hours": 8}]}
AT_WORK = (PLAN, GROUP, taken("grupp"), PLACEMENT, taken("praktik"), OWN, taken("eget"))
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


def attendance(marks: dict[tuple[date, str], Marking]) -> dict[str, AttendanceOfMonth]:
    """What was marked in October."""
    made = tuple(
        Marked(day=day, activity=activity, mark=mark, by="ask-1", at=NOW)
        for (day, activity), mark in sorted(marks.items())
    )
    return {"2026-10": AttendanceOfMonth(month="2026-10", marks=made)}


def told(
    person: Participation,
    marks: dict[tuple[date, str], Marking] | None = None,
    today: date = date(2026, 11, 3),
    reported: AdultsActivity | None = None,
) -> AdultsActivity:
    """What the rules are told in the month after October."""
    return activity_of(person, attendance(marks or {}), OCTOBER, today, SWEDISH, reported)


def facts(activity: AdultsActivity) -> dict[str, object]:
    """The facts of the adult whose plan it is, as the rules of November have them."""
    case = raw("ensam-bifall")
    (one,) = case["activity"]
    case["activity"] = [{**activity.model_dump(mode="json"), "person": one["person"]}]
    file = read(case)
    found = build_facts(file, engines(file).law).facts
    assert engines(file).law.month == Month(2026, 11)
    (adult,) = found.by_kind["vuxen"]
    return {
        path.partition(".")[2]: known
        for path, known in adult.values.items()
        if not isinstance(known, Disputed)
    }


EVERY = [
    (date(2026, 10, 1) + timedelta(days=number), activity)
    for number in range(31)
    for activity in ("grupp", "praktik", "eget")
]


@given(st.dictionaries(st.sampled_from(EVERY), st.sampled_from(Marking), max_size=40))
def test_the_sessions_are_the_schedule_as_it_was_marked(marks: dict[tuple[date, str], Marking]) -> None:
    """Slot by slot and day by day, holidays and closed days apart; a mark of no occasion makes none."""
    slots = {"grupp": {1: 3, 3: 3}, "praktik": {2: 6, 4: 6, 5: 6}, "eget": {5: 8}}
    expected = []
    for day, activity in EVERY:
        mark = marks.get((day, activity), Marking.UNMARKED)
        hours = slots[activity].get(day.isoweekday())
        if hours is not None and is_working_day(day) and mark is not Marking.CLOSED:
            expected.append((day, hours, mark.value))
    found = [(each.day, each.hours, each.mark.value) for each in told(participant(*AT_WORK), marks).sessions]
    october = [each for each in found if date(2026, 10, 1) <= each[0] < date(2026, 11, 1)]
    assert sorted(october) == sorted(expected)


def test_the_hours_of_a_week_are_those_assigned_and_taken() -> None:
    assert told(participant(*AT_WORK)).plan.weekly_hours == 6 + 18
    assert told(participant(PLAN, GROUP)).plan.weekly_hours == 0
    assert told(participant()).plan.weekly_hours is None


def test_what_is_not_over_yet_is_not_missing() -> None:
    """Before the month is over its later days are not unmarked; the next occasion is told for the letter."""
    early = told(participant(*AT_WORK), today=date(2026, 10, 6))
    days = [each.day for each in early.sessions if each.day >= date(2026, 10, 1)]
    assert days == [date(2026, 10, each) for each in (1, 2, 2, 5, 6)] + [date(2026, 11, 2)]
    assert date(2026, 9, 30) >= early.sessions[0].day, "the month before may hold what was not tried"


def test_the_plan_of_the_month_is_told() -> None:
    renewed = PLAN | {"decided": "2026-10-30", "first": "2026-11-01", "last": "2026-12-31"}
    plan = told(participant(*AT_WORK, renewed)).plan
    assert (plan.decided, plan.first, plan.last) == (date(2026, 9, 2), date(2026, 9, 3), date(2026, 10, 31))
    assert (plan.full_time, plan.track, plan.broken) == (True, "MAIN", False)
    assert (plan.placement, plan.competence, plan.state_programme) == ("DONE", "DONE", "NONE")
    assert plan.individual_circumstances is None


def test_a_broken_planning_is_told_with_its_documentation_until_it_is_mended() -> None:
    handed = told(participant(PLAN, BREACH, CONTACT | {"accepted": False}, HANDED)).plan
    assert (handed.broken, handed.valid_reason) == (True, False)
    text = handed.individual_circumstances or ""
    for part in ("Gruppen två dagar", "Kom inte på en vecka", "Barnet var sjukt", "Barn i hushållet: 2"):
        assert part in text
    mended = participant(
        PLAN, BREACH, CONTACT | {"accepted": True}, {"step": "mended", "number": 1, "day": "2026-10-07"}
    )
    assert (told(mended).plan.broken, told(mended).plan.valid_reason) == (False, True)


@pytest.mark.parametrize(
    ("mended", "broken"), [("2026-10-20", True), ("2026-09-30", False)], ids=["this month", "the one before"]
)
def test_what_was_handed_over_is_read_until_the_month_when_it_works_again(mended: str, broken: bool) -> None:
    days = {"day": "2026-09-10"}
    handed = participant(PLAN, BREACH | days, CONTACT | days, HANDED | days)
    assert told(handed).plan.broken
    plan = told(after(handed, MENDED | {"day": mended})).plan
    assert (plan.broken, "Barnet var sjukt" in (plan.individual_circumstances or "")) == (broken, broken)


def test_what_was_declined_missed_and_said_in_the_month_is_told() -> None:
    no = {
        "step": "answer",
        "activity": "praktik",
        "answer": "DECLINED",
        "day": "2026-10-05",
        "reason": "Nej.",
    }
    missed = {"step": "follow_up", "day": "2026-10-08", "held": False}
    held = {"step": "follow_up", "day": "2026-10-15", "held": True, "broad_job_search": True}
    sick = {"step": "circumstance", "id": "s", "kind": "SICK_LEAVE", "first": "2026-10-20", "proof": "intyg"}
    af = {"step": "circumstance", "id": "af", "kind": "AF_PROGRAMME", "first": "2026-09-20", "full": True}
    found = participant(*AT_WORK, no, missed, held, sick, af, SIDE)
    marks = {(date(2026, 10, 5), "grupp"): Marking.ABSENT}
    plan = told(found, marks).plan
    assert (plan.placement, plan.broad_job_search, plan.track) == ("DECLINED", True, "SIDE")
    assert (plan.missed_weekly_meetings, plan.missed_group_meetings) == (1, 1)
    assert plan.state_programme == "FULL"
    assert plan.individual_circumstances == "Sjukskriven från 20 oktober 2026 tills vidare (intyg)."


def test_nobody_has_occasions_after_the_exit() -> None:
    left = after(participant(*AT_WORK), EXIT)
    assert max(each.day for each in told(left).sessions) == date(2026, 10, 9)


def test_what_another_system_said_stands_for_the_time_before() -> None:
    late = participant(today=date(2026, 10, 31)).model_copy(
        update={"enrolments": (participant().enrolments[0].model_copy(update={"day": date(2026, 10, 20)}),)}
    )
    before = AdultsActivity(
        person="x",
        plan={"decided": "2026-08-01", "weekly_hours": 20},
        sessions=[
            AttendedSession(day=day, hours=4, kind=ActivityKind.LANGUAGE, mark=Mark.PRESENT)
            for day in (date(2026, 10, 19), date(2026, 10, 20))
        ],
    )
    found = told(late, reported=before)
    assert found.plan == before.plan
    assert [each.day for each in found.sessions] == [date(2026, 10, 19)]
    own = after(late, PLAN | {"first": "2026-10-20", "decided": "2026-10-20"})
    assert told(own, reported=before).plan.decided == date(2026, 10, 20)


@pytest.mark.parametrize(
    ("mark", "fact"),
    [(Marking.ABSENT, "ogiltig_frånvaro"), (Marking.SICK, "sjuk_utan_intyg")],
)
def test_a_mark_is_the_rules_own_fact(mark: Marking, fact: str) -> None:
    """Sickness without a certificate is neither absence nor sickness with one."""
    all_present = dict.fromkeys(EVERY, Marking.PRESENT)
    found = facts(told(participant(*AT_WORK), all_present | {(date(2026, 10, 6), "praktik"): mark}))
    zero = {"ogiltig_frånvaro", "sjuk_utan_intyg"} - {fact}
    assert found[fact] == 6
    assert [found[each] for each in zero] == [0]
    assert found["omarkerade_tillfällen"] == 0
    assert found["anvisade_timmar"] == 24


def test_marks_are_read_out_of_what_is_kept_as_they_were_written() -> None:
    """The figures read marks alone, without checking the rest once more."""
    month = next(iter(attendance({(date(2026, 10, 5), "grupp"): Marking.SICK}).values()))
    both = month.with_mark(
        Marked(
            day=date(2026, 10, 7),
            activity="grupp",
            mark=Marking.CLOSED,
            by="ask-1",
            at=datetime(2026, 10, 7, 12, tzinfo=UTC),
        )
    )
    assert marks_in(both.model_dump_json(by_alias=True)) == both.by_occasion
    assert len(both.by_occasion) == 2
    assert marks_in(AttendanceOfMonth(month="2026-10").model_dump_json()) == {}
