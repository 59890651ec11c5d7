"""Deliver what lies in the outbox. A crash anywhere means that a message goes again, under the same key.

Every receiver has a lane of its own: a municipality with its receivers, and each address of a client. What is
slow in one lane keeps nobody waiting in another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import structlog
from sqlalchemy import ColumnElement, and_, case
from sqlmodel import Session, col, select

from audit import proof
from audit.errors import RowError
from decision_service.casework import outbox, receivers
from decision_service.casework.addressees import addressees_of
from decision_service.casework.chain import chain
from decision_service.casework.decisions import document_of
from decision_service.casework.letters import grounds_of, kept_letters, letter_of, notice_of, plans_of
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, require_logged
from decision_service.log import journal, vouched
from decision_service.outputs import Channel, DeliveryError, Message, next_attempt
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.letter_texts import NoticeKind
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow, DecisionRow, MessageRow, WebhookRow
from norms.fault import fault

AT_ONCE = 8
"""Messages of a lane that go out side by side."""
LEASE = timedelta(minutes=5)
"""How long a process has for the messages it has taken before another takes them: longer than a receiver may
take to answer, since all that are taken go out side by side."""
MOST_ATTEMPTS = 12
"""As often a notice to a client's own address is tried, which takes most of a day. Letters, payments and all
else that a municipality's receivers get is tried for ever."""

_log = structlog.get_logger()
_HOOK = case((col(MessageRow.kind).like(f"{outbox.HOOK}:%"), col(MessageRow.kind)), else_=None)
"""The client's address that a message goes to; None for the municipality's receivers."""


class Lane(NamedTuple):
    """Where some of a municipality's messages go: to a client's address, ``hook``, or to its receivers."""

    tenant: str
    hook: str | None


def lanes(office: Office) -> list[Lane]:
    """The lanes in which something is due and somebody answers, or may do so again."""
    now = office.clock()
    with reading(office.engine) as session:
        query = select(MessageRow.tenant, _HOOK).where(col(MessageRow.next_attempt_at) <= now)
        due = [Lane(*each) for each in session.exec(query.distinct())]
        names = {lane: _names(office, lane) for lane in due}
        rest = receivers.resting(session, [one for each in names.values() for one in each], now)
    return [lane for lane, found in names.items() if not found or not rest.keys() >= set(found)]


def deliver(office: Office) -> int:
    """Deliver what is due, in every lane at once, and say how many messages that was."""
    found = lanes(office)
    if not found:
        return 0
    with ThreadPoolExecutor(len(found), "lane") as pool:
        return sum(pool.map(partial(deliver_lane, office), found))


def deliver_lane(office: Office, lane: Lane) -> int:
    """Deliver some of what is due in a lane, and say how many messages that was. Several processes may do so
    at once."""
    taken = _take(office, lane)
    if any(one.kind == outbox.LETTER for one in taken):
        office.log.checkpoint(office.engine, lane.tenant)
    if len(taken) == 1:
        _send(office, taken[0])
    elif taken:
        with ThreadPoolExecutor(len(taken), "outbox") as pool:
            list(pool.map(partial(_send, office), taken))
    return len(taken)


def _names(office: Office, lane: Lane) -> list[str]:
    """What the receivers of a lane are known by."""
    if lane.hook is not None:
        return [lane.hook]
    return [f"{lane.tenant} {each.receiver}" for each in office.channels.get(lane.tenant, ())]


def _send(office: Office, row: MessageRow) -> None:
    """Hand a message to every receiver that does not have it."""
    try:
        message = Message(row.key, row.kind, row.tenant, row.created_at, _written(office, row))
    except RowError as error:
        _log.critical("row_not_as_logged", message=row.key, why=str(error))
        _left(office, row, DeliveryError(str(error), retry=False))
    except Exception as error:  # ours, not the receiver's: it must be seen, and keep no other message waiting
        what = f"Meddelandet gick inte att skriva ({type(error).__name__})."
        _left(office, row, DeliveryError(what, retry=True))
    else:
        _hand_over(office, row, message)


def _hand_over(office: Office, row: MessageRow, message: Message) -> None:
    """To each receiver, whether or not another one takes it."""
    reached, wrong = set(row.reached.splitlines()), list[DeliveryError]()
    channels = [(name, channel) for name, channel in _channels(office, row) if name not in reached]
    with reading(office.engine) as session:
        rest = receivers.resting(session, [name for name, _ in channels], office.clock())
    for name, channel in channels:
        if name in rest:
            wrong.append(DeliveryError("Mottagaren har inte svarat på en stund.", retry=True))
            continue
        try:
            channel.deliver(message)
        except DeliveryError as error:
            wrong.append(error)
            if error.retry or error.gone:
                receivers.failed(office, row.tenant, name, error)
                continue
        else:
            reached.add(name)
        receivers.answered(office, name)
    row.reached = "\n".join(sorted(reached))
    if wrong:  # one that will never take it is the one to tell of
        _left(office, row, min(wrong, key=lambda one: one.retry))
    else:
        _done(office, row)


_NOTICE_LAST = case((col(MessageRow.kind).in_([outbox.LETTER, outbox.PAYMENT]), 0), else_=1)
"""Letters and payments go before notices."""


