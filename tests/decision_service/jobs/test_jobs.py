"""Jobs come to a worker, soon, on both databases; lost ones do no harm; what fails keeps no other waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import structlog
from sqlalchemy import URL, Engine, event, text

from decision_service.jobs import Jobs, queue
from decision_service.store.database import migrate, open_engine


@pytest.fixture
def prepared(filled_url: URL) -> Iterator[Engine]:
    engine = open_engine(filled_url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


class Worker:
    """Notes what it gets; ``seen`` can be waited for."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self._changed = threading.Condition()

    def __call__(self, tenant: str, applications: Sequence[str]) -> None:
        with self._changed:
            self.got += [(tenant, each) for each in applications]
            self._changed.notify_all()
        if any(each.startswith("poison") for each in applications):
            raise RuntimeError("ett fel med personuppgifter")

    def seen(self, number: int) -> bool:
        return self.until(lambda: len(self.got) >= number)

    def until(self, reached: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(reached, 60)


@contextmanager
def running(jobs: Jobs, worker: Worker, workers: int = 2) -> Iterator[None]:
    begun = threading.Event()
    jobs.schedule("begun", timedelta(seconds=0.1), begun.set)
    thread = threading.Thread(target=jobs.run, args=(worker, workers))
    thread.start()
    assert begun.wait(60)
    while jobs._ending is None:
        assert thread.is_alive()
    try:
        yield
    finally:
        jobs.stop()
        thread.join(60)
        assert not thread.is_alive()


def elsewhere(jobs: Jobs, engine: Engine) -> Jobs:
    """A process that asks and does nothing itself; on SQLite there is none but the one."""
    return Jobs(engine) if engine.dialect.name == "postgresql" else jobs


def test_what_a_process_asks_for_and_does_itself_goes_through_no_table(prepared: Engine) -> None:
    jobs, worker, asked = Jobs(prepared), Worker(), list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(prepared, "before_cursor_execute", note)
    with running(jobs, worker):
        for number in range(40):
            jobs.enqueue("9999", f"{number}")
            assert worker.seen(number + 1)
    assert (asked, jobs._sender) == ([], None)


class Held(Worker):
    """Notes what is given to it together, and goes on when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[list[str]] = []
        self.go_on = threading.Event()

    def __call__(self, tenant: str, applications: Sequence[str]) -> None:
        self.groups.append([*applications])
        super().__call__(tenant, applications)
        assert self.go_on.wait(60)


def test_those_that_come_while_one_is_looked_at_are_looked_at_together(sqlite_url: URL) -> None:
    jobs, worker = Jobs(open_engine(sqlite_url)), Held()
    with running(jobs, worker):
        jobs.enqueue("9999", "first")
        assert worker.seen(1)
        later = [f"{number}" for number in range(queue._TOGETHER - 1)]
        for case in later:
            jobs.enqueue("9999", case)
        worker.go_on.set()
        assert worker.seen(queue._TOGETHER)
    assert worker.groups == [["first"], later]


def test_where_as_many_wait_as_are_looked_at_together_another_thread_has_them(sqlite_url: URL) -> None:
    jobs, worker = Jobs(open_engine(sqlite_url)), Held()
    with running(jobs, worker):
        jobs.enqueue("9999", "first")
        assert worker.seen(1)
        later = [f"{number}" for number in range(queue._TOGETHER)]
        for case in later:
            jobs.enqueue("9999", case)
        assert worker.seen(1 + queue._TOGETHER), "though the first is not done"
        worker.go_on.set()
    assert worker.groups == [["first"], later]


@pytest.mark.slow
def test_one_that_is_busy_lets_others_have_what_it_cannot_do_soon(prepared: Engine) -> None:
    """And whatever it has been asked for itself twice it does once."""
    jobs, go_on = Jobs(prepared), threading.Event()

    class Busy(Worker):
        def __call__(self, tenant: str, applications: Sequence[str]) -> None:
            assert go_on.wait(60)
            super().__call__(tenant, applications)

    busy, other = Busy(), Worker()
    cases = [f"{number:03}" for number in range(120)]
    with running(jobs, busy, workers=1):
        for case in cases * 2:
            jobs.enqueue("9999", case)
        if prepared.dialect.name == "postgresql":
            with running(Jobs(prepared), other):
                assert other.seen(20)
                go_on.set()
        go_on.set()
        assert busy.until(lambda: {case for _, case in (*busy.got, *other.got)} == {*cases})
    done = sorted(case for _, case in (*busy.got, *other.got))
    assert len(done) - len(cases) <= queue._TOGETHER, "those that had begun may be asked for again"


def test_a_job_reaches_the_worker(prepared: Engine) -> None:
    jobs, worker = Jobs(prepared), Worker()
    with running(jobs, worker):
        jobs.enqueue("9999", "a")
        elsewhere(jobs, prepared).enqueue("1287", "b")
        assert worker.seen(2)
    assert sorted(worker.got) == [("1287", "b"), ("9999", "a")]


def test_two_municipalities_may_have_applications_of_one_id(prepared: Engine) -> None:
    jobs, worker = Jobs(prepared), Worker()
    with running(jobs, worker):
        for tenant in ("9999", "1287"):
            elsewhere(jobs, prepared).enqueue(tenant, "a")
        assert worker.seen(2)
    assert sorted(worker.got) == [("1287", "a"), ("9999", "a")]


def test_a_job_that_fails_keeps_no_other_waiting_and_tells_no_tables(prepared: Engine) -> None:
    jobs, worker = Jobs(prepared), Worker()
    with structlog.testing.capture_logs() as told, running(jobs, worker):
        elsewhere(jobs, prepared).enqueue("9999", "poison 1")
        elsewhere(jobs, prepared).enqueue("9999", "b")
        jobs.enqueue("9999", "poison 2")
        jobs.enqueue("9999", "c")
        assert worker.seen(4)
    failed = [case for each in told if each["event"] == "examine_failed" for case in each["applications"]]
    assert {"poison 1", "poison 2"} <= set(failed)
    if prepared.dialect.name == "postgresql":
        with prepared.connect() as connection:
            rows = connection.execute(text("SELECT l::text FROM pgqueuer_log l")).scalars().all()
        assert rows
        assert not any("personuppgifter" in row for row in rows)


def test_a_job_that_waits_already_is_not_doubled(postgresql_url: URL) -> None:
    engine = open_engine(postgresql_url.render_as_string(hide_password=False))
    migrate(engine)
    jobs, worker = Jobs(engine), Worker()
    for _ in range(5):
        jobs.enqueue("9999", "a")
    with running(jobs, worker):
        jobs.enqueue("9999", "b")
        assert worker.seen(2)
    assert sorted(worker.got) == [("9999", "a"), ("9999", "b")]
    engine.dispose()


def test_enqueue_never_raises(prepared: Engine) -> None:
    """Before a worker runs, after it has stopped, and when the queue's table or the database is gone."""
    jobs, worker = Jobs(prepared), Worker()
    jobs.enqueue("9999", "early")
    with running(jobs, worker):
        jobs.enqueue("9999", "a")
        assert worker.seen(1)
    jobs.enqueue("9999", "late")
    if prepared.dialect.name == "postgresql":
        with prepared.begin() as connection:
            connection.execute(text("DROP TABLE pgqueuer CASCADE"))
        jobs.enqueue("9999", "no table")
        nowhere = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
        Jobs(nowhere).enqueue("9999", "no database")


def test_a_sweep_that_fails_runs_again(prepared: Engine) -> None:
    jobs, worker = Jobs(prepared), Worker()
    rounds = threading.Semaphore(0)

    def failing() -> None:
        rounds.release()
        raise RuntimeError("nej")

    jobs.schedule("failing", timedelta(seconds=0.05), failing)
    with running(jobs, worker):
        for _ in range(3):
            assert rounds.acquire(timeout=60)


def test_stopped_before_it_ran(prepared: Engine) -> None:
    jobs = Jobs(prepared)
    jobs.stop()
    jobs.run(Worker(), 1)


def test_what_has_begun_is_finished(prepared: Engine) -> None:
    jobs = Jobs(prepared)
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    class Slow(Worker):
        def __call__(self, tenant: str, applications: Sequence[str]) -> None:
            begun.set()
            assert go_on.wait(60)
            done.set()

    with running(jobs, Slow()):
        jobs.enqueue("9999", "a")
        assert begun.wait(60)
        jobs.stop()
        go_on.set()
    assert done.is_set()


def test_what_is_asked_of_the_queue_does_not_wait_for_those_who_listen(postgresql_url: URL) -> None:
    """A connection that listens is held while it does: here for ever."""
    address = postgresql_url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def asked() -> list[dict[str, object]]:
        async with (
            await psycopg.AsyncConnection.connect(address, autocommit=True) as asks,
            await psycopg.AsyncConnection.connect(address, autocommit=True) as listens,
            listens.lock,
        ):
            driver = queue._Driver(asks, listens)
            await asyncio.wait_for(driver.execute("SELECT 1"), 60)
            return await asyncio.wait_for(driver.fetch("SELECT 1 AS found"), 60)

    assert asyncio.run(asked()) == [{"found": 1}]


def test_the_queue_keeps_what_the_operators_address_asks_for(prepared: Engine) -> None:
    """An address may name the schema of the tables, or anything else that the server takes as options; and
    the queue's own wish is heard beside it."""
    if prepared.dialect.name != "postgresql":
        return
    with prepared.begin() as connection:
        connection.execute(text("CREATE SCHEMA lagrum"))
    address = prepared.url.update_query_dict({"options": "-csearch_path=lagrum"})
    engine = open_engine(address.render_as_string(hide_password=False))
    migrate(engine)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT to_regclass('lagrum.pgqueuer') IS NOT NULL"))
    with prepared.begin() as connection:  # what is asked of the other schema is not found
        for table in ("pgqueuer", "pgqueuer_log", "pgqueuer_statistics", "pgqueuer_schedules"):
            connection.execute(text(f"DROP TABLE IF EXISTS public.{table} CASCADE"))
    jobs, worker = Jobs(engine), Worker()
    with structlog.testing.capture_logs() as said, running(jobs, worker):
        Jobs(engine).enqueue("9999", "a")
        assert worker.seen(1)
    assert [each for each in said if each["event"] in ("queue_lost", "enqueue_failed")] == []
    asked = Jobs(engine)
    with asked._connected() as sender:
        found = [sender.execute(f"SHOW {each}").fetchone() for each in ("search_path", "synchronous_commit")]
        sender.close()
    assert found == [("lagrum",), ("off",)]
    engine.dispose()
