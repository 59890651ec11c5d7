"""The examinations of a process: at once of those that somebody waits for, of all others in their turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import structlog
from sqlmodel import col, select

from decision_service.casework import examine, search
from decision_service.casework.examine import Examined
from decision_service.casework.office import Office
from decision_service.casework.right_time import require_right_time
from decision_service.jobs import Jobs, Turns
from decision_service.operations.metrics import Metrics
from decision_service.reading.our_fault import sort_and_place
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ApplicationState

MOST_WAITED_FOR = 1000
"""Examinations that somebody waits for in a process, those that have not begun among them."""
BEHIND = 20
"""Applications that may wait to be examined before those who send more have to leave room for it."""
_WAITING = (
    select(ApplicationRow.id).where(col(ApplicationRow.state) == ApplicationState.RECEIVED).limit(BEHIND + 1)
)

_log = structlog.get_logger()


class Examining:
    """Who examines, and how many at a time. ``office`` gives the one that decides now, for another release
    may come into force; ``workers`` are evaluated at a time of those that somebody waits for, and as many of
    all others. ``waited_for`` counts the examinations that somebody waits for."""

    def __init__(self, office: Callable[[], Office], metrics: Metrics, jobs: Jobs, workers: int) -> None:
        self._office, self._metrics, self._jobs = office, metrics, jobs
        municipalities = office().installation.municipalities
        # Where the log of one municipality is held, nobody in another waits for a thread.
        self.waiters = {each: ThreadPoolExecutor(16, f"waiting {each}") for each in municipalities}
        # The first first: more would take turns with each other, and with whoever is to hear of them.
        self._waiters_turns, self._queue_turns = Turns(workers), Turns(workers)
        # Of each municipality one at a time is written, for its log takes no more.
        self._writing = {each: Turns(1) for each in municipalities}
        self.waited_for, self._lock = 0, threading.Lock()

    def examine_within(self, tenant: str, application_id: str, seconds: float) -> None:
        """Look at an application at once, for somebody who waits; goes on behind them when they cannot. Where
        too many wait already it is examined in its turn instead."""
        if (work := self._begun(tenant, application_id)) is not None:
            wait([work], seconds)

    async def examined_within(self, tenant: str, application_id: str, seconds: float) -> Examined | None:
        """The same, and no thread is held by the waiting: what was written, where it was in time."""
        if (work := self._begun(tenant, application_id)) is None:
            return None
        done, _ = await asyncio.wait([asyncio.wrap_future(work)], timeout=seconds)
        return work.result() if done else None

    def _begun(self, tenant: str, application_id: str) -> Future[Examined | None] | None:
        """An examination that somebody waits for. What goes wrong in it is for the log and the next sweep."""
        with self._lock:
            if self.waited_for >= MOST_WAITED_FOR:
                work = None
            else:
                self.waited_for += 1
                work = self.waiters[tenant].submit(self._examine_for_somebody, tenant, application_id)
        if work is None:
            self._jobs.enqueue(tenant, application_id)
        return work

    def _examine_for_somebody(self, tenant: str, application_id: str) -> Examined | None:
        try:
            return next(iter(self._examined(tenant, [application_id], self._waiters_turns)), None)
        except Exception as error:
            _log.error("examine_failed", application=application_id, error=sort_and_place(error))
            return None
        finally:
            with self._lock:
                self.waited_for -= 1

    def examine_in_turn(self, tenant: str, applications: Sequence[str]) -> None:
        """Look at some applications that nobody waits for."""
        self._examined(tenant, applications, self._queue_turns)

    def _examined(self, tenant: str, applications: Sequence[str], turns: Turns) -> list[Examined]:
        return _examined(self._office(), self._metrics, tenant, applications, turns, self._writing[tenant])

    def is_behind(self) -> bool:
        """Whether more applications wait to be examined than are being examined."""
        with reading(self._office().engine) as session:
            return len(session.exec(_WAITING).all()) > BEHIND

    def stop(self) -> None:
        """Return when what somebody waits for is done."""
        for each in self.waiters.values():
            each.shutdown()


def _examined(
    office: Office,
    metrics: Metrics,
    tenant: str,
    applications: Sequence[str],
    *turns: Turns,
) -> list[Examined]:
    """Look at some applications, and count what came of each whose people are not protected: beside the queue
    the figures would tell of the others."""
    require_right_time(office)
    before = office.crashes
    found = examine.examine_all(office, tenant, applications, *turns)
    if office.crashes > before:
        metrics.crashed()
    for findings, margin, row, _ in found:
        if not findings.engines.agree:
            _log.error("engines_disagree", tenant=tenant, application=row.id)
        if row.protected:
            continue
        first = search.open_code(findings.reasons[0]) if findings.reasons else ""
        seconds = margin.total_seconds()
        metrics.decided(tenant, findings.outcome, first, automatic=findings.automatic, margin=seconds)
        if not findings.engines.agree:
            metrics.disagreed(tenant)
    return found
