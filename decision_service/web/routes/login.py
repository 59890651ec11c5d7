"""Signing in, at an issuer's own page or with one click in the demonstration, and signing out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.responses import RedirectResponse, Response

from decision_service.access.local import LocalIssuer
from decision_service.access.logins import LoginFailedError, LoginService, PendingLogin
from decision_service.access.roles import Principal
from decision_service.api.behind import office_of, service_of
from decision_service.api.problems import ProblemError
from decision_service.reading.strict_json import InputError
from decision_service.service import Service
from decision_service.web.confirming import logins_of, sessions_of
from decision_service.web.doors import PURPOSES, pages_of
from decision_service.web.render import page
from decision_service.web.sessions import LONGEST
from decision_service.web.visitors import (
    MaybeSignedIn,
    OwnForm,
    PublicForm,
    check_origin,
    cookie_name,
    inside,
)
from norms.fault import fault

router = APIRouter()

BACK = "/logga-in/klar"
"""Where an issuer sends the browser back to."""
PATIENCE = timedelta(minutes=10)
"""How long somebody may stay at the issuer's page."""
_STATUS = {"login_unreachable": "unavailable", "login_misconfigured": "unavailable"}


def services(service: Service) -> Mapping[str, LoginService]:
    """The issuers where people sign in, by address. Raises InputError where the service does not know its own
    address, which the browser is to come back to."""
    found = [one for one in service.office.installation.issuers if one.login is not None]
    base = service.settings.public_url.rstrip("/")
    if found and not base:
        raise InputError([fault("login_without_address", "LAGRUM_PUBLIC_URL")])
    return {
        one.url: LoginService(one, one.login, service.tokens, base + BACK)
        for one in found
        if one.login is not None
    }


def sign_in_address(request: Request, back: str) -> str:
    """Where somebody who is not signed in is sent, to come back afterwards: to the issuer when there is one,
    else to choose. Whoever sent a form is told first that nothing was kept, on a page of ours: a browser
    follows no form to another site."""
    if request.method != "GET":
        return "/?ut=ja"
    where = "/logga-in" if len(logins_of(request)) == 1 else "/"
    return f"{where}?{urlencode({'vidare': back})}"