def _take(office: Office, lane: Lane) -> list[MessageRow]:
    """Some of what is due in a lane; one message alone where a receiver has been left in peace and is to show
    that it answers."""
    now = office.clock()
    with transaction(office.engine) as session:
        anew = receivers.tried_anew(session, _names(office, lane), now)
        query = (
            select(MessageRow)
            .where(col(MessageRow.next_attempt_at) <= now, _of_lane(lane))
            .order_by(_NOTICE_LAST, col(MessageRow.next_attempt_at))
            .limit(1 if anew else AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        rows = list(session.exec(query).all())
        for row in rows:
            row.next_attempt_at = now + LEASE
            row.attempts += 1
            session.add(row)
        return rows


def _of_lane(lane: Lane) -> ColumnElement[bool]:
    kind = col(MessageRow.kind)
    its = kind == lane.hook if lane.hook is not None else kind.not_like(f"{outbox.HOOK}:%")
    return and_(col(MessageRow.tenant) == lane.tenant, its)


_NOTICES: Mapping[str, NoticeKind] = {
    outbox.REQUEST: "KOMPLETTERING",
    outbox.REMINDER: "PÅMINNELSE",
    outbox.RECEIPT: "KVITTENS",
    outbox.WAIT: "VÄNTAR",
    outbox.COMMUNICATION: "KOMMUNICERING",
    outbox.COMMUNICATION_REMINDER: "KOMMUNICERING_PÅMINNELSE",
    outbox.HANDED_OVER: "HOS_HANDLÄGGARE",
    outbox.WRITTEN_OFF: "AVSKRIVEN",
    outbox.CLAIM_MADE: "KRAV",
    outbox.CLAIM_WAIVED: "KRAV_EFTERGES",
    outbox.APPEAL_FORWARDED: "ÖVERKLAGANDE_ÖVERLÄMNAT",
    outbox.APPEAL_DISMISSED: "ÖVERKLAGANDE_AVVISAT",
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
        current = session.get_one(MessageRow, (row.tenant, row.key), with_for_update=True)
        application = session.get_one(ApplicationRow, (row.tenant, row.application_id))
        if row.kind == outbox.LETTER:
            letters = decision_letters(office, session, application, payload.get("decision"))
            own = [one for one in letters if one["to"] and one["to"]["person"] == payload.get("to")]
            return payload | (own or letters)[0]
        payload = json.loads(current.payload)
        if "letter" not in payload:
            to = next(one for one in addressees_of(application) if one.person == payload["to"])
            kind = _NOTICES[row.kind]
            payload |= _kept(notice_of(office, application, kind, to, row.created_at, payload))
            current.payload = json.dumps(payload, ensure_ascii=False)
            session.add(current)
        return payload


def decision_letters(
    office: Office, session: Session, row: ApplicationRow, id_: str | None = None
) -> list[dict[str, Any]]:
    """The letters of a decision with its proof, one to each adult. Written once, kept with the decision and
    logged. ``id_`` is the decision's, that of the first one where none is said."""
    first = session.get_one(DecisionRow, (row.tenant, row.id), with_for_update=True)
    decision = next((one for one in chain(session, row.tenant, row.id) if one.id == id_), first)
    require_logged(office, session, row)
    if decision.letter is None:
        certificate = proof.letter(session.connection(), row.tenant, decision.entry)
        document, plans = document_of(session, decision), plans_of(session, decision)
        grounds = grounds_of(office, session, decision)
        letters = [
            letter_of(office, row, document, to, plans.get(to.person), grounds, certificate)
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


def _channels(office: Office, row: MessageRow) -> Iterator[tuple[str, Channel]]:
    """Where a message goes, and what the receiver is known by: a client's own address, or every receiver of
    the municipality."""
    hook = receivers.hook_of(row.kind)
    if hook is None:
        names = _names(office, Lane(row.tenant, None))
        yield from zip(names, office.channels.get(row.tenant, ()), strict=True)
        return
    with reading(office.engine) as session:
        found = session.get(WebhookRow, (row.tenant, hook))
    if found is not None and found.switched_off_at is None:
        yield row.kind, office.hook(found.url, found.secret.encode())


def _done(office: Office, row: MessageRow) -> None:
    with transaction(office.engine) as session:
        current = session.get_one(MessageRow, (row.tenant, row.key))
        current.delivered_at, current.next_attempt_at, current.error = office.clock(), None, None
        current.reached = row.reached
        session.add(current)


def _left(office: Office, row: MessageRow, error: DeliveryError) -> None:
    """Try again later, or leave it with its error for a person to see."""
    _log.warning("delivery_failed", message=row.key, attempt=row.attempts, error=str(error))
    again = error.retry and not (receivers.hook_of(row.kind) and row.attempts >= MOST_ATTEMPTS)
    with transaction(office.engine) as session:
        current = session.get_one(MessageRow, (row.tenant, row.key))
        if current.error == receivers.OFF:  # switched off meanwhile
            return
        current.error, current.reached = str(error), row.reached
        current.next_attempt_at = next_attempt(row.key, row.attempts, office.clock()) if again else None
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
    row = session.get(MessageRow, (tenant, key), with_for_update=True)
    if row is None:
        raise NotFoundError(key)
    if row.delivered_at is not None or row.next_attempt_at is not None:
        raise ConflictError(fault("message_not_given_up"))
    row.next_attempt_at = office.clock()
    session.add(row)
    return row
