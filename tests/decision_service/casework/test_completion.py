"""What the applicant does afterwards: answers, answers wrongly, too late, twice, or takes it all back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from decision_service.casework import handlaggare, sweeps
from decision_service.casework.rows import ConflictError, NotFoundError
from decision_service.casework.writing_off import take_back
from decision_service.reading.strict_json import InputError
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState, CompletionRow, TaskRow
from tests.world.office import PERSON, Json, World
from tests.world.people import NOVEMBER, TENANT, application, incomplete

NO_ASSETS = {"application": {"hasAssets": False}}


def waiting(world: World) -> str:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(incomplete(1, NOVEMBER))
    assert world.state(found) == ApplicationState.WAITING
    return found


def completions(world: World, application: str) -> list[CompletionRow]:
    query = select(CompletionRow).where(CompletionRow.application_id == application)
    with transaction(world.engine) as session:
        return list(session.exec(query).all())


def test_what_is_asked(world: World) -> None:
    found = waiting(world)
    (asked,) = completions(world, found)
    assert ["tillgångar" in each["question"] for each in json.loads(asked.asked)] == [True]
    assert asked.due_at == world.clock.now + timedelta(days=14)
    assert asked.remind_at == world.clock.now + timedelta(days=7)


def test_an_answer_starts_the_clock_again(world: World) -> None:
    found = waiting(world)
    received = world.row(found).received_at
    world.clock.forward(days=3)
    row = world.complete(found, NO_ASSETS)
    assert row.state == ApplicationState.RECEIVED
    assert row.received_at == received
    assert row.deadline_at == world.clock.now + timedelta(hours=24)
    assert row.escalate_at == world.clock.now + timedelta(hours=20)
    assert row.next_run_at == world.clock.now
    (asked,) = completions(world, found)
    assert asked.answered
    assert (asked.closed_at, asked.remind_at) == (world.clock.now, None)
    assert world.examine(found) == ApplicationState.DECIDED
    assert world.trail(found)[3:] == [
        ("completion", "asked"),
        ("completion", "answered"),
        ("facts", None),
        ("assessment", "BIFALL"),
        ("decision", "BIFALL"),
        ("payment", None),
    ]
    world.whole()


@pytest.mark.parametrize(
    "patch",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b"null",
        {"schema": "ansokan/1"},
        {"application": None},
        {"application": {"hasAssets": "kanske"}},
        {"application": {"periodMonth": 12}},
        {"application": {"okänt": 1}},
        {"people": [{"id": "p1", "role": "GAST"}]},
        {"people": "alla"},
        {"people": [{"id": "p1", "role": "CO_APPLICANT"}]},
        {"people": [{"id": "p1", "personal_number": None, "first_name": None, "last_name": None}]},
        {"registers": {}},
        {"application": {"hasAssets": False}, "history": []},
    ],
)
def test_a_bad_answer_changes_nothing(world: World, patch: Any) -> None:
    found = waiting(world)
    before = world.everything()
    with pytest.raises(InputError):
        world.complete(found, patch)
    assert world.everything() == before


def test_an_answer_twice_is_looked_at_again_and_moves_no_deadline(world: World) -> None:
    found = waiting(world)
    world.complete(found, NO_ASSETS)
    due = world.row(found).person_due_at
    world.clock.forward(hours=1)
    world.complete(found, NO_ASSETS)
    assert world.row(found).person_due_at == due
    world.examine(found)
    assert world.row(found).assessments == 2
    world.whole()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            {"hasIncomes": False, "incomes": [{"incomeType": "SALARY", "amount": 1, "recipient": "p1"}]},
            {"incomes": []},
        ),
        ({"hasPendingBenefits": False, "pendingBenefits": [{"benefitName": "x"}]}, {"pendingBenefits": []}),
        ({"maritalStatus": "COHABITING"}, {"maritalStatus": "SINGLE"}),
        (
            {"housingPersonCount": 1, "children": [{"firstName": "x", "residenceExtent": "FULL_TIME"}]},
            {"children": []},
        ),
    ],
)
def test_a_contradiction_that_is_corrected_is_gone(world: World, wrong: Json, right: Json) -> None:
    """Decided as if it had been right from the start: nothing of the old answers is remembered."""
    world.clock.forward(days=30)
    world.imported(1)
    form = incomplete(1, NOVEMBER)
    form["application"] |= wrong
    found = world.receive(form)
    assert json.loads(world.row(found).content)["unmapped"] == []
    world.examine(found)
    gone = [f"/application/{name}/0" for name, rows in right.items() if rows == []]
    patch = {name: value for name, value in right.items() if value != []}
    world.complete(found, {"application": {**NO_ASSETS["application"], **patch}, "removed": gone})
    assert world.examine(found) == ApplicationState.DECIDED
    world.whole()


def test_an_answer_that_is_not_enough_is_asked_again(world: World) -> None:
    found = waiting(world)
    world.complete(found, {"application": {"attestation": True}})
    assert world.examine(found) == ApplicationState.WAITING
    assert [each.number for each in completions(world, found)] == [1, 2]
    assert world.messages(found) == ["completion_request", "completion_request"]
    world.whole()


def test_an_answer_when_its_time_is_over(world: World) -> None:
    """Until a person has it the answer is taken; afterwards the person decides what to do with it."""
    found = waiting(world)
    world.clock.forward(days=15)
    world.complete(found, NO_ASSETS)
    assert (
        world.examine(found) == ApplicationState.HANDLAGGARE or world.state(found) == ApplicationState.DECIDED
    )


def test_an_answer_after_a_person_took_over(world: World) -> None:
    found = waiting(world)
    world.clock.forward(days=15)
    sweeps.unanswered(world.office)
    assert world.state(found) == ApplicationState.HANDLAGGARE
    due = world.row(found).person_due_at
    world.complete(found, NO_ASSETS)
    assert world.state(found) == ApplicationState.RECEIVED
    assert world.row(found).person_due_at == due, "a late answer gives nobody more time"
    world.whole()


def test_an_answer_while_a_person_has_taken_the_case(world: World) -> None:
    found = waiting(world)
    world.clock.forward(days=15)
    sweeps.unanswered(world.office)
    world.act(handlaggare.claim, found)
    version = world.row(found).version
    world.complete(found, NO_ASSETS)
    assert world.state(found) == ApplicationState.RECEIVED
    assert world.row(found).version > version, "whoever decides must see it first"
    assert world.examine(found) == ApplicationState.HANDLAGGARE
    with transaction(world.engine) as session:
        assert session.get_one(TaskRow, (TENANT, found)).claimed_by == PERSON
    world.whole()


def test_an_answer_to_a_decided_application_is_a_conflict(world: World) -> None:
    found = world.receive(application(1, NOVEMBER))
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, found)
    with pytest.raises(ConflictError, match="cannot_complete"):
        world.complete(found, NO_ASSETS)


def test_an_answer_to_what_is_not_there(world: World) -> None:
    with pytest.raises(NotFoundError):
        world.complete("finns-inte", NO_ASSETS)


@pytest.mark.parametrize("how", ["received", "waiting", "person"])
def test_withdrawn(world: World, how: str) -> None:
    if how == "waiting":
        found = waiting(world)
    else:
        found = world.receive(application(1, NOVEMBER))
        if how == "person":
            world.examine(found)
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, found)
    row = world.row(found)
    assert row.state == ApplicationState.WITHDRAWN
    assert row.escalate_at is row.next_run_at is None
    assert all(one.closed_at for one in completions(world, found))
    assert world.trail(found)[-2:] == [("withdrawn", None), ("written_off", None)]
    before = world.everything()
    world.clock.forward(days=40)
    for sweep in (sweeps.late, sweeps.unanswered):
        sweep(world.office)
    assert sweeps.due(world.office) == []
    assert world.everything() == before
    with pytest.raises(ConflictError), transaction(world.engine) as session:
        take_back(world.office, session, TENANT, found)
    world.whole()


def test_what_is_decided_cannot_be_withdrawn(world: World) -> None:
    found = world.known(1)
    with pytest.raises(ConflictError, match="cannot_withdraw"), transaction(world.engine) as session:
        take_back(world.office, session, TENANT, found)


@pytest.mark.parametrize(
    "nothing", [{"people": []}, {"application": {}}, {"application": {"persons": [{}]}, "people": [{}, {}]}]
)
def test_what_says_nothing_answers_nothing(world: World, nothing: Json) -> None:
    """The question stays with its day."""
    found = waiting(world)
    before = world.everything()
    with pytest.raises(InputError) as wrong:
        world.complete(found, nothing)
    assert [each.code for each in wrong.value.faults] == ["completion_says_nothing"]
    assert world.everything() == before
    world.complete(found, NO_ASSETS)
    assert world.examine(found) == ApplicationState.DECIDED
    world.whole()


@pytest.mark.parametrize("value", [{}, {"a": 1}, [], [False], 0, 1, "", "nej tack", None, "x" * 5000])
def test_an_answer_of_another_kind_is_told_and_changes_nothing(world: World, value: Any) -> None:
    found = waiting(world)
    (asked,) = json.loads(completions(world, found)[0].asked)
    before = world.everything()
    with pytest.raises(InputError) as wrong:
        world.complete(found, {"answers": [{"question": asked["id"], "value": value}]})
    assert wrong.value.faults[0].path == ("answers", 0, "value")
    assert len(wrong.value.faults) == 1
    assert world.everything() == before


def test_what_is_added_before_the_machine_has_looked_is_taken(world: World) -> None:
    case = world.receive(application(1, NOVEMBER))
    world.complete(case, {"application": {"otherInformation": "Jag glömde en sak."}})
    world.examine(case)
    assert world.row(case).assessments == 1
