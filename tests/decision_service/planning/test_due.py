"""What is to be done, and when: by working days, with the holidays, and by each municipality's own ways."""

from __future__ import annotations

from datetime import date

import pytest

from decision_service.installation.calendar import SWEDISH
from decision_service.planning.due import Due, TodoKind, due
from decision_service.planning.participation import Enrolment
from decision_service.planning.ways import ways_of
from tests.decision_service.planning.test_steps import BREACH, CONTACT, EXIT, HANDED
from tests.world.planning import PLAN, WAYS, Json, participant

MET: Json = {"step": "meeting", "day": "2026-09-02", "held": True}


def days(*steps: Json) -> dict[TodoKind, date]:
    """What is due after some steps."""
    return {each.what: each.day for each in due(participant(*steps), WAYS, SWEDISH)}


@pytest.mark.parametrize(
    ("enrolled", "meeting"),
    [
        (date(2026, 9, 1), date(2026, 9, 2)),
        (date(2026, 9, 4), date(2026, 9, 7)),
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2027, 3, 25), date(2027, 3, 30)),
    ],
)
def test_the_first_meeting_is_within_one_working_day(enrolled: date, meeting: date) -> None:
    """Over a weekend, Christmas and Easter too."""
    person = participant().model_copy(update={"enrolments": (Enrolment(day=enrolled),)})
    assert due(person, WAYS, SWEDISH)[0] == Due(meeting, TodoKind.MEETING)


def test_a_plan_brings_weekly_follow_up_and_its_own_renewal() -> None:
    assert days(MET) == {TodoKind.PLAN: date(2026, 9, 2), TodoKind.SELF_ASSESSMENT: date(2026, 12, 1)}
    with_plan = days(MET, PLAN)
    assert with_plan[TodoKind.PLAN] == date(2026, 10, 31)
    assert with_plan[TodoKind.FOLLOW_UP] == date(2026, 9, 10)
    followed = days(MET, PLAN, {"step": "follow_up", "day": "2026-09-14", "held": False})
    assert followed[TodoKind.FOLLOW_UP] == date(2026, 9, 21)
    assessed = days(MET, PLAN, {"step": "self_assessment", "day": "2026-09-30", "areas": {"hälsa": 2}})
    assert assessed[TodoKind.SELF_ASSESSMENT] == date(2026, 12, 30)


def test_a_broken_planning_asks_for_a_contact_then_for_what_becomes_of_it() -> None:
    assert days(PLAN, BREACH)[TodoKind.CONTACT] == date(2026, 10, 6)
    assert days(PLAN, BREACH, CONTACT)[TodoKind.BREACH] == date(2026, 10, 7)
    assert not {TodoKind.CONTACT, TodoKind.BREACH} & days(PLAN, BREACH, CONTACT, HANDED).keys()


def test_nothing_is_due_for_one_who_has_left() -> None:
    assert days(PLAN, BREACH, EXIT) == {}


def test_municipalities_have_their_own_ways() -> None:
    kungsbacka, svedala = ways_of("1384"), ways_of("1263")
    assert (kungsbacka.planning_week, kungsbacka.plan_months, svedala.planning_week) == (True, 2, False)
    assert svedala.return_months == 3
    found = {each.what: each.day for each in due(participant(MET), kungsbacka, SWEDISH)}
    assert found[TodoKind.PLANNING_WEEK] == date(2026, 9, 2)
    offered = participant(MET, {"step": "planning_week", "first": "2026-09-07", "state": "OFFERED"})
    found = {each.what: each.day for each in due(offered, kungsbacka, SWEDISH)}
    assert (found[TodoKind.PLANNING_WEEK], found[TodoKind.PLAN]) == (date(2026, 9, 13), date(2026, 9, 13))
