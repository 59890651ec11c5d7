"""Who is signed in: sessions whose state is the server's, behind a cookie that says nothing by itself.

The database holds a hash of the cookie, so that a copy of it opens nobody's session. A session ends when it
has not been used for a while, when its day is over, and at once when somebody signs out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlmodel import col

from decision_service.access.roles import Principal, Role
from decision_service.store.database import reading, transaction
from decision_service.store.tables import WebSessionRow

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
_NOTED = timedelta(minutes=1)
"""How often it is written down that a session is in use."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody's session. ``key`` is the hash that the database knows it by; ``purpose`` why cases are
    read, empty until it is said; ``csrf`` what a form must carry to come from one of our pages."""

    key: str
    principal: Principal
    csrf: str
    purpose: str


class Sessions:
    """The sessions of a service. Every process sees the same."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def begin(self, principal: Principal, purpose: str = "") -> str:
        """Sign somebody in: the value of the cookie. What has long ended is cleared on the way."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        row = WebSessionRow(
            id=_hashed(cookie),
            subject=principal.subject,
            principal=_written(principal),
            csrf=secrets.token_urlsafe(24),
            purpose=purpose,
            begun_at=now,
            used_at=now,
        )
        with transaction(self._engine) as session:
            session.execute(delete(WebSessionRow).where(col(WebSessionRow.begun_at) < now - LONGEST))
            session.add(row)
        return cookie

    def of(self, cookie: str | None) -> SignedIn | None:
        """Whose cookie it is; None for nobody's, and for one whose session has ended."""
        if not cookie:
            return None
        now = self._clock()
        with reading(self._engine) as session:
            row = session.get(WebSessionRow, _hashed(cookie))
            if row is None or now - row.used_at > IDLE or now - row.begun_at > LONGEST:
                return None
            found = SignedIn(row.id, _read(row.principal), row.csrf, row.purpose)
            noted = now - row.used_at < _NOTED
        if not noted:
            self._change(found.key, "used_at", now)
        return found

    def say_purpose(self, signed_in: SignedIn, purpose: str) -> SignedIn:
        """From now on cases are read for this purpose."""
        self._change(signed_in.key, "purpose", purpose)
        return replace(signed_in, purpose=purpose)

    def end(self, signed_in: SignedIn, *, everywhere: bool = False) -> None:
        """Sign out: here, or of every browser where the same person is signed in."""
        row = WebSessionRow
        with transaction(self._engine) as session:
            mine = col(row.subject) == signed_in.principal.subject
            session.execute(delete(row).where(mine if everywhere else col(row.id) == signed_in.key))

    def _change(self, key: str, field: str, value: object) -> None:
        with transaction(self._engine) as session:
            row = session.get(WebSessionRow, key)
            if row is not None:
                setattr(row, field, value)
                session.add(row)


def same(given: str, csrf: str) -> bool:
    """Whether a form carries what its session expects, told in a time that says nothing."""
    return hmac.compare_digest(given.encode(), csrf.encode())


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _written(principal: Principal) -> str:
    found = {
        "subject": principal.subject,
        "roles": sorted(principal.roles),
        "tenants": sorted(principal.tenants),
        "client": principal.client,
        "name": principal.name,
        "title": principal.title,
    }
    return json.dumps(found, ensure_ascii=False)


def _read(text: str) -> Principal:
    found = json.loads(text)
    return Principal(
        subject=found["subject"],
        roles=frozenset(map(Role, found["roles"])),
        tenants=frozenset(found["tenants"]),
        client=found["client"],
        name=found["name"],
        title=found["title"],
    )
