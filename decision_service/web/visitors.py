"""Who visits a page, what they may do there, and forms that must come from a page of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Depends, Request
from sqlalchemy.exc import InterfaceError, OperationalError

from decision_service.access.roles import Role, roles_in
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, content_type
from decision_service.api.callers import Caller, Kommunkod
from decision_service.api.problems import ProblemError
from decision_service.reading.kronor import plainly
from decision_service.reading.typed import typed
from decision_service.web.confirming import confirmed, sessions_of
from decision_service.web.sessions import SignedIn, same
from norms.fault import fault

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 500
_BLANK = re.compile("[\\s\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}]")
_DASH = re.compile("[\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}]")


class SignInFirst(Exception):  # noqa: N818 — no fault: the visitor is sent to sign in, and then back
    """A page that asks who you are. ``back`` is where the visitor was going."""

    def __init__(self, back: str) -> None:
        self.back = back
        super().__init__(back)


@dataclass(frozen=True)
class Visitor(Caller):
    """A caller who came with a browser."""

    signed_in: SignedIn | None = None


def cookie_name(request: Request) -> str:
    """The cookie's name: browsers keep one that begins so to this host and to https."""
    secure: bool = request.app.state.service.settings.https
    return "__Host-lagrum" if secure else "lagrum"


def somebody(request: Request) -> SignedIn | None:
    """Who is signed in, if anybody, as far as the issuer of the session still vouches for them.

    Raises ProblemError (503) when the issuer has given no answer for so long that nobody knows.
    """
    cookie = request.cookies.get(cookie_name(request))
    found = sessions_of(request).of(cookie)
    return confirmed(request, found, cookie) if found is not None and cookie else found


def last_known(request: Request) -> SignedIn | None:
    """Who is signed in by what we know ourselves: for the frame of a page that says what went wrong. Nobody
    where it is the database that does not answer."""
    with suppress(OperationalError, InterfaceError):
        return sessions_of(request).of(request.cookies.get(cookie_name(request)))
    return None


MaybeSignedIn = Annotated[SignedIn | None, Depends(somebody)]


def visitor(*roles: Role, reads: bool = False) -> Callable[..., Visitor]:
    """A dependency that lets through whoever is signed in with one of these roles in the municipality of the
    path, and has said why where the page ``reads`` cases. Nobody signed in: SignInFirst. Others get what
    the API answers: 404 or 403."""
    if not roles:
        raise ValueError("A page must say which roles may see it.")

    def found(request: Request, kommunkod: Kommunkod, signed_in: MaybeSignedIn) -> Visitor:
        if signed_in is None:
            raise SignInFirst(_back(request))
        office = office_of(request)
        principal = signed_in.principal
        request.state.client, request.state.subject = principal.client, principal.subject
        here = roles_in(principal, kommunkod, office.installation)
        if not here:
            raise ProblemError("not-found")
        municipality = office.installation.municipalities[kommunkod]
        visiting = Visitor(principal, municipality, here, signed_in.purpose, signed_in)
        request.state.visitor = visiting  # for the page of what fails from here on
        if here.isdisjoint(roles):
            raise ProblemError("forbidden")
        if reads and not signed_in.purpose:
            raise ProblemError("purpose-missing", fault("no_purpose_said"))
        return visiting

    _GUARDS.add(found)
    return found


def guards(call: object) -> bool:
    """Whether a dependency is a guard made by ``visitor``."""
    return call in _GUARDS


_GUARDS: set[object] = set()


def _back(request: Request) -> str:
    if request.method != "GET":
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path, safe="/") + query


def inside(address: str) -> str:
    """An address of ours, or nothing: nobody is sent elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return ""
    return "".join(each for each in address if each.isprintable() and each != "\\")


class SentForm:
    """What a form sent: the values by name, the first of each, and all of one where several may be."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def __getitem__(self, name: str) -> str:
        """The value, empty where none was sent."""
        return next((value for given, value in self._pairs if given == name), "")

    def kronor(self, name: str) -> str:
        """An amount as programs write it, where it is written as people do (``8 200,50``); else as it
        was sent, for whoever reads it to tell what is wrong."""
        return plainly(self[name])

    def personal_number(self, name: str) -> str:
        """A personal number as programs write it, where it is written as people do: blanks, soft hyphens and
        any dash (``19880128 9912``)."""
        return _DASH.sub("-", _BLANK.sub("", self[name]))

    def all(self, name: str) -> list[str]:
        """Every value of a name."""
        return [value for given, value in self._pairs if given == name]

    @property
    def names(self) -> list[str]:
        """Every name once, in the order sent."""
        return list(dict.fromkeys(name for name, _ in self._pairs))


def form(request: Request, body: RawBody) -> SentForm:
    """A form as it was typed. Raises ProblemError for what is no form, or has too many fields."""
    if content_type(request) != FORM:
        raise ProblemError("unsupported-media-type", more={"accepted": [FORM]})
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ProblemError("malformed") from None
    return SentForm([(name, typed(value)) for name, value in pairs])


def own_form(
    request: Request, found: Annotated[SentForm, Depends(form)], signed_in: MaybeSignedIn
) -> SentForm:
    """A form from one of our own pages, by somebody who is signed in.

    Raises SignInFirst, and ProblemError (403) when it comes from elsewhere.
    """
    if signed_in is None:
        raise SignInFirst("/")
    check_origin(request)
    if not same(found["csrf"], signed_in.csrf):
        raise ProblemError("old-form", fault("foreign_form"))
    return found


def check_origin(request: Request) -> None:
    """Refuse what another site's page sends. Raises ProblemError (403)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ProblemError("old-form", fault("foreign_form"))


PublicForm = Annotated[SentForm, Depends(form)]
"""A form that anybody may send: nothing is stored or changed by it."""
OwnForm = Annotated[SentForm, Depends(own_form)]
