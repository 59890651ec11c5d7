"""Weeks under a simulated clock: the promise is asked of the tables at every hour (see ``simulation``)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL
from sqlmodel import col

from decision_service.store.database import transaction
from decision_service.store.tables import OPEN, WITH_THE_APPLICANT, ApplicationRow, ApplicationState
from norms.month import Month
from tests.decision_service.reliability.simulation import Simulation
from tests.world.office import World, count, new_world, shared_evaluators
from tests.world.sweeps import share

pytestmark = pytest.mark.slow

SIZE = int(os.environ.get("SIMULATED_APPLICATIONS", len(share(range(28), 2))))
SEEDS = range(1, 1 + int(os.environ.get("SIMULATED_SEEDS", "1")))

CHRISTMAS = (Month(2026, 1), datetime(2025, 12, 15, tzinfo=UTC))
MIDSUMMER = (Month(2026, 7), datetime(2026, 6, 8, tzinfo=UTC))
CLOCKS_CHANGE = (Month(2026, 11), datetime(2026, 10, 12, tzinfo=UTC))


def simulate(world: World, when: tuple[Month, datetime], seed: int) -> Simulation:
    month, begin = when
    world.clock.now = begin
    simulation = Simulation(world, month, begin, seed, applications=SIZE, absent=frozenset({3, 4, 10}))
    simulation.run()
    print(simulation.result())
    world.whole()
    with transaction(world.engine) as session:
        overdue = [ApplicationRow.state != ApplicationState.HANDLAGGARE, col(ApplicationRow.state).in_(OPEN)]
        overdue.append(col(ApplicationRow.state).not_in(WITH_THE_APPLICANT))
        assert count(session, ApplicationRow, *overdue) == 0
        assert count(session, ApplicationRow, ApplicationRow.state == ApplicationState.DECIDED) > 0
        # Some take theirs back: of the rest how many are decided is chance, but most come to an end.
        still = count(session, ApplicationRow, col(ApplicationRow.state).in_(OPEN))
        assert still < len(simulation.received) / 2
    return simulation


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("when", share([CHRISTMAS, MIDSUMMER], 2))
def test_weeks(sqlite_url: URL, tmp_path: Path, when: tuple[Month, datetime], seed: int) -> None:
    world = new_world(sqlite_url, tmp_path, shared_evaluators())
    assert simulate(world, when, seed).figures["faults"] > 0
    world.engine.dispose()


@pytest.mark.parametrize("seed", SEEDS)
def test_weeks_on_postgresql(postgresql_url: URL, tmp_path: Path, seed: int) -> None:
    world = new_world(postgresql_url, tmp_path, shared_evaluators())
    simulate(world, CLOCKS_CHANGE, seed)
    world.engine.dispose()


def test_breaches_are_where_people_do_not_come(sqlite_url: URL, tmp_path: Path) -> None:
    """Nobody comes at all: every case that a person has and that has had its time is breached, no other."""
    world = new_world(sqlite_url, tmp_path, shared_evaluators())
    month, begin = CHRISTMAS
    world.clock.now = begin
    away = frozenset(range(100))
    simulation = Simulation(world, month, begin, 7, applications=15, absent=away, faults=0)
    simulation.run()
    now = world.clock.now
    with transaction(world.engine) as session:
        row = ApplicationRow
        person = count(session, row, row.state == ApplicationState.HANDLAGGARE, row.person_due_at <= now)
        breached = col(row.breached_at).is_not(None)
        assert count(session, row, breached, row.state == ApplicationState.HANDLAGGARE) == person > 0
        assert count(session, row, breached) == count(
            session, row, breached, row.state != ApplicationState.DECIDED
        )
    world.engine.dispose()
