"""What came after the last decision, for the month that it counted, is counted once, told, and not again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState, AssessmentRow, DecisionRow
from norms.month import Month
from tests.world.office import World, paying
from tests.world.people import NOVEMBER, OCTOBER, YOUNG, application, personal_number

Json = dict[str, Any]
SUPPORT = ("BOB", "Bostadsbidrag")
EVERY_MONTH = (("2026-10-23", 1673), ("2026-11-25", 1673), ("2026-12-23", 1673))
LATE = ("2026-09-30", 1673)


@pytest.fixture
def world(world: World) -> World:
    """October is decided on what the register knew: the payment of September had not come."""
    world.clock.now = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)
    world.imported(YOUNG, OCTOBER.plus(-1))
    register(world)
    found = apply(world, OCTOBER)
    assert world.state(found) == ApplicationState.DECIDED, world.reasons(found)
    return world


def register(world: World, *more: tuple[str, int]) -> None:
    paid = sorted((*EVERY_MONTH, *more))
    known = [each for each in paid if datetime.fromisoformat(each[0]).date() <= world.clock.now.date()]
    world.registers.script[personal_number(YOUNG)] = paying(*known, benefit=SUPPORT)


def apply(world: World, month: Month) -> str:
    return world.apply(application(YOUNG, month))


def incomes(world: World, found: str) -> list[tuple[str, int]]:
    with transaction(world.engine) as session:
        query = select(AssessmentRow).where(AssessmentRow.application_id == found)
        newest = max(session.exec(query).all(), key=lambda row: row.number)
    lines = json.loads(newest.document)["calculation"]["lines"]
    return [(line["rule"], line["amount"] // 100) for line in lines if line["kind"] == "income"]


def test_is_counted_once_and_told_and_not_again(world: World) -> None:
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    register(world, LATE)
    found = apply(world, NOVEMBER)
    assert ("sena.räknas", 1673) in incomes(world, found)
    assert ("inkomst.förmån", 1673) in incomes(world, found)
    assert world.state(found) == ApplicationState.DECIDED, world.reasons(found)
    world.clock.now = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    register(world, LATE)
    again = apply(world, NOVEMBER.plus(1))
    assert incomes(world, again) == [("inkomst.förmån", 1673)]
    assert world.state(again) == ApplicationState.DECIDED, world.reasons(again)


def test_what_the_last_decision_counted_is_quiet(world: World) -> None:
    with transaction(world.engine) as session:
        remembered = json.loads(session.exec(select(DecisionRow.remembered)).one())
    assert remembered["payments"] == []
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    register(world)
    found = apply(world, NOVEMBER)
    assert incomes(world, found) == [("inkomst.förmån", 1673)]
    assert "NY_INKOMST" in world.reasons(found)


def test_another_amount_than_the_one_that_was_counted_is_asked_about(world: World) -> None:
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    register(world, LATE)
    found = apply(world, NOVEMBER)
    assert world.state(found) == ApplicationState.DECIDED, world.reasons(found)
    world.clock.now = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    register(world, LATE, ("2026-10-30", 800))
    again = apply(world, NOVEMBER.plus(1))
    assert "SEN_UTBETALNING" in world.reasons(again)
    assert incomes(world, again) == [("inkomst.förmån", 1673)]


def test_the_same_amount_once_more_is_asked_about(world: World) -> None:
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    register(world, LATE)
    apply(world, NOVEMBER)
    world.clock.now = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    register(world, LATE, ("2026-10-30", 1673))
    assert "SEN_UTBETALNING" in world.reasons(apply(world, NOVEMBER.plus(1)))


def test_an_answer_without_its_lists_is_money_that_has_ceased(world: World) -> None:
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    register(world, LATE)
    assert world.state(apply(world, NOVEMBER)) == ApplicationState.DECIDED
    world.clock.now = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    world.registers.script[personal_number(YOUNG)] = paying()
    assert "INKOMST_BORTA" in world.reasons(apply(world, NOVEMBER.plus(1)))


def test_the_waiting_expects_what_the_last_decision_counted(world: World) -> None:
    world.clock.now = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)
    register(world, LATE)
    assert world.state(apply(world, NOVEMBER)) == ApplicationState.DECIDED
    world.clock.now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    world.registers.script[personal_number(YOUNG)] = paying()
    assert world.state(apply(world, NOVEMBER.plus(1))) == ApplicationState.REGISTERS
