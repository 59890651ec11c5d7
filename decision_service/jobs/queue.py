"""Applications that somebody should look at soon: by this process where it works itself, else by PgQueuer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import psycopg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.psycopg import PsycopgDriver, SyncPsycopgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.adapters.persistence.queries import SyncQueries
from pgqueuer.models import Job
from sqlalchemy import Connection, Engine, inspect

from decision_service.reading.our_fault import sort_and_place

Examine = Callable[[str, Sequence[str]], object]
"""Look at some applications of a municipality, by their ids. Runs in a thread."""

_EXAMINE = "examine"
_QUIET = timedelta(seconds=0.5)
"""How long the queue waits for a word before it looks for itself. No word comes when it has done what it had
taken, and there is more to take."""
_TAKEN_OVER = timedelta(seconds=12)
"""A worker silent for this long has died, and another takes its jobs."""
_AHEAD = 16
"""Jobs taken for each thread of a municipality. One that is done counts until the queue has noted it, in
batches: with few, the threads would wait for that."""
_TOGETHER = 8
"""Applications that a thread looks at side by side: the log of a municipality is held for as long as it takes
to write what came of them. Where fewer wait, one thread of a municipality is at work."""
_OWN = 32
"""Jobs of a municipality that wait in the process that asks for them and also does them, before it asks the
others: what goes through the tables of the queue costs an eighth of an application."""
_HINTS = "SET synchronous_commit = off"
"""A job may be lost: nobody waits until the disk has what is only said of it."""
_AGAIN = 1.0
"""Seconds before a lost database connection is tried again."""

_log = structlog.get_logger()


class _Waiting:
    """The applications of a municipality that wait for a thread of this process, the first first, with what
    is told when one that came through the queue has been looked at. Safe to use from many threads."""

    def __init__(self, tenant: str, examine: Examine, workers: int, stopping: threading.Event) -> None:
        self._tenant, self._examine, self._stopping = tenant, examine, stopping
        self._pool = ThreadPoolExecutor(workers, f"examine {tenant}")
        self._cases: dict[str, Future[None] | None] = {}
        self._at_work = 0
        self._lock = threading.RLock()

    def put(self, application: str, most: int | None) -> bool:
        """Let an application wait, or wait on; False where more than ``most`` would wait. In a process that
        ends it waits for nothing, or RuntimeError is raised."""
        with self._lock:
            if application not in self._cases:
                if most is not None and len(self._cases) >= most:
                    return False
                self._pool.submit(self._look)
                self._cases[application] = None
            return True

    def looked_at(self, application: str) -> Future[None]:
        """Let an application wait that came through the queue; done when it has been looked at, which it is
        in a process that ends too."""
        with self._lock:
            self.put(application, None)
            found = self._cases[application] = self._cases[application] or Future()
            return found

    def end(self) -> None:
        """Return when the threads have ended."""
        self._pool.shutdown()

    def _look(self) -> None:
        """Look at those that wait, until they are another's. From when they are taken they may be asked for
        again."""
        while taken := self._taken():
            ending = self._stopping.is_set()
            cases = [each for each, told in taken.items() if told is not None or not ending]
            try:
                if cases:
                    self._examine(self._tenant, cases)
            except Exception as error:  # for the log, and kept from the queue, whose tables keep its words
                _log.error("examine_failed", applications=cases, error=sort_and_place(error))
            finally:
                with self._lock:
                    self._at_work -= 1
                for told in filter(None, taken.values()):
                    told.set_result(None)

    def _taken(self) -> dict[str, Future[None] | None]:
        """Those that wait longest, as many as are looked at side by side. None where there are fewer and
        another thread is at work: it takes them when it is done, and together each costs a third."""
        with self._lock:
            if self._at_work and len(self._cases) < _TOGETHER:
                return {}
            taken = {each: self._cases.pop(each) for each in [*self._cases][:_TOGETHER]}
            self._at_work += bool(taken)
            return taken


class _WaitingByPlace:
    """The same of every municipality, each with threads of its own: where the log of one is held, it holds
    nobody in another."""

    def __init__(self, examine: Examine, workers: int, stopping: threading.Event) -> None:
        self._made = partial(_Waiting, examine=examine, workers=workers, stopping=stopping)
        self._places: dict[str, _Waiting] = {}
        self._lock = threading.Lock()

    def __getitem__(self, tenant: str) -> _Waiting:
        with self._lock:
            if tenant not in self._places:
                self._places[tenant] = self._made(tenant)
            return self._places[tenant]

    def end(self) -> None:
        """Return when all threads have ended."""
        for each in [*self._places.values()]:
            each.end()


class _Driver(PsycopgDriver):
    """Asks on one connection and listens on another: one that listens is held for a second at a time, and
    whoever asks anything of it waits for that."""

    def __init__(self, asks: psycopg.AsyncConnection, listens: psycopg.AsyncConnection) -> None:
        super().__init__(listens)
        self._asks = PsycopgDriver(asks)

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await self._asks.fetch(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        return await self._asks.execute(query, *args)


@dataclass(frozen=True)
class _Sweep:
    name: str
    every: timedelta
    work: Callable[[], object]
    after: timedelta


class Jobs:
    """The jobs of one process. ``enqueue`` is safe from any thread; ``run`` blocks until ``stop``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._postgresql = engine.dialect.name == "postgresql"
        self._sweeps: list[_Sweep] = []
        self._lock = threading.Lock()
        self._sender: psycopg.Connection[tuple[object, ...]] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._stopping = threading.Event()
        self._waiting: _WaitingByPlace | None = None

    @staticmethod
    def install(connection: Connection) -> None:
        """The queue's own tables, on PostgreSQL and where they are missing."""
        if connection.dialect.name == "postgresql" and not inspect(connection).has_table("pgqueuer"):
            connection.exec_driver_sql(QueryBuilderEnvironment().build_install_query())

    def enqueue(self, tenant: str, application_id: str) -> None:
        """Ask for an application to be looked at soon. Call it after the commit; never raises for a lost
        database: the sweep finds the application all the same."""
        here, most = self._waiting, _OWN if self._postgresql else None
        try:
            own = here is not None and here[tenant].put(application_id, most)
            if not own and self._postgresql:
                self._send(f"{tenant}:{application_id}".encode())
        except (psycopg.Error, RuntimeError) as error:
            _log.warning("enqueue_failed", error=type(error).__name__)

    def schedule(
        self, name: str, every: timedelta, work: Callable[[], object], after: timedelta = timedelta()
    ) -> None:
        """Do something again and again while ``run`` runs, the first time ``after`` its start. What it raises
        is logged, and it goes on."""
        self._sweeps.append(_Sweep(name, every, work, after))

    def run(self, examine: Examine, workers: int) -> None:
        """Look at applications and sweep until ``stop``; of a municipality ``workers`` times at once."""
        asyncio.run(self._run(examine, workers))

    def stop(self) -> None:
        """Let ``run`` end: jobs that have begun are finished, no new ones begin."""
        self._stopping.set()
        self._waiting = None
        if self._loop is not None and self._ending is not None:
            self._loop.call_soon_threadsafe(self._ending.set)

    async def _run(self, examine: Examine, workers: int) -> None:
        self._loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(4, "sweep") as sweepers:
            sweeps = [asyncio.create_task(self._again(sweep, sweepers)) for sweep in self._sweeps]
            waiting = self._waiting = _WaitingByPlace(examine, workers, self._stopping)
            while not self._stopping.is_set():
                try:
                    await self._work(waiting, workers)
                except Exception as error:  # the connection, mostly, in whatever the queue wraps it in
                    _log.warning("queue_lost", error=type(error).__name__)
                    await asyncio.sleep(_AGAIN)
            self._waiting = None
            await self._loop.run_in_executor(None, waiting.end)
            for task in sweeps:
                task.cancel()
            await asyncio.gather(*sweeps, return_exceptions=True)
        self._loop = self._ending = None

    async def _work(self, waiting: _WaitingByPlace, workers: int) -> None:
        """Take what others have asked for, where there are others, until ``stop``."""
        if not self._postgresql:
            self._ending = asyncio.Event()
            if not self._stopping.is_set():
                await self._ending.wait()
            return
        queuer = PgQueuer(_Driver(await self._opened(), await self._opened()))

        @queuer.entrypoint(_EXAMINE)
        async def _(job: Job) -> None:
            tenant, _, application = (job.payload or b"").decode().partition(":")
            looked_at = asyncio.wrap_future(waiting[tenant].looked_at(application))
            await asyncio.shield(looked_at)  # others may wait for it too

        self._ending = queuer.shutdown
        if self._stopping.is_set():
            return
        await queuer.run(
            dequeue_timeout=_QUIET,
            batch_size=workers,
            max_concurrent_tasks=_AHEAD * workers,
            heartbeat_timeout=_TAKEN_OVER,
            shutdown_on_listener_failure=True,
        )

    async def _again(self, sweep: _Sweep, sweepers: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(sweep.after.total_seconds())
        while not self._stopping.is_set():
            try:
                await loop.run_in_executor(sweepers, sweep.work)
            except Exception as error:  # whatever it is, the next round is the answer
                _log.error("sweep_failed", sweep=sweep.name, error=sort_and_place(error))
            await asyncio.sleep(sweep.every.total_seconds())

    def _send(self, payload: bytes) -> None:
        with self._lock, self._connected() as connection:
            queries = SyncQueries(SyncPsycopgDriver(connection))
            queries.enqueue(_EXAMINE, payload, dedupe_key=payload.decode(), on_conflict="skip")

    async def _opened(self) -> psycopg.AsyncConnection:
        opened = await psycopg.AsyncConnection.connect(self._address(), autocommit=True)
        await opened.execute(_HINTS)
        return opened

    def _address(self) -> str:
        return self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A connection of its own, opened again after it was lost."""
        if self._sender is None or self._sender.closed:
            self._sender = psycopg.connect(self._address(), autocommit=True)
            self._sender.execute(_HINTS)
        try:
            yield self._sender
        except psycopg.OperationalError:
            self._sender.close()
            raise
