"""Deliver what lies in the outbox. A crash anywhere means that a message goes again, under the same key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import case
from sqlmodel import Session, col, select

from audit import proof
from audit.errors import RowError
from decision_service.casework import outbox
from decision_service.casework.addressees import addressees_of
from decision_service.casework.chain import chain
from decision_service.casework.decisions import document_of
from decision_service.casework.letters import kept_letters, letter_of, notice_of, plans_of
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, require_logged
from decision_service.decision.document import reasons_from
from decision_service.log import journal, vouched
from decision_service.outputs import Channel, DeliveryError, Message, next_attempt
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.letter_texts import NoticeKind
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow, DecisionRow, MessageRow, WebhookRow
from norms.fault import fault

AT_ONCE = 8
LEASE = timedelta(minutes=5)
"""How long a process has for the messages it has taken before another takes them: longer than a receiver may
take to answer, since all that are taken go out side by side."""

_log = structlog.get_logger()


def deliver(office: Office) -> int:
    """Deliver what is due, and say how many messages that was. Several processes may do so at once."""
    taken = _take(office)
    for tenant in sorted({one.tenant for one in taken if one.kind == outbox.LETTER}):
        office.log.checkpoint(office.engine, tenant)
    if len(taken) == 1:
        _send(office, taken[0])
    elif taken:
        with ThreadPoolExecutor(len(taken), "outbox") as pool:
            list(pool.map(partial(_send, office), taken))
    return len(taken)


def _send(office: Office, row: MessageRow) -> None:
    """Hand a message to every receiver; those that have it already drop it."""
    try:
        message = Message(row.key, row.kind, row.tenant, row.created_at, _written(office, row))
        for channel in _channels(office, row):
            channel.deliver(message)
    except DeliveryError as error:
        _failed(office, row, error)
    except RowError as error:
        _log.critical("row_not_as_logged", message=row.key, why=str(error))
        _failed(office, row, DeliveryError(str(error), retry=False))
    except Exception as error:  # ours, not the receiver's: it must be seen, and keep no other message waiting
        what = f"Meddelandet gick inte att skriva ({type(error).__name__})."
        _failed(office, row, DeliveryError(what, retry=True))
    else:
        _done(office, row)


_NOTICE_LAST = case((col(MessageRow.kind).in_([outbox.LETTER, outbox.PAYMENT]), 0), else_=1)
"""Letters and payments go before notices: nobody's money waits for an address that does not answer."""


