"""Who calls, in which municipality, and whether they may: a dependency of every route that is not public."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Path, Request
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.security.base import SecurityBase
from starlette.concurrency import run_in_threadpool

from decision_service.access.keys import KeysUnavailableError
from decision_service.access.roles import Principal, Role, roles_in
from decision_service.access.tokens import TokenRefusedError, Tokens
from decision_service.api.behind import office_of, service_of
from decision_service.api.problems import ProblemError
from decision_service.installation.municipality import Municipality

Kommunkod = Annotated[
    str,
    Path(
        description="Kommunkod, fyra siffror", json_schema_extra={"pattern": "^[0-9]{4}$", "example": "9999"}
    ),
]


@dataclass(frozen=True)
class Caller:
    """Somebody who may do what the route does, in this municipality.

    ``roles`` are those that count here. ``purpose`` is why a person reads a case, empty for a program and on
    routes that read none.
    """

    principal: Principal
    municipality: Municipality
    roles: frozenset[Role]
    purpose: str = ""

    @property
    def tenant(self) -> str:
        """The municipality code: what every query is narrowed by."""
        return self.municipality.code

    @property
    def sees_protected(self) -> bool:
        """Whether cases of protected persons are there for the caller; a program sees what it has sent."""
        return not self.principal.is_person or not self.roles.isdisjoint({Role.PROTECTED, Role.CHEF})


class _Bearer(SecurityBase):
    """The ``Authorization`` header as it came; the token is taken apart elsewhere."""

    def __init__(self) -> None:
        self.model = BearerModel(
            bearerFormat="JWT", description="Token från en utfärdare som kommunen litar på (OIDC)."
        )
        self.scheme_name = "token"

    async def __call__(self, request: Request) -> str | None:
        """The header, or None. Two of them are none."""
        values = request.headers.getlist("authorization")
        return values[0] if len(values) == 1 else None


Credentials = Annotated[str | None, Depends(_Bearer())]


def require(*roles: Role) -> Callable[..., Awaitable[Caller]]:
    """A dependency that lets through whoever has one of these roles in the municipality of the path.

    Anybody else gets 401 (no good token), 404 (no such municipality, or none of theirs: the same answer) or
    403 (another role).
    """
    if not roles:
        raise ValueError("A route must say which roles may use it.")

    async def caller(request: Request, kommunkod: Kommunkod, credentials: Credentials) -> Caller:
        return await _caller(request, kommunkod, credentials, roles)

    _GUARDS.add(caller)
    return caller


def require_reader(*roles: Role) -> Callable[..., Awaitable[Caller]]:
    """The same for a route that shows a case: a person must say why, in ``Lagrum-Purpose``."""
    if not roles:
        raise ValueError("A route must say which roles may use it.")

    async def reader(
        request: Request,
        kommunkod: Kommunkod,
        credentials: Credentials,
        lagrum_purpose: Annotated[
            str | None,
            Header(description="Varför ärendet läses. Krävs av personer.", examples=["handlaggning"]),
        ] = None,
    ) -> Caller:
        found = await _caller(request, kommunkod, credentials, roles)
        purposes = office_of(request).installation.purposes
        if not found.principal.is_person:
            return found
        if lagrum_purpose is None or lagrum_purpose not in purposes:
            raise ProblemError("purpose-missing", more={"purposes": dict(purposes)})
        return Caller(found.principal, found.municipality, found.roles, lagrum_purpose)

    _GUARDS.add(reader)
    return reader


def is_guard(call: object) -> bool:
    """Whether a dependency is one of those above."""
    return call in _GUARDS


_GUARDS: set[object] = set()


async def municipality_of(request: Request, kommunkod: Kommunkod) -> Municipality:
    """The municipality of the path on a public route. Raises ProblemError (404)."""
    found = office_of(request).installation.municipalities.get(kommunkod)
    if found is None:
        raise ProblemError("not-found")
    return found


PublicMunicipality = Annotated[Municipality, Depends(municipality_of)]


async def _caller(request: Request, tenant: str, credentials: str | None, roles: tuple[Role, ...]) -> Caller:
    installation = office_of(request).installation
    principal = await _principal(service_of(request).tokens, credentials)
    request.state.client, request.state.subject = principal.client, principal.subject
    request.app.state.rate_of_clients.take(principal.client)
    found = roles_in(principal, tenant, installation)
    # Somebody of the municipality itself, though without any role, may know that it is there.
    if not found and not (tenant in principal.tenants and tenant in installation.municipalities):
        raise ProblemError("not-found")
    if found.isdisjoint(roles):
        raise ProblemError("forbidden")
    return Caller(principal, installation.municipalities[tenant], found)


async def _principal(tokens: Tokens, credentials: str | None) -> Principal:
    """Only who has not been heard of before is looked at in a thread: an issuer may have to be asked for its
    keys."""
    try:
        if (known := tokens.known(credentials)) is not None:
            return known
        return await run_in_threadpool(tokens.verify, credentials)
    except TokenRefusedError as refused:
        challenge = "Bearer" if refused.reason == "none" else 'Bearer error="invalid_token"'
        raise ProblemError("unauthenticated", headers={"WWW-Authenticate": challenge}) from None
    except KeysUnavailableError:
        raise ProblemError("unavailable", headers={"Retry-After": "30"}) from None
