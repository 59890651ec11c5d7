"""The API on top of a running service."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI, Request
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.responses import Response

from decision_service.api.app import create_app
from decision_service.api.examples import show_examples
from decision_service.api.problems import ProblemError, response
from decision_service.api.routes import applications, decisions, motprestation, tasks, webhooks
from decision_service.api.services import Check, Services
from decision_service.casework.office import Office
from decision_service.evaluation import CrashError
from decision_service.log.published import published_log, published_releases
from decision_service.operations.readings import SWEEPS, readiness
from decision_service.operations.readings import Check as Found
from decision_service.service import Service

_log = structlog.get_logger("lagrum.api")

ROUTERS = (
    applications.router,
    decisions.router,
    tasks.router,
    motprestation.router,
    webhooks.router,
)


def app_of(service: Service, *, works: bool) -> FastAPI:
    """The application over a service. ``works``: whether this process also works on what waits."""
    office = service.office

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if works:
            service.start()
        yield
        service.stop()

    app = create_app(
        Services(
            settings=service.settings,
            installation=office.installation,
            tokens=service.tokens,
            clock=office.clock,
            book=office.book,
            metrics=service.metrics,
            checks=[*_Readiness(office).checks(), Check("utfärdare", service.tokens.check)],
            routers=ROUTERS,
            releases=partial(published_releases, office.engine),
            log=partial(published_log, office.engine),
            readings=service.figures,
            estimate=lambda request, _: office.evaluators.estimate(request),
            extra=service,
            lifespan=lifespan,
        )
    )
    app.add_exception_handler(CrashError, _unavailable)
    app.add_exception_handler(OperationalError, _unavailable)
    app.add_exception_handler(InterfaceError, _unavailable)
    show_examples(app)
    return app


async def _unavailable(request: Request, error: Exception) -> Response:
    """The database is gone for a moment, or a question took its evaluation down: nothing has been changed."""
    _log.warning("unavailable", error=type(error).__name__)
    return response(ProblemError("unavailable", headers={"Retry-After": "5"}), request.scope)


_CHECKS = ("databas", *(f"svep {name}" for name in SWEEPS), "24 timmar", "handläggarens frist", "klocka")
_FRESH = 1.0
"""Seconds for which the tables need not be asked again."""


class _Readiness:
    """The checks that rest on the tables, read once for all of them."""

    def __init__(self, office: Office) -> None:
        self._office, self._read_at = office, 0.0
        self._found: dict[str, Found] = {}

    def checks(self) -> list[Check]:
        """One for each name."""
        return [Check(name, partial(self._probe, name)) for name in _CHECKS]

    def _probe(self, name: str) -> str | None:
        if time.monotonic() - self._read_at > _FRESH:
            self._found = {check.name: check for check in readiness(self._office)}
            self._read_at = time.monotonic()
        found = self._found.get(name)
        if found is None:
            return "gick inte att läsa ur databasen"
        return None if found.ok else found.why
