"""Full disk, slow registers, clocks that jump, posts that come twice and in the wrong order."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from decision_service.casework import sweeps
from decision_service.casework.examine import examine
from decision_service.casework.leases import LONG
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ApplicationState, DecisionRow, PartyRow
from tests.world.office import World, count, new_world, shared_evaluators
from tests.world.people import NOVEMBER, TENANT, application, personal_number


@contextmanager
def full_disk(engine: Engine, pages_left: int) -> Iterator[None]:
    """No more than so many pages of the file are left, on every connection."""

    def limit(connection: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        used = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {used + pages_left}")
        cursor.close()

    def connected(connection: object, _record: object) -> None:
        limit(connection)

    engine.dispose()
    event.listen(engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(engine, "connect", connected)
        engine.dispose()


@pytest.mark.slow
def test_full_disk(sqlite_url: URL, tmp_path: Path) -> None:
    """Whatever does not fit is not there at all, and is done when there is room again."""
    world = new_world(sqlite_url, tmp_path, shared_evaluators())
    world.clock.forward(days=30)
    for person in range(16):
        world.imported(person)
    refused = 0
    for person in range(16):
        found = world.receive(application(person, NOVEMBER))
        with full_disk(world.engine, person):
            try:
                world.examine(found)
            except OperationalError:
                refused += 1
        assert world.decision(found) is None or world.messages(found) == ["letter", "payment"]
        world.clock.now += LONG
        assert world.examine(found) == ApplicationState.DECIDED
    assert refused > 3, "the disk was never full"
    with full_disk(world.engine, 0):
        for person in range(99, 200):  # there may be room for some
            before = world.everything()
            try:
                world.receive(application(person, NOVEMBER))
            except OperationalError as error:
                told = str(error)
                break
        else:
            pytest.fail("the disk was never full")
        assert "full" in told
        assert world.everything() == before
    world.whole()
    world.engine.dispose()


def test_a_slow_register_keeps_nobody_else_waiting(world: World) -> None:
    """While a register does not answer, no lock is held: others are received and decided."""
    world.clock.forward(days=30)
    world.imported(1)
    world.imported(2)
    asked, answers = threading.Event(), threading.Event()

    def slow(number: str) -> None:
        if number == personal_number(1):
            asked.set()
            assert answers.wait(60)

    world.registers.before = slow
    patient = world.receive(application(1, NOVEMBER))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(examine, world.office, TENANT, patient)
        assert asked.wait(60)
        assert world.state(world.apply(application(2, NOVEMBER))) == ApplicationState.DECIDED
        assert world.state(patient) == ApplicationState.EXAMINED
        answers.set()
        waiting.result()
    assert world.state(patient) == ApplicationState.DECIDED
    world.whole()


def test_a_register_slower_than_the_lease_decides_once(world: World) -> None:
    """The sweep gives the case to another worker; the first finds it changed and lets it be."""
    world.clock.forward(days=30)
    world.imported(1)
    found = world.receive(application(1, NOVEMBER))
    calls: list[str] = []

    def slow(number: str) -> None:
        calls.append(number)
        if len(calls) == 1:
            world.clock.now += LONG
            assert sweeps.due(world.office) == [(TENANT, found)]
            examine(world.office, TENANT, found)

    world.registers.before = slow
    world.examine(found)
    assert len(calls) == 2
    told = [("application_received", None), ("facts", None), ("assessment", "BIFALL"), ("decision", "BIFALL")]
    told.append(("payment", None))
    assert world.trail(found) == told
    assert world.messages(found) == ["letter", "payment"]
    world.whole()


@pytest.mark.slow
@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1)], ids=["back", "forward"])
def test_the_clock_jumps(world: World, jump: timedelta) -> None:
    """Between every two steps: all is decided or with a person, and the log tells of the jump."""
    world.clock.forward(days=30)
    chance = random.Random(4)
    found = []
    for person in range(6):
        world.imported(person)
        found.append(world.receive(application(person, NOVEMBER)))
        if chance.random() < 0.5:
            world.clock.now += jump
        if chance.random() < 0.5:
            world.examine(found[-1])
    for _ in range(3):
        world.clock.now += jump
        sweeps.late(world.office)
        for _, one in sweeps.due(world.office):
            world.examine(one)
    world.clock.forward(days=8)
    sweeps.late(world.office)
    for _, one in sweeps.due(world.office):
        world.examine(one)
    assert {world.state(one) for one in found} <= {ApplicationState.DECIDED, ApplicationState.HANDLAGGARE}
    world.whole()


@pytest.mark.slow
def test_posts_twice_and_in_any_order(world: World) -> None:
    """Everybody applies twice, for two months, in random order and by many at once: the machine grants each
    month once, and a person sees the rest."""
    world.clock.forward(days=30)
    people = range(4)
    for person in people:
        world.imported(person)
    posts = [(person, month) for person in people for month in (NOVEMBER, NOVEMBER, NOVEMBER.plus(1))]
    random.Random(9).shuffle(posts)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda post: world.apply(application(*post)), posts))
    for _ in range(3):
        world.clock.now += LONG
        for _, one in sweeps.due(world.office):
            world.examine(one)
    with reading(world.engine) as session:
        automatic = session.exec(
            select(PartyRow.person, DecisionRow.month)
            .join(DecisionRow, col(DecisionRow.application_id) == col(PartyRow.application_id))
            .where(DecisionRow.automatic)
        ).all()
        assert len(automatic) == len(set(automatic))
        person = count(session, ApplicationRow, ApplicationRow.state == ApplicationState.HANDLAGGARE)
    assert len(automatic) + person == len(posts)
    world.whole()
