"""Who is at a case says so for as long as it lives, and nothing is done by a clock that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import URL
from sqlmodel import select

from decision_service.casework import examine, leases, sweeps
from decision_service.casework.leases import LONG, SHORT, Leases
from decision_service.casework.right_time import FARTHEST, WrongClockError
from decision_service.casework.timetable import timetable
from decision_service.operations.readings import readiness
from decision_service.store.database import open_engine, reading, time_of, transaction
from decision_service.store.tables import ApplicationState, IdempotencyRow
from tests.world.office import World
from tests.world.people import NOVEMBER, TENANT, application


@pytest.fixture(autouse=True)
def _november(world: World) -> None:
    world.clock.forward(days=30)


def renewing(world: World) -> Leases:
    world.office.leases.renewed()
    return world.office.leases


def test_what_a_dead_worker_had_is_anothers_when_its_last_while_is_over(world: World) -> None:
    renewing(world)
    world.imported(1)
    found = world.receive(application(1, NOVEMBER))
    assert examine._begin(world.office, TENANT, [found])  # and died
    world.clock.now += SHORT - timedelta(seconds=1)
    assert sweeps.due(world.office) == []
    world.clock.now += timedelta(seconds=1)
    assert sweeps.due(world.office) == [(TENANT, found)]
    assert examine.examine(world.office, TENANT, found) is not None
    assert world.row(found).state == ApplicationState.DECIDED


def test_what_a_worker_is_at_is_nobody_elses_however_long_it_takes(world: World) -> None:
    held = renewing(world)
    world.imported(1)
    due: list[object] = []

    def slow(_: str) -> None:
        for _ in range(20):
            world.clock.now += leases.EVERY
            assert held.renew(world.engine, world.clock.now) == 1
            due.extend(sweeps.due(world.office))

    world.registers.before = slow
    found = world.receive(application(1, NOVEMBER))
    assert examine.examine(world.office, TENANT, found) is not None
    assert due == []
    assert world.row(found).state == ApplicationState.DECIDED
    assert held.renew(world.engine, world.clock.now) == 0


def test_where_nobody_asks_for_more_there_is_time_for_slow_registers() -> None:
    assert Leases().length == LONG
    assert LONG > timedelta(seconds=40) > SHORT > 3 * leases.EVERY


# Clocks


@pytest.mark.parametrize("wrong", [timedelta(hours=60), timedelta(hours=-1)])
def test_nothing_is_swept_by_a_clock_that_is_wrong(world: World, wrong: timedelta) -> None:
    """Sixty hours ahead every key would be forgotten, and every share of a person be over."""
    world.receive(application(1, NOVEMBER))
    right = world.clock.now
    with transaction(world.engine) as session:
        key = {"tenant": TENANT, "client": "k", "key": "n", "request": "r", "application_id": "a"}
        session.add(IdempotencyRow(**key, created_at=right))
    world.clock.now += wrong
    office = replace(world.office, reference=lambda: right)
    for sweep in timetable(office, lambda *_: None, lambda: None):
        with pytest.raises(WrongClockError):
            sweep.work()
    with reading(world.engine) as session:
        assert session.exec(select(IdempotencyRow.key)).all() == ["n"]
    (told,) = [one.why for one in readiness(office) if one.name == "klocka"]
    assert told is not None
    assert told.endswith("databasens")
    assert ("före" in told) == (wrong > timedelta())


def test_a_clock_that_is_nearly_right_is_right(world: World) -> None:
    office = replace(world.office, reference=lambda: world.clock.now + FARTHEST)
    for sweep in timetable(office, lambda *_: None, lambda: None):
        sweep.work()


def test_the_databases_clock_is_read(postgresql_url: URL) -> None:
    engine = open_engine(postgresql_url)
    assert abs(time_of(engine) - datetime.now(UTC)) < timedelta(minutes=1)
    engine.dispose()
