"""Several processes run the same sweeps on one database: what another is just doing is no failure.

The second runs a sweep while the first has done its part of it and has not committed, at every commit of the
first: it ends, or waits for what the first has locked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlmodel import Session, select

from audit import witness
from decision_service.casework import delivery, examine, rows
from decision_service.casework.timetable import timetable
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState, IdempotencyRow, SweepRow
from tests.world.office import Unused, World, world_like
from tests.world.people import NOVEMBER, TENANT, application, incomplete


@pytest.fixture
def shared(postgresql_server: URL, postgresql_office: Unused, tmp_path: Path) -> Iterator[World]:
    """An office on PostgreSQL, as several processes have it. Its log has a witness."""
    with world_like(postgresql_office, postgresql_server, tmp_path) as found:
        installed = found.office.installation
        known = installed.municipalities[TENANT].model_copy(update={"witness": tmp_path / "vittne"})
        municipalities = installed.municipalities | {TENANT: known}
        installation = installed.model_copy(update={"municipalities": municipalities})
        found.office = replace(found.office, installation=installation)
        yield found


class Second:
    """Another who does the same, each time the first is about to commit."""

    def __init__(self, engine: Engine, work: Callable[[], object]) -> None:
        self._engine, self._work = engine, work
        self._first = threading.get_ident()
        self._pool = ThreadPoolExecutor(16)
        self._admin = create_engine(engine.url, isolation_level="AUTOCOMMIT")
        self._begun: list[Future[object]] = []

    def run(self) -> int:
        """Both to their end: raises what either raises, and says how often the second has begun."""
        event.listen(self._engine, "commit", self._before_commit)
        try:
            self._work()
        finally:
            event.remove(self._engine, "commit", self._before_commit)
            self._pool.shutdown()
            self._admin.dispose()
        for each in self._begun:
            each.result()
        return len(self._begun)

    def _before_commit(self, _: object) -> None:
        if threading.get_ident() != self._first:
            return
        began = self._pool.submit(self._work)
        self._begun.append(began)
        while not began.done() and not self._waits():
            time.sleep(0.005)

    def _waits(self) -> bool:
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name"
        with self._admin.connect() as connection:
            return bool(connection.scalar(text(query), {"name": self._engine.url.database}))


def with_something_due_in_every_sweep(world: World) -> list[str]:
    """Applications: one to be warned of, one whose applicant has not answered, one that a person has had for
    long, and one that has just come."""
    found = [world.apply(incomplete(1, NOVEMBER)), world.apply(application(2, NOVEMBER))]
    found.append(world.receive(application(3, NOVEMBER)))
    world.clock.forward(days=8)
    found.append(world.receive(application(4, NOVEMBER)))
    with transaction(world.engine) as session:
        for number in range(3):
            key = {"tenant": TENANT, "client": "k", "key": str(number), "request": "r", "application_id": "a"}
            session.add(IdempotencyRow(**key, created_at=world.clock.now))
    world.clock.forward(days=2)
    return found


SWEEPS = ["due", "late", "unanswered", "changed", "outbox", "checkpoint", "statistics", "gallring", "keys"]


def test_every_sweep_is_run_by_two(shared: World) -> None:
    there = [one.name for one in timetable(shared.office, lambda *_: None, lambda: None)]
    assert sorted(there) == sorted(SWEEPS)


@pytest.mark.slow
@pytest.mark.parametrize("name", SWEEPS)
def test_what_another_is_just_sweeping_is_no_failure(shared: World, name: str) -> None:
    with_something_due_in_every_sweep(shared)
    deliver = partial(delivery.deliver, shared.office)
    each = {one.name: one.work for one in timetable(shared.office, lambda *_: None, deliver)}
    assert Second(shared.engine, each[name]).run()
    with Session(shared.engine) as session:
        assert session.exec(select(SweepRow.name)).all() == [name]
    assert each[name]() is None  # nor is there anything wrong afterwards
    shared.whole()


def test_one_that_publishes_later_than_another_saw_the_log_is_no_other_history(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a look at the folder and one at the log another publishes more; or another is just at it."""
    office, folder = shared.office, shared.office.municipality(TENANT).witness
    assert folder is not None
    publish, real = partial(witness.publish, shared.engine, TENANT, folder), witness.read_checkpoint

    def grown() -> Path:
        shared.receive(application(1, NOVEMBER))
        office.log.checkpoint(shared.engine, TENANT)
        return publish()

    first = grown()

    def read(note: str) -> tuple[str, int, bytes]:
        monkeypatch.setattr(witness, "read_checkpoint", real)
        grown()
        return real(note)

    monkeypatch.setattr(witness, "read_checkpoint", read)
    assert publish() == first
    newest = grown()
    newest.chmod(0o600)
    whole = newest.read_text("utf-8")
    newest.write_text("")
    assert publish() == newest
    assert newest.read_text("utf-8") == whole


def test_more_time_is_asked_for_without_waiting_for_whoever_writes(shared: World) -> None:
    """Who waits for one of its cases holds others, and whoever writes of the one may wait for those: such two
    PostgreSQL would part by failing one."""
    held = shared.office.leases
    held.renewed()
    cases = [shared.receive(application(person, NOVEMBER)) for person in range(1, 5)]
    assert len(examine._begin(shared.office, TENANT, cases[:1])) == 1
    for each in cases[1:]:
        examine._begin(shared.office, TENANT, [each])
    later = shared.clock.now + held.length / 2
    with held.holding(TENANT, cases), transaction(shared.engine) as session:
        rows.lock(session, TENANT, cases[1])
        assert held.renew(shared.engine, later) == 3
    until = {each: shared.row(each).next_run_at for each in cases}
    assert {each: at == later + held.length for each, at in until.items()} == {
        each: each != cases[1] for each in cases
    }
    assert shared.row(cases[0]).state == ApplicationState.EXAMINED
