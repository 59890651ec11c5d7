"""The whole application: layers around it, routes in it, and no route under ``/v1`` without a guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.responses import Response

from decision_service.api import failures, openapi
from decision_service.api.callers import is_guard
from decision_service.api.characters import PlainRequests
from decision_service.api.examples import show_examples
from decision_service.api.headers import OpenToOtherSites, SecurityHeaders
from decision_service.api.intake import TakingIn
from decision_service.api.limits import BodyLimit, Rate, RateLimit
from decision_service.api.pages import Cursors
from decision_service.api.parameters import known_parameters
from decision_service.api.problems import ProblemError, response
from decision_service.api.requests import V1, RequestLog
from decision_service.api.routes import (
    answering,
    applications,
    attending,
    corrections,
    decisions,
    differences,
    documents,
    impacts,
    lawmaking,
    motprestation,
    own_data,
    planning,
    planning_files,
    population,
    protection,
    public,
    tasks,
    webhooks,
    witness,
)
from decision_service.api.unhandled import UnhandledErrors
from decision_service.casework.office import Office
from decision_service.casework.right_time import WrongClockError
from decision_service.evaluation import CrashError
from decision_service.reading.strict_json import InputError
from decision_service.service import Service
from norms.fault import fault

_log = structlog.get_logger("lagrum.api")

ROUTERS = (
    applications.router,
    decisions.router,
    documents.router,
    tasks.router,
    corrections.router,
    answering.router,
    impacts.router,
    population.router,
    motprestation.router,
    planning.router,
    attending.router,
    planning_files.router,
    lawmaking.router,
    own_data.router,
    protection.router,
    webhooks.router,
)
"""Those under ``/v1/{kommunkod}`` beside the public ones."""

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked so often that they are not logged while all is well, and never refused for their number."""

_DESCRIPTION = """
Ansökan om försörjningsstöd in, beslut inom 24 timmar ut.

Allt som rör ärenden kräver en token (`Authorization: Bearer …`) och gäller en kommun i taget.
Provberäkningen och regelregistret är öppna för alla. Fel är dokument enligt RFC 9457; varje feltyp
förklaras på sin adress. Belopp är hela ören om inget annat sägs. Fel finns på svenska och engelska
(`Accept-Language`).
"""
_TAGS = [
    {"name": "ansökningar", "description": "Lämna in, följa, komplettera och återkalla."},
    {"name": "beslut", "description": "Beslutet, varför det blev så, och beviset på att inget är ändrat."},
    {"name": "handläggning", "description": "Det som en människa ska avgöra."},
    {"name": "efter beslutet", "description": "Rättelse, ändring, dom, återkrav och överklagande."},
    {"name": "följder", "description": "Vad andra regler gör med beslut som är fattade."},
    {"name": "motprestation", "description": "Planering, aktivitetsrapporter och närvaro."},
    {
        "name": "planering",
        "description": "Deltagare, planer, aktiviteter och närvaro.",
    },
    {"name": "egna uppgifter", "description": "Registerutdrag till den registrerade."},
    {"name": "utskick", "description": "Mottagare av händelser."},
    {"name": "provberäkning", "description": "Räkna utan personuppgifter."},
    {"name": "regler", "description": "Det öppna registret över regler, belopp och regelversioner."},
    {"name": "lagändringar", "description": "Utkast till regler och belopp, och det som är publicerat."},
    {"name": "drift", "description": "Lever tjänsten, är den redo, och vad felen betyder."},
]


def app_of(service: Service, *, works: bool, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """The application over a service. ``works``: whether this process also works on what waits.

    Raises InputError when the rules do not know a municipality that is to be served, and ValueError for a
    route without a guard.
    """
    _check_municipalities(service.office)
    settings = service.settings

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if works:
            service.start()
        else:
            service.watch()
        yield
        service.stop()

    app = FastAPI(
        title="Lagrum",
        summary="Försörjningsstöd: beslut inom 24 timmar",
        description=_DESCRIPTION.strip(),
        version=version("lagrum"),
        openapi_tags=_TAGS,
        servers=[{"url": settings.public_url}] if settings.public_url else None,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.public_url = settings.public_url.rstrip("/")
    app.state.cursors = Cursors(settings.cursor_secret())
    app.state.intake = TakingIn(applications.take_in, service.examining.is_behind)
    app.state.rate_of_clients = _rate(settings.rate_per_client)
    app.state.rate_of_estimates = _rate(settings.rate_of_estimates)
    strict = [Depends(known_parameters)]
    app.include_router(public.outside, dependencies=strict)
    app.include_router(witness.outside, dependencies=strict)
    app.include_router(public.inside, prefix=V1, dependencies=strict)
    app.include_router(differences.inside, prefix=V1, dependencies=strict)
    for router in routers:
        check_guards(router, is_guard)
        app.include_router(router, prefix=V1, dependencies=strict)
    failures.add_handlers(app)
    for gone in (CrashError, OperationalError, InterfaceError, WrongClockError):
        app.add_exception_handler(gone, _unavailable)
    _describe(app)
    show_examples(app)
    # The last added is the outermost.
    app.add_middleware(PlainRequests)
    app.add_middleware(UnhandledErrors)
    app.add_middleware(BodyLimit, largest=settings.largest_body)
    app.add_middleware(RateLimit, rate=_rate(settings.rate_per_address), exempt=QUIET)
    app.add_middleware(SecurityHeaders, https=settings.https)
    app.add_middleware(OpenToOtherSites)
    app.add_middleware(RequestLog, metrics=service.metrics, quiet=QUIET)
    return app


def _operation_id(route: APIRoute) -> str:
    """The name of the function: what a generated client calls the operation."""
    return route.name


def _rate(per_second: int) -> Rate:
    return Rate(per_second, 2 * per_second)


async def _unavailable(request: Request, error: Exception) -> Response:
    """The database is gone for a moment, or a question took its evaluation down: nothing has been changed."""
    _log.warning("unavailable", error=type(error).__name__)
    return response(ProblemError("unavailable", headers={"Retry-After": "5"}), request.scope)


def _check_municipalities(office: Office) -> None:
    known = office.book.norms.municipalities
    unknown = [code for code in office.installation.municipalities if code not in known]
    if unknown:
        raise InputError(fault("municipality_not_in_norms", found=code) for code in unknown)


def check_guards(router: APIRouter, guards: Callable[[object], bool]) -> None:
    """Raises ValueError for a route that anybody could use: none of what it depends on is a guard."""
    for route in router.routes:
        if not isinstance(route, APIRoute):
            raise ValueError(f"{route} is no plain route; its guard cannot be seen.")
        if not any(guards(call) for call in _calls(route.dependant)):
            raise ValueError(
                f"{sorted(route.methods or ())} {route.path} has no guard: depend on require(…)."
            )


def _calls(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def _describe(app: FastAPI) -> None:
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = openapi.completed(app, plain())
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
