"""The lanes of the outbox at work: each has its own turn in the background, and none waits for another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from decision_service.casework import delivery
from decision_service.casework.office import Office
from decision_service.reading.our_fault import sort_and_place

AT_ONCE = 8
"""Lanes of municipalities that work at a time in a process, and as many of clients' addresses."""
SHORTEST, LONGEST = timedelta(seconds=5), timedelta(minutes=1)
"""How long a lane is left in peace that broke off, as over a database that is not the newest: the first time,
and at most. Each time it breaks off again it rests twice as long."""

_log = structlog.get_logger()


class Lanes:
    """The lanes of one process. ``sweep`` is quick and safe to call from any thread."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()
        self._busy: set[delivery.Lane] = set()
        self._broken: dict[delivery.Lane, tuple[datetime, timedelta]] = {}
        """The lanes that broke off the last time: until when each rests, and how long it does so."""
        self._stopping = threading.Event()
        self._municipalities = ThreadPoolExecutor(AT_ONCE, "lane")
        self._clients = ThreadPoolExecutor(AT_ONCE, "notices")

    def sweep(self) -> bool:
        """Let every lane with something due begin, where it is not at work or at rest already, and say
        whether all is well: False while there is a lane that broke off the last time."""
        due, now = delivery.lanes(self._office), self._office.clock()
        for lane in due:
            with self._lock:
                if lane in self._busy or self._rests(lane, now) or self._stopping.is_set():
                    continue
                self._busy.add(lane)
                pool = self._clients if lane.hook is not None else self._municipalities
                pool.submit(self._empty, lane)
        with self._lock:
            for lane in self._broken.keys() - {*due}:
                if not self._rests(lane, now):  # nothing is left in it, or another process has it
                    del self._broken[lane]
            return not self._broken

    def _rests(self, lane: delivery.Lane, now: datetime) -> bool:
        return lane in self._broken and now < self._broken[lane][0]

    def stop(self) -> None:
        """Let what has begun end; nothing more begins."""
        with self._lock:
            self._stopping.set()
        self._municipalities.shutdown()
        self._clients.shutdown()

    def _empty(self, lane: delivery.Lane) -> None:
        """Deliver in a lane as long as there is as much as goes out at a time, and its receivers answer. What
        comes after that is left to the next sweep: some messages together cost little more than one."""
        full = True
        try:
            while full and not self._stopping.is_set() and lane in delivery.lanes(self._office):
                sent = delivery.deliver_lane(self._office, lane)
                full = sent == delivery.most(self._office, lane)
        except Exception as error:  # whatever it is, a sweep that comes later is the answer
            _log.error("sweep_failed", sweep="outbox", tenant=lane.tenant, error=sort_and_place(error))
            with self._lock:
                _, before = self._broken.get(lane, (None, SHORTEST / 2))
                rest = min(2 * before, LONGEST)
                self._broken[lane] = self._office.clock() + rest, rest
        else:
            with self._lock:
                self._broken.pop(lane, None)
        finally:
            with self._lock:
                self._busy.discard(lane)
