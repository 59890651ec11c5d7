"""Nothing is refused on what the applicant has neither said nor been shown: it is told first."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from decision_service.casework import sweeps
from decision_service.casework.applicant import state_opinion
from decision_service.casework.delivery import deliver
from decision_service.casework.rows import ConflictError
from decision_service.reading.strict_json import Body, InputError
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState, CompletionRow, DecisionRow, MessageRow
from tests.world.office import Json, World, paying
from tests.world.people import NOVEMBER, TENANT, application, personal_number

ENOUGH = 16000
"""Kronor a month that leave nothing to be granted."""


@pytest.fixture
def world(world: World) -> World:
    """The end of October, and somebody who was granted October with a sickness benefit to live on."""
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    world.imported(1)
    pays(world, ("2026-09-25", ENOUGH), ("2026-10-26", ENOUGH))
    return world


def pays(world: World, *payments: tuple[str, int]) -> None:
    world.registers.script[personal_number(1)] = paying(*payments)


def told(world: World, found: str) -> CompletionRow:
    with transaction(world.engine) as session:
        query = select(CompletionRow).where(CompletionRow.application_id == found)
        return max(session.exec(query).all(), key=lambda row: row.number)


def says(world: World, found: str, answer: Any) -> None:
    with transaction(world.engine) as session:
        state_opinion(world.office, session, TENANT, found, Body.of(json.dumps(answer).encode()))


def letters(world: World, found: str, kind: str) -> list[str]:
    while deliver(world.office):
        pass
    with transaction(world.engine) as session:
        query = select(MessageRow).where(MessageRow.application_id == found, MessageRow.kind == kind)
        return [json.loads(row.payload)["text"] for row in session.exec(query).all()]


def outcome(world: World, found: str) -> tuple[str, bool]:
    with transaction(world.engine) as session:
        row = session.get_one(DecisionRow, (TENANT, found))
        return row.outcome, row.automatic


def test_a_refusal_on_money_nobody_has_mentioned_is_told_first_and_then_decided(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.STATEMENT, world.reasons(found)
    asked = told(world, found)
    assert asked.due_at == world.clock.now + timedelta(days=7)
    row = world.row(found)
    assert (row.escalate_at, row.next_run_at) == (None, None), "the clock stands"
    assert world.trail(found)[-2:] == [("assessment", "KOMMUNICERING"), ("communication", "asked")]
    (letter,) = letters(world, found, "communication")
    words = " ".join(letter.replace("\u00a0", " ").split())
    for said in ("Försäkringskassan", "Sjukpenning", "16 000 kr", "2026-10-26", "6 NOVEMBER 2026"):
        assert said in words
    world.clock.forward(days=3, hours=13)
    sweeps.unanswered(world.office)
    assert len(letters(world, found, "communication_reminder")) == 1
    assert world.state(found) == ApplicationState.STATEMENT
    world.clock.forward(days=4)
    sweeps.unanswered(world.office)
    assert world.state(found) == ApplicationState.RECEIVED
    assert world.row(found).deadline_at == world.clock.now + timedelta(hours=24)
    assert world.examine(found) == ApplicationState.DECIDED
    assert outcome(world, found) == ("AVSLAG", True)
    assert ("communication", "unanswered") in world.trail(found)
    world.whole()


def test_whoever_agrees_is_decided_at_once(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    world.clock.forward(hours=1)
    says(world, found, {"agrees": True})
    assert world.examine(found) == ApplicationState.DECIDED
    assert outcome(world, found) == ("AVSLAG", True)
    with pytest.raises(ConflictError):
        says(world, found, {"agrees": True})
    world.whole()


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        ({"agrees": False}, {"INVÄNDNING"}),
        ({"agrees": False, "message": "Pengarna tillhör min syster."}, {"INVÄNDNING", "MEDDELANDE"}),
        ({"agrees": True, "message": "Men jag måste betala tillbaka dem."}, {"MEDDELANDE"}),
    ],
)
def test_an_objection_and_whatever_is_written_is_read_by_a_person(
    world: World, answer: Json, asked: set[str]
) -> None:
    found = world.apply(application(1, NOVEMBER))
    says(world, found, answer)
    assert world.examine(found) == ApplicationState.HANDLAGGARE
    assert asked == set(world.reasons(found))
    world.whole()


@pytest.mark.parametrize("answer", [{}, {"agrees": "ja"}, {"agrees": True, "more": 1}, [], None])
def test_an_answer_that_cannot_be_read_changes_nothing(world: World, answer: Any) -> None:
    found = world.apply(application(1, NOVEMBER))
    before = world.everything()
    with pytest.raises(InputError):
        says(world, found, answer)
    assert world.everything() == before


def test_nobody_answers_what_has_not_been_told(world: World) -> None:
    world.registers.script.clear()
    found = world.receive(application(1, NOVEMBER))
    with pytest.raises(ConflictError):
        says(world, found, {"agrees": True})


def test_the_same_is_told_once_and_a_new_sum_again(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    pays(world, ("2026-09-25", ENOUGH), ("2026-10-26", ENOUGH + 40))
    says(world, found, {"agrees": True})
    assert world.examine(found) == ApplicationState.STATEMENT, "it is another sum now"
    assert "16 040" in told(world, found).asked.replace("\u00a0", " ")
    says(world, found, {"agrees": True})
    assert world.examine(found) == ApplicationState.DECIDED
    assert letters(world, found, "communication")[1:] != []
    world.whole()


def test_a_payment_is_shown_before_a_refusal_though_the_last_decision_had_the_same_sum(world: World) -> None:
    first = world.apply(application(1, NOVEMBER))
    says(world, first, {"agrees": True})
    assert world.examine(first) == ApplicationState.DECIDED
    world.clock.now = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    pays(world, ("2026-10-26", ENOUGH), ("2026-11-25", ENOUGH))
    world.plan(1, NOVEMBER)
    found = world.apply(application(1, NOVEMBER.plus(1)))
    assert "UTBETALNING_UR_REGISTER" in world.reasons(found)


def test_a_grant_is_not_kept_waiting_for_it(world: World) -> None:
    pays(world, ("2026-09-25", 1250), ("2026-10-26", 1250))
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.DECIDED, world.reasons(found)
    assert outcome(world, found) == ("BIFALL", True)


def test_whoever_declares_it_afterwards_is_seen_by_a_person(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    income = {"incomeType": "OTHER_INCOME", "amount": ENOUGH, "incomeDate": "2026-10-26"}
    world.complete(found, {"application": {"hasIncomes": True, "incomes": [income]}})
    assert world.examine(found) == ApplicationState.HANDLAGGARE
    assert "DUBBEL_INKOMST" in world.reasons(found)
    world.whole()
