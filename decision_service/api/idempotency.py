"""The same request twice is done once: ``Idempotency-Key``.

The key, what was asked and the application that came of it are kept in the transaction of the change itself,
so there is never one without the other. A request that fails keeps nothing and may be sent again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fastapi import Request
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from decision_service.api.behind import office_of
from decision_service.api.callers import Caller
from decision_service.api.problems import ProblemError
from decision_service.store.sealing import KEY, REQUEST
from decision_service.store.tables import IdempotencyRow
from decision_service.store.together import write

_KEY = re.compile(r"[ -~]{1,255}")


@dataclass(frozen=True, slots=True)
class IdempotencyScope:
    """Whose key it is: two clients, or two municipalities, may use the same one. ``key`` is a keyed hash of
    it: nobody knows what a client writes in it."""

    tenant: str
    client: str
    key: str


def key_of(header: str | None) -> str | None:
    """The key of an ``Idempotency-Key`` header, or None without one. Raises ProblemError."""
    if header is None:
        return None
    if not _KEY.fullmatch(header) or not header.strip():
        raise ProblemError("bad-idempotency-key")
    return header


def required_key_of(header: str | None) -> str:
    """The key; a request without one is a problem. Raises ProblemError."""
    key = key_of(header)
    if key is None:
        raise ProblemError("idempotency-key-missing")
    return key


def fingerprint(method: str, path: str, content_type: str | None, body: bytes) -> str:
    """What was asked, as one value: equal only for the same bytes of the same type to the same place."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), (content_type or "").lower().encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def asked_once(
    request: Request, caller: Caller, body: bytes, key: str | None
) -> tuple[IdempotencyScope, str]:
    """Whose key it is, and what was asked, as they are kept: keyed hashes, since a key may say anything and a
    body may have a personal number. Raises ProblemError without a key."""
    keyed, asked = office_of(request).keyed, request.headers.get("content-type")
    scope = IdempotencyScope(caller.tenant, caller.principal.client, keyed(KEY, required_key_of(key)))
    return scope, keyed(REQUEST, fingerprint(request.method, request.url.path, asked, body))


class Earlier(NamedTuple):
    """What was asked before under a key, and the application that came of it."""

    request: str
    application_id: str

    def of(self, request: str) -> str:
        """The application, where the same is asked. Raises ProblemError for a key used for something else."""
        if self.request != request:
            raise ProblemError("idempotency-key-reused")
        return self.application_id


def earlier(session: Session, scopes: Sequence[IdempotencyScope]) -> dict[IdempotencyScope, Earlier]:
    """What was asked before under some keys of one municipality."""
    if not scopes:
        return {}
    asked = {
        "its_tenant": scopes[0].tenant,
        "clients": sorted({each.client for each in scopes}),
        "keys": sorted({each.key for each in scopes}),
    }
    found = session.connection().execute(_EARLIER, asked)
    known = {(client, key): Earlier(*one) for client, key, *one in found}
    return {each: known[of] for each in scopes if (of := (each.client, each.key)) in known}


def keep(session: Session, made: Sequence[tuple[IdempotencyScope, Earlier]], now: datetime) -> None:
    """Note what was asked and what came of it. Raises ProblemError for a key that another transaction uses at
    this moment; the caller then rolls back."""
    session.flush()
    rows = [
        IdempotencyRow(
            tenant=scope.tenant, client=scope.client, key=scope.key, created_at=now, **each._asdict()
        )
        for scope, each in made
    ]
    try:
        write(session, *rows)
    except IntegrityError:
        raise ProblemError("in-progress", headers={"Retry-After": "1"}) from None


def once(
    session: Session, scope: IdempotencyScope, request: str, now: datetime, act: Callable[[], str]
) -> tuple[str, bool]:
    """The id of the application that a request made, and whether it made it just now.

    All of it in the caller's transaction. ``act`` makes the application and raises when it fails; then
    nothing is kept. Raises ProblemError for a key used for something else, or at this moment by another
    transaction; the caller then rolls back.
    """
    if (before := earlier(session, [scope]).get(scope)) is not None:
        return before.of(request), False
    application = act()
    keep(session, [(scope, Earlier(request, application))], now)
    return application, True


_EARLIER = select(
    IdempotencyRow.client, IdempotencyRow.key, IdempotencyRow.request, IdempotencyRow.application_id
).where(
    col(IdempotencyRow.tenant) == bindparam("its_tenant"),
    col(IdempotencyRow.client).in_(bindparam("clients", expanding=True)),
    col(IdempotencyRow.key).in_(bindparam("keys", expanding=True)),
)
