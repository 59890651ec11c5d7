"""The lanes of the outbox at work: each has its own turn in the background, and none waits for another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import structlog

from decision_service.casework import delivery
from decision_service.casework.office import Office
from decision_service.reading.our_fault import sort_and_place

AT_ONCE = 8
"""Lanes of municipalities that work at a time in a process, and as many of clients' addresses."""

_log = structlog.get_logger()


class Lanes:
    """The lanes of one process. ``sweep`` is quick and safe to call from any thread."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()
        self._busy: set[delivery.Lane] = set()
        self._stopping = threading.Event()
        self._municipalities = ThreadPoolExecutor(AT_ONCE, "lane")
        self._clients = ThreadPoolExecutor(AT_ONCE, "notices")

    def sweep(self) -> None:
        """Let every lane with something due begin, where it is not at work already."""
        for lane in delivery.lanes(self._office):
            with self._lock:
                if lane in self._busy or self._stopping.is_set():
                    continue
                self._busy.add(lane)
                pool = self._clients if lane.hook is not None else self._municipalities
                pool.submit(self._empty, lane)

    def stop(self) -> None:
        """Let what has begun end; nothing more begins."""
        with self._lock:
            self._stopping.set()
        self._municipalities.shutdown()
        self._clients.shutdown()

    def _empty(self, lane: delivery.Lane) -> None:
        """Deliver in a lane until nothing is due in it, or its receivers have stopped answering."""
        try:
            while not self._stopping.is_set() and lane in delivery.lanes(self._office):
                delivery.deliver_lane(self._office, lane)
        except Exception as error:  # whatever it is, the next sweep is the answer
            _log.error("sweep_failed", sweep="outbox", error=sort_and_place(error))
        finally:
            with self._lock:
                self._busy.discard(lane)
