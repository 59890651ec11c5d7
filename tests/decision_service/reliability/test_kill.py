"""Workers are killed while applications flow in, connections are cut; nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, func, text
from sqlalchemy import select as sql_select
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from audit import tables as audit_tables
from decision_service.casework import answers
from decision_service.decision.document import reasons_from
from decision_service.store.database import reading, transaction
from decision_service.store.tables import (
    FOR_THE_MACHINE,
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    DecisionRow,
    MessageRow,
    TaskRow,
)
from tests.decision_service.reliability.worker_process import FASTER, clock_since
from tests.world.answering import ANNA, answers_to
from tests.world.office import PERSON, World, count, new_world, shared_evaluators
from tests.world.people import NOVEMBER, TENANT, application, in_part, incomplete
from tests.world.sweeps import share

pytestmark = pytest.mark.slow

SIZE = int(os.environ.get("KILLED_APPLICATIONS", len(share(range(100), 4))))
PROCESSES, KILLS = (2, 2) if SIZE < 300 else (3, SIZE // 100)
ROOT = Path(__file__).parents[3]
CUT = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
"""Every connection to a database is gone, as when it restarts."""


class Worker:
    """A process of its own, killed and started again."""

    def __init__(self, url: URL, folder: Path, epoch: float, faster: int = FASTER) -> None:
        script = ROOT / "tests" / "decision_service" / "reliability" / "worker_process.py"
        address = url.render_as_string(hide_password=False)
        self._command = [sys.executable, str(script), address, str(folder), str(epoch), "2", str(faster)]
        self._errors = (folder / f"worker-{id(self)}.log").open("ab")
        self.kills = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def ready(self) -> None:
        assert self.process.stdout is not None
        while (line := self.process.stdout.readline()) != b"ready\n":
            assert line, "the worker never began"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.kills += 1

    def end(self) -> None:
        """Asked to stop it stops."""
        self.process.terminate()
        self.process.communicate()
        assert self.process.returncode == 0
        self._errors.close()


@contextmanager
def inflow(world: World, number: int, every: float = 0) -> Iterator[threading.Thread]:
    """Applications of three kinds, as fast as they can be received, or one ``every`` so many seconds."""

    def receive() -> None:
        for person in range(number):
            form = (application, application, in_part, incomplete)[person % 4]
            while True:  # as a client does that gets no answer; nothing was written then
                with suppress(OperationalError):
                    world.receive(form(person, NOVEMBER))
                    break
            time.sleep(every)

    thread = threading.Thread(target=receive)
    thread.start()
    yield thread
    thread.join()


def left(world: World) -> int:
    with reading(world.engine) as session:
        return count(session, ApplicationRow, col(ApplicationRow.state).in_(FOR_THE_MACHINE))


def nothing_lost_nothing_doubled(world: World, number: int) -> str:
    entry = audit_tables.entry.c
    with reading(world.engine) as session:
        states = Counter(session.exec(select(ApplicationRow.state)).all())
        decided = count(session, DecisionRow)
        assert sum(states.values()) == number, "lost or doubled"
        assert states["beslutad"] == decided
        assert states["hos_handlaggare"] == count(session, TaskRow)
        kinds = Counter(session.exec(select(MessageRow.kind)).all())
        assert kinds["letter"] == decided
        assert kinds["receipt"] == number
        assert kinds["completion_request"] == states["vantar_pa_komplettering"]
        assert kinds["payment"] == sum(one.granted > 0 for one in session.exec(select(DecisionRow)))
        per_case = sql_select(entry.case_id, func.count()).where(entry.type == "decision")
        twice = session.connection().execute(per_case.group_by(entry.case_id)).all()
        assert {number for _, number in twice} == {1}, "examined twice"
        assert decided > number / 2
    world.whole()
    return ", ".join(f"{number} {state}" for state, number in sorted(states.items()))


@pytest.fixture
def _own_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.world.office import SetClock

    monkeypatch.setattr(SetClock, "__call__", SetClock.__call__)


@pytest.mark.properties
@pytest.mark.usefixtures("_own_clock")
def test_kill_on_sqlite(sqlite_url: URL, tmp_path: Path) -> None:
    """One worker, which is all that SQLite has."""
    chance = random.Random(1)
    world = new_world(sqlite_url, tmp_path, shared_evaluators())
    for person in range(SIZE):
        world.imported(person)
    epoch = time.time()
    world.clock.__class__.__call__ = lambda self: clock_since(epoch)  # type: ignore[method-assign]
    worker = Worker(sqlite_url, tmp_path, epoch)
    worker.ready()
    with inflow(world, SIZE):
        for _ in range(KILLS):
            time.sleep(chance.random())
            worker.kill()
            worker.start()
            worker.ready()
    while left(world):
        time.sleep(0.2)
    print(f"{worker.kills} kills:", nothing_lost_nothing_doubled(world, SIZE))
    worker.end()
    world.engine.dispose()


@pytest.mark.usefixtures("_own_clock")
def test_what_dead_workers_had_is_soon_with_others(postgresql_url: URL, tmp_path: Path) -> None:
    """At the pace of the wall, with the leases of the service: workers die and come back, every connection is
    cut after each, as when the database restarts, and at last one dies for good. The percentiles are printed;
    docs/operations.md has them."""
    chance = random.Random(SIZE)
    world = new_world(postgresql_url, tmp_path, shared_evaluators())
    for person in range(SIZE):
        world.imported(person)
    epoch = time.time()
    world.clock.__class__.__call__ = lambda self: clock_since(epoch, 1)  # type: ignore[method-assign]
    workers = [Worker(postgresql_url, tmp_path, epoch, 1) for _ in range(PROCESSES)]
    for each in workers:
        each.ready()
    admin = create_engine(postgresql_url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with inflow(world, SIZE, every=0.1), admin.connect() as connection:
        for _ in range(KILLS):
            time.sleep(chance.random())
            chosen = chance.choice(workers)
            chosen.kill()
            chosen.start()
            chosen.ready()
            connection.execute(CUT, {"name": postgresql_url.database})
            time.sleep(chance.random())
        workers[0].kill()
    while left(world):
        time.sleep(0.1)
    nothing_lost_nothing_doubled(world, SIZE)
    with reading(world.engine) as session:
        received = dict(session.exec(select(ApplicationRow.id, ApplicationRow.received_at)).all())
        decided = session.exec(select(DecisionRow.application_id, DecisionRow.decided_at)).all()
    waits = sorted((at - received[one]).total_seconds() for one, at in decided)
    said = ", ".join(f"p{part} {waits[int(len(waits) * part / 100)]:.1f} s" for part in (50, 90, 99))
    assert [each.process.poll() for each in workers[1:]] == [None] * (PROCESSES - 1), (
        "the worker did not survive that it was cut off"
    )
    print(f"{KILLS + 1} kills: {len(waits)} decided, {said}, at most {waits[-1]:.1f} s")
    for each in workers[1:]:
        each.end()
    admin.dispose()
    world.engine.dispose()


@pytest.mark.usefixtures("_own_clock")
def test_a_worker_is_killed_between_an_answer_and_its_assessment(postgresql_url: URL, tmp_path: Path) -> None:
    """At the pace of the wall: no answer is lost or given twice, each is looked at, and whoever had taken the
    case has it again."""
    world = new_world(postgresql_url, tmp_path, shared_evaluators())
    world.clock.forward(days=30)
    cases = [world.apply(application(person, NOVEMBER)) for person in range(8)]
    given: dict[str, list[str]] = {}
    for case in cases:
        world.claim(case)
        with transaction(world.engine) as session:
            asked = reasons_from(session.get_one(TaskRow, (TENANT, case)).reasons)
        given[case] = sorted(each.question for each in answers_to(asked))
    epoch = time.time()
    world.clock.__class__.__call__ = lambda self: clock_since(epoch, 1)  # type: ignore[method-assign]
    worker = Worker(postgresql_url, tmp_path, epoch, 1)
    worker.ready()
    for number, case in enumerate(cases):
        with transaction(world.engine) as session:
            asked = reasons_from(session.get_one(TaskRow, (TENANT, case)).reasons)
            row = session.get_one(ApplicationRow, (TENANT, case))
            answers.give(world.office, session, TENANT, case, row.version, answers_to(asked), ANNA)
        if number in (3, 7):
            worker.kill()
            worker.start()
            worker.ready()
    while left(world):
        time.sleep(0.2)
    for case in cases:
        with reading(world.engine) as session:
            row = session.get_one(ApplicationRow, (TENANT, case))
            stored = answers.of_application(session, row)
            newest = session.get_one(AssessmentRow, (TENANT, case, row.assessments))
            task = session.get_one(TaskRow, (TENANT, case))
        assert sorted(each.question for each in stored) == given[case]
        assert {each["id"] for each in json.loads(newest.case_file)["answers"]} == {
            each.id for each in stored
        }
        assert (row.state, task.claimed_by) == (ApplicationState.HANDLAGGARE, PERSON)
        assert sum(event == "given" for _, event in world.trail(case)) == len(given[case])
    world.whole()
    worker.end()
    world.engine.dispose()