@router.get("/logga-in")
def ask(request: Request, vidare: str = "", hos: Annotated[int, Query(ge=0)] = 0) -> Response:
    """Send the browser to the issuer's page. What comes back is bound to this browser by a cookie."""
    known = list(logins_of(request).values())
    if hos >= len(known):
        raise ProblemError("not-found")
    asked = PendingLogin.new()
    try:
        where = known[hos].address(asked)
    except LoginFailedError as error:
        raise _problem(error.code) from None
    begun = office_of(request).clock().isoformat()
    kept = {**asdict(asked), "issuer": known[hos].issuer.url, "back": inside(vidare), "begun": begun}
    answer = RedirectResponse(where, 303, {"Cache-Control": "no-store"})
    secure = service_of(request).settings.https
    # Lax: the browser comes back from another site, and a strict cookie would stay at home.
    answer.set_cookie(
        _name(request, asked.state),
        _signer(request).dumps(kept),
        max_age=int(PATIENCE.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get(BACK)
def back(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4096)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The browser comes back from the issuer, with a code or with why there is none."""
    kept = _kept(request, state)
    service = logins_of(request).get(kept["issuer"])
    if service is None:
        raise _problem("login_lost")
    if error or not code:
        raise _problem("login_refused" if error in ("access_denied", "login_required") else "login_not_given")
    try:
        vouched = service.exchanged(code, PendingLogin(kept["state"], kept["nonce"], kept["verifier"]))
    except LoginFailedError as failed:
        raise _problem(failed.code) from None
    principal = vouched.who.principal
    cookie = sessions_of(request).begin(principal, _purpose(request, principal), service.issuer.url, vouched)
    # The session's cookie is strict: the browser sends it when our own page, not the issuer's, leads on.
    answer = page(request, "inloggad.html", vidare=kept["back"] or _home(request, principal))
    answer.delete_cookie(_name(request, state), secure=service_of(request).settings.https, httponly=True)
    return _with_session(request, answer, cookie)


@router.post("/logga-in")
def enter(request: Request, form: PublicForm) -> Response:
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
    cookie = sessions_of(request).begin(principal, _purpose(request, principal))
    answer = RedirectResponse(inside(form["vidare"]) or _home(request, principal), 303)
    return _with_session(request, answer, cookie)


@router.post("/logga-ut")
def leave(request: Request, form: OwnForm, signed_in: MaybeSignedIn) -> Response:
    """End the session, or every session of the same person; then the issuer's page, to end that one too."""
    everywhere = form["overallt"] == "ja"
    answer: Response = RedirectResponse("/", 303)
    if signed_in is not None:
        sessions_of(request).end(signed_in, everywhere=everywhere)
        service = logins_of(request).get(signed_in.origin.issuer) if signed_in.origin is not None else None
        if service is not None:
            answer = page(request, "utloggad.html", inloggad=None, hos=_sign_out(request, service))
    answer.delete_cookie(cookie_name(request), secure=service_of(request).settings.https, httponly=True)
    return answer


def _sign_out(request: Request, service: LoginService) -> str | None:
    """The issuer's page to sign out at; None where it has none, or cannot say where."""
    try:
        return service.sign_out_address(service_of(request).settings.public_url.rstrip("/") + "/")
    except LoginFailedError:
        return None


@router.post("/logga-ut/utfardare")
def end(request: Request, form: PublicForm) -> Response:
    """An issuer says that somebody has signed out, or is to be, with a logout token that it has signed."""
    for service in logins_of(request).values():
        try:
            subject, session = service.signed_out(form["logout_token"])
        except LoginFailedError:
            continue  # another issuer's, or nobody's: the reason is in our log
        sessions_of(request).end_of(service.issuer.url, subject, session)
        return Response(status_code=200, headers={"Cache-Control": "no-store"})
    raise ProblemError("malformed")


def _with_session(request: Request, answer: Response, cookie: str) -> Response:
    answer.set_cookie(
        cookie_name(request),
        cookie,
        max_age=int(LONGEST.total_seconds()),
        secure=service_of(request).settings.https,
        httponly=True,
        samesite="strict",
    )
    return answer


def _purpose(request: Request, principal: Principal) -> str:
    """Why somebody with one role reads cases, until something else is said; empty for one with several."""
    found = {PURPOSES[role] for role in principal.roles if role in PURPOSES}
    known = office_of(request).installation.purposes
    return found.pop() if len(found) == 1 and found <= known.keys() else ""


def _home(request: Request, principal: Principal) -> str:
    homes = pages_of(principal.roles)
    here = [code for code in office_of(request).installation.municipalities if code in principal.tenants]
    return f"/k/{here[0]}/{homes[0][0]}" if homes and here else "/"


def _kept(request: Request, state: str) -> Mapping[str, str]:
    """What was remembered when the browser was sent away. Raises ProblemError for another's, or too late."""
    try:
        kept: dict[str, str] = _signer(request).loads(request.cookies.get(_name(request, state), ""))
    except BadData:
        raise _problem("login_lost") from None
    late = office_of(request).clock() - datetime.fromisoformat(kept["begun"]) > PATIENCE
    if late or kept["state"] != state:
        raise _problem("login_lost")
    return kept


def _name(request: Request, state: str) -> str:
    """A cookie for each time somebody signs in, so that two tabs do not get in each other's way."""
    return f"{cookie_name(request)}-in-{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def _signer(request: Request) -> URLSafeSerializer:
    secret = service_of(request).settings.cursor_secret()
    return URLSafeSerializer(
        secret, "inloggning", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def _problem(code: str) -> ProblemError:
    return ProblemError(_STATUS.get(code, "forbidden"), fault(code))
