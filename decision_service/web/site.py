"""The pages put into the service: routes, static files, sessions, and faults told as pages."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from decision_service.api.app import check_guards
from decision_service.api.problems import ProblemError
from decision_service.web import visitors
from decision_service.web.render import STATIC, language_on, page
from decision_service.web.routes import (
    after,
    groups,
    impacts,
    lawmaking,
    login,
    manager,
    outcomes,
    papers,
    planning,
    policy,
    population,
    protection,
    public,
    review,
    rule_use,
    samples,
    scenario,
    search,
    start,
    work,
)
from decision_service.web.sessions import Sessions
from decision_service.web.wrong import wrong

OPEN = (start.router, login.router, public.router, policy.router)
"""Pages that anybody may see."""
WORKING = (
    search.router,
    review.router,
    samples.router,
    work.router,
    protection.router,
    after.router,
    papers.router,
    manager.router,
    planning.router,
    groups.router,
    outcomes.router,
    impacts.router,
    population.router,
    scenario.router,
    rule_use.router,
    lawmaking.router,
)
"""Pages of a municipality's own people: each route has a guard."""


class _Static(StaticFiles):
    """Files whose address changes with their content."""

    def file_response(self, *arguments: object, **more: object) -> Response:
        found = super().file_response(*arguments, **more)  # type: ignore[arg-type]
        found.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return found


def add_pages(app: FastAPI) -> None:
    """Put the pages into the application. Raises ValueError for a page of a case without a guard, and
    InputError for an installation where people sign in and the service does not know its own address."""
    office = app.state.service.office
    app.state.sessions = Sessions(office.engine, office.clock, office.keyed)
    app.state.logins = login.services(app.state.service)
    for router in (*OPEN, *WORKING):
        if router in WORKING:
            check_guards(router, visitors.guards)
        app.include_router(router, include_in_schema=False)
    app.mount("/statiskt", _Static(directory=STATIC), "static")
    app.add_exception_handler(visitors.SignInFirst, _sign_in)
    app.state.fault_page = fault_page


async def _sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, visitors.SignInFirst)
    where = login.sign_in_address(request, error.back)
    if "hx-request" in request.headers:  # a part of a page cannot be signed in to: the whole page goes
        return Response(status_code=204, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def fault_page(problem: ProblemError, scope: Scope) -> Response:
    """A fault in words, with the way back."""
    request, kind = Request(scope), problem.type
    said = partial(wrong, language=language_on(request))
    often = {"inloggad": None} if kind.status == 429 else {}  # is worth no question to the database
    found = page(
        request,
        "fel.html",
        kind.status,
        problem=problem,
        slag=_KINDS.get(kind.status, "tjansten" if kind.status >= 500 else "annat"),
        i_stallet=said([] if problem.detail is None else [problem.detail]),
        fel=said([each.fault for each in problem.errors]),
        tillbaka=_came_from(request),
        visitor=getattr(request.state, "visitor", None),
        **often,
    )
    found.headers.update(problem.headers)
    return found


def _came_from(request: Request) -> str:
    """The page of ours that a request was sent from, empty where it is none or the browser does not say."""
    try:
        said = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer", ""))
    except ValueError:
        return ""
    if said.netloc != request.headers.get("host"):
        return ""
    return visitors.inside(f"{said.path}?{said.query}" if said.query else said.path)


_KINDS = {400: "ogiltigt", 422: "ogiltigt", 403: "far_inte", 404: "finns_inte", 429: "vanta"}
"""What is said of a fault where its own words are in another language."""
