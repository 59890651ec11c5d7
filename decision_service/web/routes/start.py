"""The start page, the language, and why cases are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from decision_service.access.roles import roles_in
from decision_service.api.behind import office_of, service_of
from decision_service.api.problems import ProblemError
from decision_service.web.confirming import logins_of, sessions_of
from decision_service.web.doors import PURPOSES, pages_of
from decision_service.web.render import page
from decision_service.web.sessions import SignedIn
from decision_service.web.visitors import MaybeSignedIn, OwnForm, inside
from decision_service.web.words import COOKIE, LANGUAGES

router = APIRouter()


@router.get("/")
def start(request: Request, signed_in: MaybeSignedIn, vidare: str = "", ut: str = "") -> Response:
    """What Lagrum is, what is open to all, and the way in. ``ut``: a form came too late."""
    demonstration = service_of(request).settings.demonstration
    return page(
        request,
        "start.html",
        vidare=vidare,
        ut=bool(ut) and signed_in is None,
        arbeten=list(_work(request, signed_in)) if signed_in else [],
        roller_att_ga_in_som=list(PURPOSES) if demonstration else [],
        utfardare=[] if signed_in else list(enumerate(logins_of(request).values())),
    )


def _work(request: Request, signed_in: SignedIn) -> Iterator[tuple[str, str]]:
    installation = office_of(request).installation
    for code, municipality in installation.municipalities.items():
        roles = roles_in(signed_in.principal, code, installation)
        for home, name in pages_of(roles):
            yield f"/k/{code}/{home}", f"{municipality.name}: {name}"


@router.post("/andamal")
def purpose(request: Request, form: OwnForm, signed_in: MaybeSignedIn) -> Response:
    """Say why cases are read from now on."""
    if form["andamal"] and form["andamal"] not in office_of(request).installation.purposes:
        raise ProblemError("invalid")
    if signed_in is not None:
        sessions_of(request).say_purpose(signed_in, form["andamal"])
    return RedirectResponse(inside(form["tillbaka"]) or "/", 303)


@router.get("/sprak")
def language(till: Annotated[str, Query(max_length=5)] = "sv", tillbaka: str = "/") -> Response:
    """Choose the language of the public pages."""
    answer = RedirectResponse(inside(tillbaka) or "/", 303)
    if till in LANGUAGES:
        answer.set_cookie(COOKIE, till, max_age=31536000, samesite="lax", httponly=True)
    return answer
