"""The start page, signing in and out, the language, and why cases are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from decision_service.access.local import LocalIssuer
from decision_service.access.roles import roles_in
from decision_service.api.behind import office_of, service_of
from decision_service.api.problems import ProblemError
from decision_service.web.doors import PURPOSES, pages_of
from decision_service.web.render import page
from decision_service.web.sessions import LONGEST, SignedIn
from decision_service.web.visitors import (
    MaybeSignedIn,
    OwnForm,
    PublicForm,
    check_origin,
    cookie_name,
    sessions_of,
)
from decision_service.web.words import COOKIE, LANGUAGES

router = APIRouter()


@router.get("/")
def start(request: Request, signed_in: MaybeSignedIn, vidare: str = "") -> Response:
    """What Lagrum is, what is open to all, and the way in."""
    demonstration = service_of(request).settings.demonstration
    return page(
        request,
        "start.html",
        vidare=vidare,
        arbeten=list(_work(request, signed_in)) if signed_in else [],
        roller_att_ga_in_som=list(PURPOSES) if demonstration else [],
    )


def _work(request: Request, signed_in: SignedIn) -> Iterator[tuple[str, str]]:
    installation = office_of(request).installation
    for code, municipality in installation.municipalities.items():
        roles = roles_in(signed_in.principal, code, installation)
        for home, name in pages_of(roles):
            yield f"/k/{code}/{home}", f"{municipality.name}: {name}"


def sign_in_address(back: str) -> str:
    """Where somebody who is not signed in is sent, to come back afterwards."""
    return "/?" + urlencode({"vidare": back})


@router.post("/logga-in")
def sign_in(request: Request, form: PublicForm) -> Response:
    """The demonstration's way in: one click, with a token of its own issuer that is checked as any other."""
    check_origin(request)
    service = service_of(request)
    if not service.settings.demonstration:
        raise ProblemError("not-found")
    role = next((each for each in PURPOSES if each.value == form["roll"]), None)
    if role is None:
        raise ProblemError("invalid")
    tenants = list(service.office.installation.municipalities)
    token = LocalIssuer(service.settings.issuer_folder).token([role], tenants, service.office.clock())
    principal = service.tokens.verify(f"Bearer {token}")
    known = service.office.installation.purposes
    purpose = PURPOSES[role] if PURPOSES[role] in known else ""
    cookie = sessions_of(request).begin(principal, purpose)
    home = next((f"/k/{tenants[0]}/{where}" for where, _ in pages_of({role})), "/")
    answer = RedirectResponse(_inside(form["vidare"]) or home, 303)
    answer.set_cookie(
        cookie_name(request),
        cookie,
        max_age=int(LONGEST.total_seconds()),
        secure=service.settings.https,
        httponly=True,
        samesite="strict",
    )
    return answer


@router.post("/logga-ut")
def sign_out(request: Request, form: OwnForm, signed_in: MaybeSignedIn) -> Response:
    """End the session, or every session of the same person."""
    if signed_in is not None:
        sessions_of(request).end(signed_in, everywhere=form["overallt"] == "ja")
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(cookie_name(request), secure=service_of(request).settings.https, httponly=True)
    return answer


@router.post("/andamal")
def purpose(request: Request, form: OwnForm, signed_in: MaybeSignedIn) -> Response:
    """Say why cases are read from now on."""
    if form["andamal"] and form["andamal"] not in office_of(request).installation.purposes:
        raise ProblemError("invalid")
    if signed_in is not None:
        sessions_of(request).say_purpose(signed_in, form["andamal"])
    return RedirectResponse(_inside(form["tillbaka"]) or "/", 303)


@router.get("/sprak")
def language(till: Annotated[str, Query(max_length=5)] = "sv", tillbaka: str = "/") -> Response:
    """Choose the language of the public pages."""
    answer = RedirectResponse(_inside(tillbaka) or "/", 303)
    if till in LANGUAGES:
        answer.set_cookie(COOKIE, till, max_age=31536000, samesite="lax", httponly=True)
    return answer


def _inside(address: str) -> str:
    """An address of ours, or nothing: nobody is sent elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return ""
    return "".join(each for each in address if each.isprintable() and each != "\\")
