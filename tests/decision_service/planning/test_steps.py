"""A step says what it says, leaves the rest as it was, and is refused where it does not fit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from decision_service.planning.participation import ActivityAnswer, ExitReason
from decision_service.planning.steps import STEPS, step_of
from decision_service.planning.words import words
from decision_service.reading.strict_json import InputError
from decision_service.store.refused import ConflictError
from tests.world.planning import GROUP, PLACEMENT, PLAN, Json, after, participant, taken
from tests.world.sweeps import swept

BREACH: Json = {"step": "breach", "day": "2026-10-05", "happened": "Kom inte till gruppen på en vecka."}
CONTACT: Json = {"step": "contact", "number": 1, "day": "2026-10-06", "account": "Barnet var sjukt."}
HANDED: Json = {
    "step": "handed_over",
    "number": 1,
    "day": "2026-10-07",
    "agreed": "Gruppen två dagar i veckan.",
    "happened": "Kom inte på en vecka.",
    "children": 2,
}
MENDED: Json = {"step": "mended", "number": 1, "day": "2026-10-07"}
NO: Json = {
    "step": "answer",
    "activity": "grupp",
    "answer": "DECLINED",
    "day": "2026-10-05",
    "reason": "För långt.",
}
DONE: Json = {"step": "answer", "activity": "grupp", "answer": "DONE", "day": "2026-10-05"}
SICK: Json = {
    "step": "circumstance",
    "id": "c",
    "kind": "SICK_LEAVE",
    "first": "2026-10-01",
    "proof": "intyg",
}
FORWARD: Json = {"step": "step_forward", "day": "2026-10-01", "area": "språk", "what": "Talar i telefon."}
FULL = [{"weekday": each, "hours": 12} for each in (2, 4, 5)]
EXIT: Json = {"step": "exit", "day": "2026-10-10", "reason": "WORK"}
SIDE: Json = {
    "step": "side_track",
    "first": "2026-10-01",
    "responsible": "Eva Lind",
    "support": "Samtal varje vecka.",
    "reason": "Lång sjukskrivning.",
}


PROTECTS = {"basis": "OKAND", "told_by": "deltagaren", "reason": "Hon berättade det."}


def code(refused: pytest.ExceptionInfo[Exception]) -> str:
    """The code of the only fault."""
    error = refused.value
    if isinstance(error, ConflictError):
        return error.fault.code
    assert isinstance(error, InputError)
    (fault,) = error.faults
    return fault.code


def test_every_step_has_a_word_and_every_word_a_step() -> None:
    others = {"enrolled", "offered", "offer_ended", "offer_vouched"}
    others |= {"marked", "checked_in", "letter", "sealed_anew"}
    assert set(words().steps) == set(STEPS) | others
    for kind in (words().kinds, words().marks, words().todo, words().circumstances, words().support):
        codes = type(next(iter(kind)))
        assert set(kind) == set(codes)


def test_a_step_changes_what_it_says_and_nothing_else() -> None:
    """Each of these changes one field of the participation."""
    begun = participant(PLAN)
    for step, field in (
        ({"step": "meeting", "day": "2026-09-02", "held": True}, "enrolments"),
        ({"step": "planning_week", "first": "2026-09-07", "state": "DONE"}, "enrolments"),
        ({"step": "responsible", "responsible": "ask-2"}, "responsible"),
        ({"step": "details", "last_name": "Ask"}, "last_name"),
        ({"step": "details", "protects": PROTECTS}, "protected"),
        (GROUP, "activities"),
        (
            {
                "step": "circumstance",
                "id": "c",
                "kind": "SICK_LEAVE",
                "first": "2026-10-01",
                "proof": "intyg",
            },
            "circumstances",
        ),
        (SIDE, "side_tracks"),
        ({"step": "follow_up", "day": "2026-10-01", "held": True}, "follow_ups"),
        ({"step": "self_assessment", "day": "2026-10-01", "areas": {"hälsa": 3}}, "self_assessments"),
        (
            {"step": "step_forward", "day": "2026-10-01", "area": "språk", "what": "Talar i telefon."},
            "steps_forward",
        ),
        (BREACH, "breaches"),
    ):
        found = after(begun, step)
        differs = {name for name in type(begun).model_fields if getattr(found, name) != getattr(begun, name)}
        assert differs == {field}, step


def test_a_new_plan_ends_the_one_before_and_both_stand() -> None:
    mended = PLAN | {"decided": "2026-10-05", "first": "2026-10-06", "last": "2026-11-30"}
    first, second = participant(PLAN, mended).plans
    assert (first.last, second.first) == (date(2026, 10, 5), date(2026, 10, 6))


def test_a_broken_planning_is_mended_or_handed_over_and_says_what_the_person_said() -> None:
    found = participant(PLAN, BREACH, CONTACT, HANDED).breaches[0]
    assert found.documentation is not None
    assert found.documentation.account == "Barnet var sjukt."
    assert (found.documentation.children, found.open) == (2, False)
    mended = participant(PLAN, BREACH, CONTACT, MENDED)
    assert (mended.breaches[0].mended, mended.breaches[0].open) == (date(2026, 10, 7), False)


def test_a_plan_that_has_not_begun_gives_way_to_one_that_begins_before_it() -> None:
    late = PLAN | {"decided": "2026-10-20", "first": "2026-12-20", "last": "2027-01-31"}
    right = PLAN | {"decided": "2026-10-21", "first": "2026-11-20", "last": "2026-12-31"}
    found = participant(PLAN, late, right)
    assert [each.goal for each in found.plans] == [PLAN["goal"]] * 3, "all stand"
    assert found.plan_on(date(2026, 12, 25)) == found.plans[-1]
    assert not found.plans[1].touches(date.min, date.max)
    with pytest.raises(InputError, match="2026-11-21"):
        after(found, right, today=date(2026, 12, 25))


def test_a_second_contact_keeps_what_is_not_said_again() -> None:
    said = CONTACT | {"accepted": True}
    bare = {"step": "contact", "number": 1, "day": "2026-10-08"}
    kept = participant(PLAN, BREACH, said, bare).breaches[0]
    assert (kept.account, kept.accepted, kept.contacted) == ("Barnet var sjukt.", True, date(2026, 10, 8))
    later = participant(PLAN, BREACH, CONTACT, bare | {"accepted": False}).breaches[0]
    assert (later.account, later.accepted) == ("Barnet var sjukt.", False)


def test_what_touches_midnight_or_each_other_fits() -> None:
    slots = [NINE, NINE | {"begins": "12:00"}, NINE | {"begins": "21:00"}, {"weekday": 2, "hours": 1}]
    assert participant(PLAN, GROUP | {"slots": slots}).activities[0].weekly_hours == 10


def test_what_was_handed_over_can_work_again_once() -> None:
    again = {**MENDED, "day": "2026-10-20"}
    found = participant(PLAN, BREACH, CONTACT, HANDED, again)
    assert found.breaches[0].mended == date(2026, 10, 20)
    assert (found.breaches[0].handed_over, found.breaches[0].open) == (date(2026, 10, 7), False)
    with pytest.raises(ConflictError) as refused:
        after(found, again)
    assert code(refused) == "breach_closed"
    with pytest.raises(InputError, match="2026-10-07"):
        participant(PLAN, BREACH, CONTACT, HANDED, {**MENDED, "day": "2026-10-06"})


def test_a_no_leaves_no_more_occasions_and_an_end_leaves_that_day() -> None:
    (activity,) = participant(PLAN, GROUP, taken("grupp"), NO).activities
    assert (activity.answer, activity.last) == (ActivityAnswer.DECLINED, date(2026, 10, 4))
    (activity,) = participant(PLAN, GROUP, taken("grupp"), DONE).activities
    assert activity.last == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("reason", "day", "reopens"),
    [
        ("WORK", "2027-01-10", True),
        ("WORK", "2027-01-11", False),
        ("STUDIES", "2026-10-10", True),
        ("MOVED", "2026-10-11", False),
        ("RIGHT_BENEFIT", "2026-10-11", False),
    ],
)
def test_who_comes_back_within_three_months_after_work_or_studies_never_left(
    reason: str, day: str, reopens: bool
) -> None:
    left = participant(PLAN, GROUP, taken("grupp"), EXIT | {"reason": reason})
    assert left.activities[0].last == left.plans[0].last == date(2026, 10, 10)
    back = after(left, {"step": "return", "day": day}, today=date(2027, 2, 1))
    assert [each.reopens for each in back.enrolments] == [False, reopens]
    assert back.enrolments[0].exit is not None
    assert back.enrolments[0].exit.reason is ExitReason(reason)


MET: Json = {"step": "follow_up", "day": "2026-10-11", "held": True}
NINE = {"weekday": 2, "hours": 3, "begins": "09:00"}
WEEK: Json = {"step": "planning_week", "first": "2026-10-05", "state": "OFFERED"}
OVER = [PLAN, GROUP, taken("grupp"), DONE]


@swept(
    ("before", "step", "expected"),
    [
        ([], GROUP, "no_plan_yet"),
        ([], BREACH, "no_plan_yet"),
        ([], PLAN | {"last": "2026-11-03"}, "plan_too_long"),
        ([], PLAN | {"last": "2026-09-01"}, "day_too_early"),
        ([], PLAN | {"full_time": False}, "hours_without_reason"),
        ([], PLAN | {"decided": "2026-11-01"}, "day_not_yet"),
        ([PLAN], PLAN, "day_too_early"),
        ([PLAN, GROUP], GROUP, "row_there_already"),
        ([PLAN, GROUP], PLACEMENT | {"slots": FULL}, "week_too_full"),
        ([PLAN], taken("grupp"), "no_such_row"),
        ([PLAN, GROUP], NO | {"reason": " "}, "no_own_words"),
        (OVER, taken("grupp"), "activity_over"),
        ([PLAN, BREACH], HANDED, "no_contact_yet"),
        ([PLAN, BREACH], MENDED, "no_contact_yet"),
        ([PLAN, BREACH], {"step": "contact", "number": 2, "day": "2026-10-06"}, "no_such_row"),
        ([PLAN, BREACH], CONTACT | {"account": "", "accepted": True}, "no_own_words"),
        ([PLAN, BREACH, CONTACT, HANDED], CONTACT, "breach_closed"),
        ([PLAN, BREACH, CONTACT, HANDED, MENDED | {"day": "2026-10-08"}], MENDED, "breach_closed"),
        ([], PLAN | {"first": "2062-01-01", "last": "2062-02-01"}, "day_too_late"),
        ([], PLAN | {"decided": "2026-08-31"}, "day_too_early"),
        ([], SIDE | {"first": "2062-01-01"}, "day_too_late"),
        ([SIDE | {"first": "2026-11-20"}], SIDE, "on_side_track"),
        ([], WEEK | {"first": "2090-01-01"}, "day_too_late"),
        ([], WEEK | {"first": "2026-11-02", "state": "DONE"}, "day_not_yet"),
        ([], WEEK | {"first": "2026-11-02", "state": "MISSED"}, "day_not_yet"),
        ([PLAN, GROUP | {"offered": "o"}], PLACEMENT | {"offered": "o"}, "in_group_already"),
        ([PLAN], GROUP | {"slots": [NINE, NINE | {"begins": "10:00"}]}, "slots_overlap"),
        ([PLAN], GROUP | {"slots": [NINE | {"begins": "22:00"}]}, "past_midnight"),
        ([], {"step": "return", "day": "2026-10-06"}, "participant_there"),
        ([EXIT], PLAN, "participant_left"),
        ([PLAN, MET], EXIT, "noted_after_exit"),
        ([SIDE], SIDE, "on_side_track"),
        ([], {"step": "main_track", "last": "2026-10-06"}, "not_on_side_track"),
        ([], {"step": "follow_up", "day": "2026-11-02", "held": True}, "day_not_yet"),
        ([], {"step": "meeting", "day": "2026-08-31", "held": True}, "day_too_early"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_with_why(before: list[Json], step: Json, expected: str) -> None:
    found = participant(*before)
    with pytest.raises((InputError, ConflictError)) as refused:
        after(found, step)
    assert code(refused) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, "missing"), ([], "not_object"), ({"step": "plna"}, "misspelt_value"), ({"step": 1}, "missing")],
)
def test_what_is_no_step(given: Any, expected: str) -> None:
    with pytest.raises(InputError) as refused:
        step_of(given)
    assert code(refused) == expected


def test_the_steps_are_all_described() -> None:
    models: list[type[BaseModel]] = [*STEPS.values()]
    assert len({each.__name__ for each in models}) == len(STEPS) == 21


EARLY: dict[str, Json] = {
    "plan": {**PLAN, "decided": "2026-09-10", "first": "2026-08-31", "last": "2026-10-15"},
    "assign": {**GROUP, "first": "2026-08-31"},
    "answer": taken("grupp", "2026-08-31"),
    "follow_up": {"step": "follow_up", "day": "2026-08-31", "held": True},
    "self_assessment": {"step": "self_assessment", "day": "2026-08-31", "areas": {"hälsa": 3}},
    "step_forward": {"step": "step_forward", "day": "2026-08-31", "area": "Språk", "what": "Mer"},
    "breach": {"step": "breach", "day": "2026-08-31", "happened": "Kom inte."},
    "side_track": {
        "step": "side_track",
        "first": "2026-08-31",
        "responsible": "x",
        "support": "y",
        "reason": "z",
    },
    "meeting": {"step": "meeting", "day": "2026-08-31", "held": True},
    "planning_week": {"step": "planning_week", "first": "2026-08-31", "state": "DONE"},
    "exit": {"step": "exit", "day": "2026-08-31", "reason": "WORK"},
}


@pytest.mark.parametrize("said", EARLY.values(), ids=EARLY)
def test_nothing_happens_before_the_enrolment(said: Json) -> None:
    """A circumstance may have begun before; what is done with a participant has not."""
    begun = {"plan": participant(), "answer": participant(PLAN, GROUP)}.get(said["step"], participant(PLAN))
    with pytest.raises(InputError, match="2026-08-31"):
        after(begun, said)


def test_what_comes_of_a_breach_comes_after_the_contact() -> None:
    begun = participant(
        PLAN,
        {"step": "breach", "day": "2026-09-10", "happened": "Kom inte."},
        {"step": "contact", "number": 1, "day": "2026-09-14", "account": "Var sjuk.", "accepted": True},
    )
    told = {"agreed": "Grupp.", "happened": "Kom inte."}
    for said in ({"step": "mended"}, {"step": "handed_over", **told}):
        with pytest.raises(InputError, match="2026-09-14"):
            after(begun, {**said, "number": 1, "day": "2026-09-13"})
        assert not after(begun, {**said, "number": 1, "day": "2026-09-14"}).breaches[0].open


def test_an_activity_gets_a_last_day_that_has_not_been() -> None:
    begun = participant(PLAN, GROUP, taken("grupp"))
    last = {"step": "activity_ends", "activity": "grupp"}
    today = date(2026, 9, 30)
    found = after(begun, {**last, "last": "2026-10-05"}, today=today)
    assert (found.activities[0].last, found.activities[0].answer) == (date(2026, 10, 5), "TAKEN")
    assert after(found, {**last, "last": "2026-09-30"}, today=today).activities[0].last == today
    for wrong in ({**last, "last": "2026-09-29"}, {**last, "activity": "annan", "last": "2026-10-05"}):
        with pytest.raises(InputError):
            after(begun, wrong, today=today)
    for over in (found, after(begun, {**taken("grupp"), "answer": "DONE"})):
        with pytest.raises(ConflictError):
            after(over, {**last, "last": "2026-10-06"}, today=today)
