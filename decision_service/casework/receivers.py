"""Which receivers answer: one that fails again and again is left in peace for a while.

A receiver of a municipality is tried for ever. A client's own address that has not answered for days, or says
that it is gone, is switched off until the client switches it on again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, delete, text, update
from sqlmodel import Session, col, select

from audit.errors import RowError
from decision_service.casework.office import Office
from decision_service.casework.outbox import HOOK
from decision_service.casework.rows import NotFoundError
from decision_service.outputs import DeliveryError
from decision_service.outputs.retry import pause
from decision_service.reading.said import said_in
from decision_service.store import hook_secret
from decision_service.store.database import reading, transaction
from decision_service.store.moment import Moment
from decision_service.store.tables import MessageRow, ReceiverRow, WebhookRow

FAILURES = 3
"""As often in a row a receiver may fail before it is left in peace."""
LONGEST_REST = timedelta(minutes=15)
"""How long it is left so at most; then one message is tried, and the others follow when it gets there."""
SWITCHED_OFF_AFTER = timedelta(days=3)
"""How long a client's own address may fail before it is switched off."""
_say = said_in(__file__)

_log = structlog.get_logger()
_KNOWN = text(
    "INSERT INTO receiver (name, failures, failing_since, error)"
    " VALUES (:name, :failures, :failing_since, :error) ON CONFLICT DO NOTHING"
).bindparams(bindparam("failing_since", type_=Moment()))
"""Whoever is first notes a receiver; several messages may fail at once."""


def hook_of(lane: str) -> str | None:
    """The id of the client's own address that a lane leads to; None for the lane of a municipality."""
    kind, _, hook = lane.partition(":")
    return hook if kind == HOOK and hook else None


def troubled(session: Session, names: Collection[str], now: datetime) -> dict[str, datetime | None]:
    """Those of some receivers that did not answer the last time, each with until when it is left in peace. A
    moment further off than any rest is nobody's: nothing is held back for it."""
    row = ReceiverRow
    found = session.exec(select(row.name, row.rests_until).where(col(row.name).in_(names))).all()
    return {name: until if until is None or until <= now + LONGEST_REST else None for name, until in found}


def answered(office: Office, name: str) -> None:
    """A receiver has taken something, or refused it as one that is at work does."""
    with transaction(office.engine) as session:  # another lane may have done so already
        session.connection().execute(delete(ReceiverRow).where(col(ReceiverRow.name) == name))


def failed(office: Office, tenant: str, name: str, error: DeliveryError) -> None:
    """A receiver did not take something of a municipality's, and may take it later."""
    now = office.clock()
    with transaction(office.engine) as session:
        session.connection().execute(_KNOWN, {"name": name, "failures": 0, "failing_since": now, "error": ""})
        row = session.get_one(ReceiverRow, name, with_for_update=True)
        row.failures, row.error = row.failures + 1, str(error)
        if row.failures >= FAILURES:
            rest = min(pause(name, row.failures - FAILURES + 1), LONGEST_REST)
            row.rests_until = now + rest
            _log.warning("receiver_rests", receiver=_shown(name), failures=row.failures, error=str(error))
        session.add(row)
        hook = hook_of(name)
        if hook is not None and (error.gone or now - row.failing_since >= SWITCHED_OFF_AFTER):
            _switch_off(session, tenant, hook, str(error), now)


def _shown(name: str) -> str:
    """A receiver as the log may name it: of an address nothing but whose it is."""
    return name if hook_of(name) else name.partition(" ")[0]


def _switch_off(session: Session, tenant: str, hook: str, why: str, now: datetime) -> None:
    """Nothing more goes to a client's address, nor what waits for it."""
    row = session.get(WebhookRow, (tenant, hook))
    if row is None or row.switched_off_at is not None:
        return
    row.switched_off_at, row.switched_off_why = now, why
    session.add(row)
    waiting = update(MessageRow).where(
        col(MessageRow.tenant) == tenant,
        col(MessageRow.kind) == f"{HOOK}:{hook}",
        col(MessageRow.next_attempt_at).is_not(None),
    )
    session.connection().execute(waiting.values(next_attempt_at=None, error=_say("receiver_off")))
    _log.warning("webhook_switched_off", tenant=row.tenant, webhook=hook, error=why)


def switch_on(session: Session, row: WebhookRow) -> None:
    """Tell a client's address again of what happens from now on."""
    row.switched_off_at = row.switched_off_why = None
    session.add(row)
    if (known := session.get(ReceiverRow, f"{HOOK}:{row.id}")) is not None:
        session.delete(known)


def failing_since(session: Session, hooks: Collection[str]) -> dict[str, ReceiverRow]:
    """What is known of those of a client's addresses that fail, by id."""
    names = [f"{HOOK}:{hook}" for hook in hooks]
    rows = session.exec(select(ReceiverRow).where(col(ReceiverRow.name).in_(names))).all()
    return {str(hook_of(row.name)): row for row in rows}


def own(session: Session, tenant: str, client: str, hook: str) -> WebhookRow:
    """A client's own address. Raises NotFoundError for anybody else's."""
    row = session.get(WebhookRow, (tenant, hook))
    if row is None or row.client != client:
        raise NotFoundError(hook)
    return row


def strange(office: Office, tenant: str) -> Iterator[str]:
    """The addresses of clients that are not as the client gave them, in Swedish."""
    with reading(office.engine) as session:
        rows = session.exec(select(WebhookRow).where(WebhookRow.tenant == tenant)).all()
    for row in rows:
        try:
            hook_secret.opened(office.keys, row)
        except RowError:
            yield _say("other_receiver", mottagare=row.id)


def silent(session: Session, now: datetime, patience: timedelta) -> dict[str, datetime]:
    """The municipalities one of whose receivers has taken nothing for so long, and since when."""
    row = ReceiverRow
    query = select(row.name, row.failing_since).where(
        (col(row.failing_since) <= now - patience) | (col(row.failing_since) > now + patience),
        col(row.name).not_like(f"{HOOK}:%"),
    )
    found: dict[str, datetime] = {}
    for name, since in session.exec(query).all():
        tenant = name.partition(" ")[0]
        found[tenant] = min(since, found.get(tenant, since))
    return found
