"""Figures about the service for Prometheus.

Counters count what the processes behind a port did: one, or several that ``SHARED`` names a folder for.
Gauges are read from the database and are the same in every process; whoever reads them calls ``refresh``. A
label is a code, never a text from a case.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable of the environment by which the library is told, before it is imported, of a folder where
processes put their counters together."""

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

HOUR = 3600
MARGINS = tuple(hours * HOUR for hours in (-24, -4, -1, 0, 1, 2, 4, 8, 12, 16, 20, 22, 23, 24))
"""Seconds that were left of the 24 hours; below zero the promise was broken."""
DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Readings:
    """What the database says now. ``oldest_undecided`` is in seconds, 0 when nothing waits.

    ``audit_entries`` and ``audit_verified`` are by municipality code; a log that was never verified is left
    out of ``audit_verified``. ``undecided`` is by municipality code and state.
    """

    oldest_undecided: Mapping[str, float] = field(default_factory=dict)
    undecided: Mapping[tuple[str, str], int] = field(default_factory=dict)
    breached: Mapping[str, int] = field(default_factory=dict)
    audit_entries: Mapping[str, int] = field(default_factory=dict)
    audit_verified: Mapping[str, bool] = field(default_factory=dict)
    outbox_waiting: int = 0
    outbox_oldest: float = 0.0


class Metrics:
    """Every figure of a process, and of those that share its counters."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._read = _Read()
        self.registry.register(self._read)
        counted = self.registry
        if os.environ.get(SHARED):
            MultiProcessCollector(self.registry)  # type: ignore[no-untyped-call]
            counted = CollectorRegistry()
        self._decisions = Counter(
            "lagrum_decisions", "Decisions", (*_PLACE, "outcome", "reason", "automatic"), registry=counted
        )
        self._disagreements = Counter(
            "lagrum_engine_disagreements", "Cases in which the engines differed", _PLACE, registry=counted
        )
        self._crashes = Counter(
            "lagrum_evaluator_crashes", "Times the evaluating process died", registry=counted
        )
        self._margin = Histogram(
            "lagrum_deadline_margin_seconds",
            "Time left of the 24 hours when decided",
            _PLACE,
            buckets=MARGINS,
            registry=counted,
        )
        self._requests = Histogram(
            "lagrum_http_seconds",
            "Time to answer a request",
            ("method", "route", "status"),
            buckets=DURATIONS,
            registry=counted,
        )

    def decided(self, tenant: str, outcome: str, reason: str, *, automatic: bool, margin: float) -> None:
        """Count a decision. ``reason`` is a code or empty, ``margin`` seconds left of the 24 hours."""
        self._decisions.labels(tenant, outcome, reason, "yes" if automatic else "no").inc()
        self._margin.labels(tenant).observe(margin)

    def disagreed(self, tenant: str) -> None:
        """Count a case in which the two engines differed."""
        self._disagreements.labels(tenant).inc()

    def crashed(self) -> None:
        """Count a death of the process that evaluates."""
        self._crashes.inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer. ``route`` is the template of the path, so that no id becomes a label."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def refresh(self, readings: Readings) -> None:
        """Replace what was read from the database before; what is no longer there disappears."""
        self._read.readings = readings

    def text(self) -> bytes:
        """Every figure in Prometheus' text format."""
        return generate_latest(self.registry)

    def serve(self, host: str, port: int) -> tuple[WSGIServer, Thread]:
        """Answer at a port of its own, for a worker or to keep figures off the public address."""
        return start_http_server(port, host, self.registry)


_PLACE = ("kommunkod",)


class _Read(Collector):
    """What was read from the database, as figures."""

    readings = Readings()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        read = self.readings
        yield _by_place(
            "oldest_undecided_seconds", "Age of the oldest undecided application", read.oldest_undecided
        )
        undecided = _gauge("undecided", "Undecided applications", (*_PLACE, "state"))
        for labels, number in read.undecided.items():
            undecided.add_metric(labels, number)
        yield undecided
        yield _by_place("breached", "Undecided applications past their deadline", read.breached)
        yield _by_place("audit_entries", "Entries of the audit log", read.audit_entries)
        yield _by_place("audit_verified", "Last verification: 1 whole, 0 not", read.audit_verified)
        waiting = _gauge("outbox_waiting", "Messages not yet handed over")
        waiting.add_metric((), read.outbox_waiting)
        yield waiting
        oldest = _gauge("outbox_oldest_seconds", "Age of the oldest such message")
        oldest.add_metric((), read.outbox_oldest)
        yield oldest


def _gauge(name: str, text: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"lagrum_{name}", text, labels=labels)


def _by_place(name: str, text: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    found = _gauge(name, text, _PLACE)
    for place, value in values.items():
        found.add_metric((place,), value)
    return found
