"""An application comes in: its row, its clock and its first entry in the log, or nothing at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from decision_service.application.adapters import Intake
from decision_service.casework.receive import NotTogetherError, Sent, read_as_declared, receive_all
from decision_service.log import vouched
from decision_service.reading.strict_json import Body, InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, MessageRow, PartyRow
from tests.decision_service.casework.test_statements import counted
from tests.world.office import START, World
from tests.world.people import NOVEMBER, TENANT, application, personal_number


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


def read(world: World, *documents: dict[str, Any]) -> list[tuple[Sent, Intake]]:
    """As they are sent and read now."""
    now, found = world.office.clock(), list[tuple[Sent, Intake]]()
    for each in documents:
        sent = Sent("ansokan/1", Body.of(json.dumps(each).encode()), "e-tjänsten")
        found.append((sent, read_as_declared(world.office, TENANT, sent.adapter, sent.body.data, now)))
    return found


def received(world: World, given: list[tuple[Sent, Intake]]) -> list[str]:
    with transaction(world.engine) as session:
        return [row.id for row in receive_all(world.office, session, TENANT, given, world.office.clock())]


def said_of(world: World, case: str) -> list[Any]:
    """What every table says of a case, but what is its own alone."""
    own = {"id", "application_id", "case_id", "case_number", "key", "person", "content", "wrapped", "payload"}
    with reading(world.engine) as session:
        rows = vouched.of_applications(session, TENANT, [case])
        return sorted(str(sorted(each.model_dump(exclude=own).items(), key=str)) for each in rows)


def test_several_are_received_together_as_each_would_be_alone(world: World) -> None:
    alone = world.receive(application(1, NOVEMBER))
    cases = received(world, read(world, *(application(person, NOVEMBER) for person in (2, 3, 4))))
    assert len({*cases, alone}) == 4
    for case in cases:
        assert said_of(world, case) == said_of(world, alone)
        assert world.row(case).content == world.row(alone).content.replace(
            personal_number(1), personal_number(cases.index(case) + 2)
        )
    numbers = {world.row(case).case_number for case in (alone, *cases)}
    assert len(numbers) == 4
    world.whole()


def test_to_receive_some_more_costs_no_more_questions(world: World) -> None:
    given = read(world, *(application(person, NOVEMBER) for person in range(1, 9)))
    with counted(world.engine) as for_two:
        received(world, given[:2])
    with counted(world.engine) as for_six:
        received(world, given[2:])
    assert len(for_six) == len(for_two), for_six


@pytest.mark.parametrize("kind", ["protected", "the same person", "a hidden one", "a dead one"])
def test_what_has_to_do_with_others_is_received_alone(world: World, kind: str) -> None:
    first, second = application(1, NOVEMBER), application(2, NOVEMBER)
    if kind == "protected":
        second["people"][0]["protected"] = True
    elif kind == "the same person":
        second = application(1, NOVEMBER)
    else:
        before = application(2, NOVEMBER)
        before["people"][0]["protected"] = kind == "a hidden one"
        case = world.receive(before)
        if kind == "a dead one":
            with world.engine.begin() as connection:
                dead = update(PartyRow).where(col(PartyRow.application_id) == case).values(dead=True)
                connection.execute(dead)
    given, rows = read(world, first, second), world.everything()
    with pytest.raises(NotTogetherError):
        received(world, given)
    assert world.everything() == rows
    for each in given:
        received(world, [each])
    if kind != "a dead one":
        world.whole()
