"""Everything the API needs from the rest of the service, given once when it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter, FastAPI, Request

from decision_service.access.tokens import Tokens
from decision_service.decision import estimate
from decision_service.decision.estimate import EstimateRequest
from decision_service.installation.configuration import Installation
from decision_service.installation.settings import Settings
from decision_service.log.published import PublishedLog, PublishedRelease
from decision_service.operations.metrics import Metrics, Readings
from rules.book import Rulebook


@dataclass(frozen=True)
class Check:
    """One thing that must be right for the service to be ready.

    ``probe`` gives None, or a Swedish sentence on what is wrong. ``name`` is Swedish too.
    """

    name: str
    probe: Callable[[], str | None]


def estimated(request: EstimateRequest, book: Rulebook) -> dict[str, Any]:
    """A trial calculation in this process. Raises InputError."""
    return estimate.as_json(estimate.estimate(request, book))


@dataclass(frozen=True)
class Services:
    """``routers`` are those under ``/v1/{kommunkod}`` beside the public ones. ``releases`` gives those that a
    municipality has decided by, the newest first; ``log`` what a municipality's log is checked with;
    ``readings`` the figures of the database for ``/metrics``. ``extra`` is for the routers: whatever they
    need beyond this, found by ``services_of``.
    """

    settings: Settings
    installation: Installation
    tokens: Tokens
    clock: Callable[[], datetime]
    book: Rulebook
    metrics: Metrics = field(default_factory=Metrics)
    checks: Sequence[Check] = ()
    routers: Sequence[APIRouter] = ()
    releases: Callable[[str], Sequence[PublishedRelease]] | None = None
    log: Callable[[str], PublishedLog] | None = None
    readings: Callable[[], Readings] | None = None
    estimate: Callable[[EstimateRequest, Rulebook], dict[str, Any]] = estimated
    extra: Any = None
    lifespan: Callable[[FastAPI], Any] | None = None


def services_of(request: Request) -> Services:
    """The services of the app that a request came to."""
    services: Services = request.app.state.services
    return services