def _take(office: Office) -> list[MessageRow]:
    now = office.clock()
    with transaction(office.engine) as session:
        query = (
            select(MessageRow)
            .where(col(MessageRow.next_attempt_at) <= now)
            .order_by(_NOTICE_LAST, col(MessageRow.next_attempt_at))
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        rows = list(session.exec(query).all())
        for row in rows:
            row.next_attempt_at = now + LEASE
            row.attempts += 1
            session.add(row)
        return rows


_NOTICES: Mapping[str, NoticeKind] = {
    outbox.REQUEST: "KOMPLETTERING",
    outbox.REMINDER: "PÅMINNELSE",
    outbox.RECEIPT: "KVITTENS",
    outbox.WAIT: "VÄNTAR",
    outbox.COMMUNICATION: "KOMMUNICERING",
    outbox.COMMUNICATION_REMINDER: "KOMMUNICERING_PÅMINNELSE",
    outbox.HANDED_OVER: "HOS_HANDLÄGGARE",
    outbox.WRITTEN_OFF: "AVSKRIVEN",
}


def _written(office: Office, row: MessageRow) -> dict[str, Any]:
    """What goes out. A letter is written when it is first sent, and is the same ever after."""
    payload: dict[str, Any] = json.loads(row.payload)
    if row.kind == outbox.PAYMENT:
        with reading(office.engine) as session:
            vouched.require(office.keys, session, row.tenant, row)
    if row.application_id is None or row.kind not in (outbox.LETTER, *_NOTICES):
        return payload
    with transaction(office.engine) as session:
        # Another process, whose time for it was over, may have written it.
        current = session.get_one(MessageRow, row.key, with_for_update=True)
        application = session.get_one(ApplicationRow, row.application_id)
        if row.kind == outbox.LETTER:
            letters = decision_letters(office, session, application, payload.get("decision"))
            own = [one for one in letters if one["to"] and one["to"]["person"] == payload.get("to")]
            return payload | (own or letters)[0]
        payload = json.loads(current.payload)
        if "letter" not in payload:
            asked = reasons_from(json.dumps(payload.get("asked", [])))
            due = datetime.fromisoformat(payload["due"]) if "due" in payload else None
            to = next(one for one in addressees_of(application) if one.person == payload["to"])
            payload |= _kept(
                notice_of(office, application, _NOTICES[row.kind], to, row.created_at, asked, due)
            )
            current.payload = json.dumps(payload, ensure_ascii=False)
            session.add(current)
        return payload


def decision_letters(
    office: Office, session: Session, row: ApplicationRow, id_: str | None = None
) -> list[dict[str, Any]]:
    """The letters of a decision with its proof, one to each adult. Written once, kept with the decision and
    logged. ``id_`` is the decision's, that of the first one where none is said."""
    first = session.get_one(DecisionRow, row.id, with_for_update=True)
    decision = next((one for one in chain(session, row.id) if one.id == id_), first)
    require_logged(office, session, row)
    if decision.letter is None:
        certificate = proof.letter(session.connection(), row.tenant, decision.entry)
        document, plans = document_of(session, decision), plans_of(session, decision)
        letters = [
            letter_of(office, row, document, to, plans.get(to.person), certificate)
            for to in addressees_of(row)
        ]
        decision.letter = json.dumps([_kept(one) for one in letters], ensure_ascii=False)
        session.add(decision)
        now = office.clock()
        entries = [journal.letter(row.id, decision.id, now, channel="brev", text=one.text) for one in letters]
        vouched.append(office.log, session, row.tenant, entries)
    return kept_letters(decision.letter)


def _kept(letter: Letter) -> dict[str, Any]:
    return {"to": letter.to.as_json(), "letter": letter.as_json(), "text": letter.text}


def _channels(office: Office, row: MessageRow) -> Iterator[Channel]:
    """Where a message goes: a client's own address, or every receiver of the municipality."""
    kind, _, hook = row.kind.partition(":")
    if kind != outbox.HOOK:
        yield from office.channels.get(row.tenant, ())
        return
    with reading(office.engine) as session:
        found = session.get(WebhookRow, hook)
    if found is not None:
        yield office.hook(found.url, found.secret.encode())


def _done(office: Office, row: MessageRow) -> None:
    with transaction(office.engine) as session:
        current = session.get_one(MessageRow, row.key)
        current.delivered_at, current.next_attempt_at, current.error = office.clock(), None, None
        session.add(current)


def _failed(office: Office, row: MessageRow, error: DeliveryError) -> None:
    """Try again later, or leave it with its error for a person to see."""
    _log.warning("delivery_failed", message=row.key, attempt=row.attempts, error=str(error))
    with transaction(office.engine) as session:
        current = session.get_one(MessageRow, row.key)
        current.error = str(error)
        current.next_attempt_at = next_attempt(row.key, row.attempts, office.clock()) if error.retry else None
        session.add(current)


def undelivered(session: Session, tenant: str) -> list[MessageRow]:
    """Messages that nobody will try again unless a person says so, the oldest first."""
    query = select(MessageRow).where(
        MessageRow.tenant == tenant,
        col(MessageRow.next_attempt_at).is_(None),
        col(MessageRow.delivered_at).is_(None),
    )
    return list(session.exec(query.order_by(col(MessageRow.created_at))).all())


def try_again(office: Office, session: Session, tenant: str, key: str) -> MessageRow:
    """Let a message that was given up go once more. Raises NotFoundError and ConflictError."""
    row = session.get(MessageRow, key, with_for_update=True)
    if row is None or row.tenant != tenant:
        raise NotFoundError(key)
    if row.delivered_at is not None or row.next_attempt_at is not None:
        raise ConflictError(fault("message_not_given_up"))
    row.next_attempt_at = office.clock()
    session.add(row)
    return row
