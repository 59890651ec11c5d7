"""An application comes in: its row, its clock and its first entry in the log, or nothing at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, MessageRow, PartyRow
from tests.world.office import START, World
from tests.world.people import NOVEMBER, application, personal_number


def test_received(world: World) -> None:
    row = world.row(world.receive(application(1, NOVEMBER)))
    assert (row.state, row.version, row.attempts, row.month) == (ApplicationState.RECEIVED, 1, 0, "2026-11")
    assert (row.adapter, row.client, row.protected) == ("ansokan/1", "e-tjänst", False)
    assert parties(world, row.id) == [world.office.pseudonym("9999", personal_number(1))]
    assert personal_number(1) not in parties(world, row.id)[0]
    assert json.loads(row.content)["people"][0]["first_name"] == "Alma"
    assert world.trail(row.id) == [("application_received", None)]
    with transaction(world.engine) as session:
        query = select(MessageRow.kind).where(MessageRow.application_id == row.id)
        assert session.exec(query).all() == ["receipt"]
    world.whole()


def test_the_clock_of_an_application(world: World) -> None:
    row = world.row(world.receive(application(1, NOVEMBER)))  # a Monday, 10.12 in Sweden
    assert row.received_at == row.next_run_at == START
    assert row.deadline_at == START + timedelta(hours=24)
    assert row.escalate_at == START + timedelta(hours=20)
    assert row.person_due_at == datetime(2026, 9, 29, 14, tzinfo=UTC)  # Tuesday 16.00 in Sweden
    assert row.breached_at is None


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 12, 23, 9, tzinfo=UTC), datetime(2026, 12, 28, 15, tzinfo=UTC)),  # over Christmas
        (datetime(2026, 6, 18, 9, tzinfo=UTC), datetime(2026, 6, 22, 14, tzinfo=UTC)),  # over midsummer
        (datetime(2026, 10, 23, 9, tzinfo=UTC), datetime(2026, 10, 26, 15, tzinfo=UTC)),  # the clocks change
        (
            datetime(2026, 11, 3, 20, tzinfo=UTC),
            datetime(2026, 11, 4, 20, tzinfo=UTC),
        ),  # never under 24 hours
    ],
)
def test_a_person_has_a_working_day(world: World, received: datetime, due: datetime) -> None:
    world.clock.now = received
    assert world.row(world.receive(application(1, NOVEMBER))).person_due_at == due


def test_protected_identity_is_marked(world: World) -> None:
    content = application(1, NOVEMBER)
    content["people"][0]["protected"] = True
    assert world.row(world.receive(content)).protected


def test_an_application_without_a_personal_number_has_no_known_applicant(world: World) -> None:
    content = application(1, NOVEMBER)
    del content["people"][0]["personal_number"]
    found = world.receive(content)
    assert parties(world, found) == []
    assert world.examine(found) == ApplicationState.HANDLAGGARE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        json.dumps({"schema": "ansokan/1", "application": {"periodMonth": 13}}).encode(),
        json.dumps({"schema": "ansokan/1", "application": {}, "people": [{"id": "p1"}]}).encode(),
    ],
)
def test_bad_input_writes_nothing(world: World, content: bytes) -> None:
    before = world.everything()
    with pytest.raises(InputError):
        world.receive(content)
    assert world.everything() == before


def test_an_application_without_a_month_is_of_the_month_it_came(world: World) -> None:
    world.clock.now = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # already November in Sweden
    content = application(1, NOVEMBER, periodMonth=None, periodYear=None)
    assert world.row(world.receive(content)).month == "2026-11"


def parties(world: World, application_id: str) -> list[str]:
    """The adults by whom an application is known."""
    with reading(world.engine) as session:
        query = select(PartyRow.person).where(PartyRow.application_id == application_id)
        return list(session.exec(query).all())
