"""Figures about the service for Prometheus.

Counters count what this process did. Gauges are read from the database and are the same in every process;
whoever reads them calls ``refresh``. A label is a code, never a text from a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, start_http_server
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

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
    """Every figure of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        place = ("kommunkod",)
        self._oldest = self._gauge(
            "oldest_undecided_seconds", "Age of the oldest undecided application", place
        )
        self._undecided = self._gauge("undecided", "Undecided applications", (*place, "state"))
        self._breached = self._gauge("breached", "Undecided applications past their deadline", place)
        self._entries = self._gauge("audit_entries", "Entries of the audit log", place)
        self._verified = self._gauge("audit_verified", "Last verification: 1 whole, 0 not", place)
        self._waiting = self._gauge("outbox_waiting", "Messages not yet handed over", ())
        self._outbox_oldest = self._gauge("outbox_oldest_seconds", "Age of the oldest such message", ())
        self._decisions = self._counter("decisions", "Decisions", (*place, "outcome", "reason", "automatic"))
        self._disagreements = self._counter(
            "engine_disagreements", "Cases in which the engines differed", place
        )
        self._crashes = self._counter("evaluator_crashes", "Times the evaluating process died", ())
        self._margin = Histogram(
            "lagrum_deadline_margin_seconds",
            "Time left of the 24 hours when decided",
            place,
            buckets=MARGINS,
            registry=self.registry,
        )
        self._requests = Histogram(
            "lagrum_http_seconds",
            "Time to answer a request",
            ("method", "route", "status"),
            buckets=DURATIONS,
            registry=self.registry,
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
        _replace(self._oldest, {(code,): value for code, value in readings.oldest_undecided.items()})
        _replace(self._undecided, readings.undecided)
        _replace(self._breached, {(code,): value for code, value in readings.breached.items()})
        _replace(self._entries, {(code,): value for code, value in readings.audit_entries.items()})
        _replace(self._verified, {(code,): float(value) for code, value in readings.audit_verified.items()})
        self._waiting.set(readings.outbox_waiting)
        self._outbox_oldest.set(readings.outbox_oldest)

    def text(self) -> bytes:
        """Every figure in Prometheus' text format."""
        return generate_latest(self.registry)

    def serve(self, host: str, port: int) -> tuple[WSGIServer, Thread]:
        """Answer at a port of its own, for a worker or to keep figures off the public address."""
        return start_http_server(port, host, self.registry)

    def _gauge(self, name: str, text: str, labels: tuple[str, ...]) -> Gauge:
        return Gauge(f"lagrum_{name}", text, labels, registry=self.registry)

    def _counter(self, name: str, text: str, labels: tuple[str, ...]) -> Counter:
        return Counter(f"lagrum_{name}", text, labels, registry=self.registry)


def _replace(gauge: Gauge, values: Mapping[Any, float]) -> None:
    gauge.clear()
    for labels, value in values.items():
        gauge.labels(*labels).set(value)
