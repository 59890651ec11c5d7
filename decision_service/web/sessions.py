"""Who is signed in: sessions whose state is the server's, behind a cookie that says nothing by itself.

The database holds a keyed hash of the cookie, and of who it is: a copy of it opens nobody's session, and
whoever can write in it can neither begin one nor be somebody else in one's own. A session ends when it
has not been used for a while, when its day is over, and at once when somebody signs out or the issuer
says so.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine, delete, update
from sqlmodel import col

from decision_service.access.logins import VouchedPerson
from decision_service.access.roles import Principal, Role
from decision_service.store.database import reading, transaction
from decision_service.store.tables import WebSessionRow
from decision_service.web.closed import opened, sealed

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
_COOKIE, _FORMS, _PRINCIPAL = "cookie", "forms", "signed in"
"""What the keyed hashes are for: one is none of another."""
_NOTED = timedelta(minutes=1)
"""How often it is written down that a session is in use."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Origin:
    """The issuer where a session began, the refresh token by which it confirms it, when it last did, and when
    it was last asked."""

    issuer: str
    refresh: str
    confirmed_at: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody's session. ``key`` is the hash that the database knows it by; ``purpose`` why cases are
    read, empty until it is said; ``csrf`` what a form must carry to come from one of our pages; ``origin``
    None for the demonstration's people."""

    key: str
    principal: Principal
    csrf: str
    purpose: str
    origin: Origin | None = None


class Sessions:
    """The sessions of a service. Every process sees the same."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], keyed: Callable[..., str]) -> None:
        self._engine, self.clock, self._keyed = engine, clock, keyed

    def begin(
        self, principal: Principal, purpose: str = "", issuer: str = "", vouched: VouchedPerson | None = None
    ) -> str:
        """Sign somebody in: the value of the cookie. What has long ended is cleared on the way."""
        cookie, now = secrets.token_urlsafe(32), self.clock()
        key = self._hashed(cookie)
        row = WebSessionRow(
            id=key,
            subject=principal.subject,
            principal=self._written(key, principal),
            purpose=purpose,
            begun_at=now,
            used_at=now,
        )
        if vouched is not None:
            row.issuer, row.sid = issuer, vouched.who.session or None
            row.refresh = sealed(cookie, vouched.refresh)
            row.confirmed_at = row.asked_at = now
        with transaction(self._engine) as session:
            session.execute(delete(WebSessionRow).where(col(WebSessionRow.begun_at) < now - LONGEST))
            session.add(row)
        return cookie

    def of(self, cookie: str | None) -> SignedIn | None:
        """Whose cookie it is; None for nobody's, and for one whose session has ended."""
        if not cookie:
            return None
        now = self.clock()
        with reading(self._engine) as session:
            row = session.get(WebSessionRow, self._hashed(cookie))
            if row is None or now - row.used_at > IDLE or now - row.begun_at > LONGEST:
                return None
            principal = self._read(row)
            if principal is None:
                return None
            found = SignedIn(row.id, principal, self._csrf(cookie), row.purpose, _origin(row, cookie))
            noted = now - row.used_at < _NOTED
        if not noted:
            self._change(found.key, used_at=now)
        return found

    def say_purpose(self, signed_in: SignedIn, purpose: str) -> SignedIn:
        """From now on cases are read for this purpose."""
        self._change(signed_in.key, purpose=purpose)
        return replace(signed_in, purpose=purpose)

    def will_ask(self, signed_in: SignedIn, origin: Origin) -> bool:
        """Whether it is this request that asks the issuer, of all that see that it is time."""
        row = WebSessionRow
        mine = (col(row.id) == signed_in.key, col(row.asked_at) == origin.asked_at)
        with transaction(self._engine) as session:
            found = session.execute(update(row).where(*mine).values(asked_at=self.clock()))
            return bool(found.rowcount)  # type: ignore[attr-defined]

    def confirm(self, signed_in: SignedIn, cookie: str, vouched: VouchedPerson) -> SignedIn:
        """The issuer vouches for the person still, with the roles that it says now."""
        principal, now = vouched.who.principal, self.clock()
        refresh = sealed(cookie, vouched.refresh)
        written = self._written(signed_in.key, principal)
        self._change(signed_in.key, principal=written, refresh=refresh, confirmed_at=now, asked_at=now)
        return replace(signed_in, principal=principal)

    def end(self, signed_in: SignedIn, *, everywhere: bool = False) -> None:
        """Sign out: here, or of every browser where the same person is signed in."""
        row = WebSessionRow
        issuer = signed_in.origin.issuer if signed_in.origin is not None else None
        mine = (col(row.subject) == signed_in.principal.subject, col(row.issuer).is_not_distinct_from(issuer))
        with transaction(self._engine) as session:
            session.execute(delete(row).where(*(mine if everywhere else (col(row.id) == signed_in.key,))))

    def end_of(self, issuer: str, subject: str, sid: str) -> None:
        """End what began at an issuer: the session that it calls ``sid``, or all of the person's where it
        names none."""
        row = WebSessionRow
        which = [col(row.sid) == sid] if sid else []
        which += [col(row.subject) == subject] if subject else []
        with transaction(self._engine) as session:
            session.execute(delete(row).where(col(row.issuer) == issuer, *which))

    def _csrf(self, cookie: str) -> str:
        """What the forms of a session carry: made of the cookie, so that nothing that the database has is
        it."""
        return urlsafe_b64encode(bytes.fromhex(self._keyed(_FORMS, cookie))).decode()

    def _hashed(self, cookie: str) -> str:
        return self._keyed(_COOKIE, cookie)

    def _written(self, key: str, principal: Principal) -> str:
        """Who a session's is, and our word for it."""
        found = _as_json(principal)
        return f"{self._keyed(_PRINCIPAL, key, found)} {found}"

    def _read(self, row: WebSessionRow) -> Principal | None:
        """Who a session's is; None where it is not our word."""
        word, _, found = row.principal.partition(" ")
        if not hmac.compare_digest(word.encode(), self._keyed(_PRINCIPAL, row.id, found).encode()):
            _log.critical("session_not_ours", session=row.id[:8])
            return None
        return _principal(found)

    def _change(self, key: str, **values: object) -> None:
        with transaction(self._engine) as session:
            session.execute(update(WebSessionRow).where(col(WebSessionRow.id) == key).values(**values))


def same(given: str, csrf: str) -> bool:
    """Whether a form carries what its session expects, told in a time that says nothing."""
    return hmac.compare_digest(given.encode(), csrf.encode())


def _origin(row: WebSessionRow, cookie: str) -> Origin | None:
    if row.issuer is None or row.refresh is None or row.confirmed_at is None or row.asked_at is None:
        return None
    return Origin(row.issuer, opened(cookie, row.refresh), row.confirmed_at, row.asked_at)


def _as_json(principal: Principal) -> str:
    found = {
        "subject": principal.subject,
        "roles": sorted(principal.roles),
        "tenants": sorted(principal.tenants),
        "client": principal.client,
        "name": principal.name,
        "title": principal.title,
    }
    return json.dumps(found, ensure_ascii=False)


def _principal(text: str) -> Principal:
    found: dict[str, Any] = json.loads(text)
    return Principal(
        subject=found["subject"],
        roles=frozenset(map(Role, found["roles"])),
        tenants=frozenset(found["tenants"]),
        client=found["client"],
        name=found["name"],
        title=found["title"],
    )
