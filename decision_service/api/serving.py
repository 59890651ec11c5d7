"""The API on top of a running service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.responses import Response

from decision_service.api.app import create_app
from decision_service.api.problems import ProblemError, response
from decision_service.api.routes import applications, decisions, motprestation, tasks, webhooks
from decision_service.api.services import Check, Services
from decision_service.evaluation import CrashError
from decision_service.operations.readings import read_figures, readiness
from decision_service.service import Service

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
            checks=[Check(name, _probe(service, name)) for name in _CHECKS],
            routers=ROUTERS,
            releases=service.published,
            readings=lambda: read_figures(office),
            estimate=lambda request, _: office.evaluators.estimate(request),
            extra=service,
            lifespan=lifespan,
        )
    )
    app.add_exception_handler(CrashError, _crashed)
    return app


async def _crashed(request: Request, error: Exception) -> Response:
    """A question that took its evaluation down: the service is well, the answer is not to be had now."""
    return response(ProblemError("unavailable", headers={"Retry-After": "5"}), request.scope)


_CHECKS = (
    "databas",
    "svep due",
    "svep late",
    "svep outbox",
    "24 timmar",
    "handläggarens frist",
    "klocka",
    "utfärdare",
)


def _probe(service: Service, name: str) -> Callable[[], str | None]:
    def probe() -> str | None:
        if name == "utfärdare":
            return service.tokens.check()
        found = {check.name: check for check in readiness(service.office)}
        if name not in found:
            return "gick inte att läsa ur databasen"
        return None if found[name].ok else found[name].why

    return probe
