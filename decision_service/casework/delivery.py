"""Deliver what lies in the outbox. A crash anywhere means that a message goes again, under the same key.

Every receiver has a lane of its own: a municipality with its receivers, and each address of a client. What is
slow in one lane keeps nobody waiting in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import ColumnElement, and_, bindparam, case, update
from sqlmodel import Session, col, select

from audit.errors import AuditError, KeyFileError, RowError
from decision_service.casework import outbox, receivers
from decision_service.casework.contents import contents
from decision_service.casework.delivered import PRINTED, already_reached, stamped
from decision_service.casework.hidden import hidden_of
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError
from decision_service.outputs import Channel, DeliveryError, FolderChannel, Message, next_attempt
from decision_service.outputs.payload import Payload
from decision_service.reading.our_fault import sort_and_place
from decision_service.reading.said import said_in
from decision_service.store import hook_secret
from decision_service.store.database import reading, transaction
from decision_service.store.tables import MessageRow, WebhookRow
from norms.fault import fault

_say = said_in(__file__)

AT_ONCE = 16
"""Messages of a lane that go out side by side."""
IN_A_ROW = 96
"""As many where every receiver is a folder, for which they go out in a row."""
LEASE = timedelta(minutes=5)
"""How long a process has for the messages it has taken before another takes them: longer than a receiver may
take to answer. Those that go out in a row stop when half of it has passed, and the rest wait for the next
round."""
MOST_ATTEMPTS = 12
"""As often a notice to a client's own address is tried, which takes most of a day. Letters, payments and all
else that a municipality's receivers get is tried for ever."""

_log = structlog.get_logger()
_HOOK = case((col(MessageRow.kind).like(f"{outbox.HOOK}:%"), col(MessageRow.kind)), else_=None)
"""The client's address that a message goes to; None for the municipality's receivers."""

_DUE = select(MessageRow.tenant, _HOOK).where(col(MessageRow.next_attempt_at) <= bindparam("now")).distinct()


class Lane(NamedTuple):
    """Where some of a municipality's messages go: to a client's address, ``hook``, or to its receivers."""

    tenant: str
    hook: str | None


def lanes(office: Office) -> list[Lane]:
    """The lanes in which something is due and somebody answers, or may do so again."""
    now = office.clock()
    with reading(office.engine) as session:
        due = [Lane(*each) for each in session.exec(_DUE, params={"now": now})]
        names = {lane: _names(office, lane) for lane in due}
        known = receivers.troubled(session, [one for each in names.values() for one in each], now)
    rest = {name for name, until in known.items() if until is not None and until > now}
    return [lane for lane, found in names.items() if not found or not rest >= set(found)]


def deliver(office: Office) -> int:
    """Deliver what is due, in every lane at once, and say how many messages that was."""
    found = lanes(office)
    if not found:
        return 0
    with ThreadPoolExecutor(len(found), "lane") as pool:
        return sum(pool.map(partial(deliver_lane, office), found))


def deliver_lane(office: Office, lane: Lane) -> int:
    """Deliver some of what is due in a lane, and say how many messages that was. Several processes may do so
    at once.

    Raises audit.LogError, and sends nothing, where the database is older than what has been signed here: what
    waits in it may have gone long since, and may be decided otherwise when it is decided anew. Raises
    KeyFileError where the key folder does not say. Neither counts as an attempt.
    """
    taken, known = _take(office, lane)
    if not taken:
        return 0
    try:
        if any(one.kind == outbox.LETTER for one in taken):
            office.log.checkpoint(office.engine, lane.tenant)
        else:
            office.log.require_signed_here(office.engine, lane.tenant)
    except AuditError:
        _give_back(office, taken)
        raise
    channels = list(_channels(office, lane))
    written = contents(office, taken)
    # Folders take one message at a time, whoever hands it over: threads would only wait for each other.
    if len(taken) == 1 or _to_folders(office, lane):
        outcomes = _in_a_row(office, channels, known, taken, written)
    else:
        handed = partial(_handed_over, office, channels, known)
        with ThreadPoolExecutor(len(taken), "outbox") as pool:
            outcomes = list(pool.map(handed, taken, written))
    _note(office, list(zip(taken, outcomes, strict=False)))
    _give_back(office, taken[len(outcomes) :])
    return len(outcomes)


def _in_a_row(
    office: Office,
    channels: Channels,
    known: dict[str, datetime | None],
    taken: Sequence[MessageRow],
    written: Sequence[Payload | Exception],
) -> list[DeliveryError | None]:
    """What came of the first of some messages, and of those that there was time for after it. Where the first
    took so little that there is time for all, the others are put in the folders together."""
    begun, stop = office.clock(), _lease(taken[0]) - LEASE / 2
    outcomes = [_handed_over(office, channels, known, taken[0], written[0])]
    if len(taken) > 1 and office.clock() - begun < LEASE / 2 / IN_A_ROW:
        channels = _put_together(office, channels, known, taken[1:], written[1:])
    for one, content in zip(taken[1:], written[1:], strict=True):
        if office.clock() >= stop:
            break
        outcomes.append(_handed_over(office, channels, known, one, content))
    return outcomes


class _Folder(NamedTuple):
    """A folder, and of the messages that have just been put there what it says of each, by their keys."""

    channel: Channel
    put: Mapping[str, str | None]

    @property
    def receiver(self) -> str:
        return self.channel.receiver

    def deliver(self, message: Message) -> str | None:
        """Raises DeliveryError."""
        return self.put[message.key] if message.key in self.put else self.channel.deliver(message)


def _put_together(
    office: Office,
    channels: Channels,
    known: Mapping[str, datetime | None],
    rows: Sequence[MessageRow],
    written: Sequence[Payload | Exception],
) -> Channels:
    """The same channels, where folders that answer have what they did not have of some messages. Where that
    goes wrong nothing is said of it: each message is delivered alone then, and tells it itself."""
    found = list[tuple[str, Channel]]()
    for name, channel in channels:
        put: Mapping[str, str | None] = {}
        if isinstance(channel, FolderChannel) and name not in known:
            messages = [
                _message(row, content)
                for row, content in zip(rows, written, strict=True)
                if not isinstance(content, Exception) and name not in already_reached(office, row)
            ]
            with suppress(Exception):
                put = channel.deliver_all(messages)
        found.append((name, _Folder(channel, put)))
    return found


def _message(row: MessageRow, content: Payload) -> Message:
    return Message(row.key, row.kind, row.tenant, row.created_at, content)


def _give_back(office: Office, left: Sequence[MessageRow]) -> None:
    """Let messages that were taken and not tried go in the next round, where nobody else has them by now."""
    if not left:
        return
    with transaction(office.engine) as session:
        for row in left:
            current = session.get_one(MessageRow, (row.tenant, row.key), with_for_update=True)
            if (current.next_attempt_at, current.attempts) == (row.next_attempt_at, row.attempts):
                current.next_attempt_at, current.attempts = office.clock(), row.attempts - 1
                session.add(current)


def _lease(row: MessageRow) -> datetime:
    """Until when a message that was taken is this process's."""
    assert row.next_attempt_at is not None
    return row.next_attempt_at


def _names(office: Office, lane: Lane) -> list[str]:
    """What the receivers of a lane are known by."""
    if lane.hook is not None:
        return [lane.hook]
    return [f"{lane.tenant} {each.receiver}" for each in office.channels.get(lane.tenant, ())]


def most(office: Office, lane: Lane) -> int:
    """As many messages as go out of a lane at a time."""
    return IN_A_ROW if _to_folders(office, lane) else AT_ONCE


def _to_folders(office: Office, lane: Lane) -> bool:
    channels = office.channels.get(lane.tenant, ())
    return lane.hook is None and all(isinstance(each, FolderChannel) for each in channels)


Channels = Sequence[tuple[str, Channel]]
"""Where the messages of a lane go, each with what the receiver is known by."""


def _handed_over(
    office: Office,
    channels: Channels,
    known: dict[str, datetime | None],
    row: MessageRow,
    content: Payload | Exception,
) -> DeliveryError | None:
    """Hand a message to every receiver that does not have it, whether or not another one takes it, and say
    what went wrong. ``known`` are the receivers of the lane that did not answer the last time."""
    if isinstance(content, RowError):
        _log.critical("row_not_as_logged", message=row.key, why=str(content))
        return DeliveryError(str(content), retry=False)
    if isinstance(content, Exception):  # it must be seen, and keep no other waiting
        return _ours("not_written", content)
    try:
        return _to_each(office, channels, known, row, _message(row, content))
    except Exception as error:  # the same: what the others of the lane have taken must still be noted
        return _ours("not_handed_over", error)


def _ours(name: str, error: Exception) -> DeliveryError:
    """What is told of a fault of ours, whose words may say something of somebody."""
    return DeliveryError(_say(name, fel=sort_and_place(error)), retry=True)


def _to_each(
    office: Office, channels: Channels, known: dict[str, datetime | None], row: MessageRow, message: Message
) -> DeliveryError | None:
    reached, wrong = already_reached(office, row), list[DeliveryError]()
    for name, channel in channels:
        if name in reached:
            continue
        if (until := known.get(name)) is not None and until > office.clock():
            wrong.append(DeliveryError(_say("receiver_silent"), retry=True))
            continue
        try:
            printed = channel.deliver(message)
        except DeliveryError as error:
            wrong.append(error)
            if error.retry or error.gone:
                known.setdefault(name, None)
                receivers.failed(office, row.tenant, name, error)
                continue
        except Exception as error:  # ours, not the receiver's: the others are to have it all the same
            wrong.append(_ours("not_handed_over", error))
            continue
        else:
            reached |= {name} if printed is None else {name, f"{PRINTED}{printed}"}
            # At once: whatever comes after, it is not sent again.
            row.reached = stamped(office, row, reached, whole=False)
        if name in known:
            receivers.answered(office, name)
    # one that will never take it is the one to tell of
    return min(wrong, key=lambda one: one.retry, default=None)


_NOTICE_LAST = case((col(MessageRow.kind).in_([outbox.LETTER, outbox.PAYMENT]), 0), else_=1)
"""Letters and payments go before notices."""


def _take(office: Office, lane: Lane) -> tuple[list[MessageRow], dict[str, datetime | None]]:
    """Some of what is due in a lane, and its receivers that did not answer the last time; one message alone
    where one of them has been left in peace and is to show that it answers."""
    now = office.clock()
    with transaction(office.engine) as session:
        known = receivers.troubled(session, _names(office, lane), now)
        anew = any(until is not None and until <= now for until in known.values())
        query = (
            select(MessageRow)
            .where(col(MessageRow.next_attempt_at) <= now, _of_lane(lane))
            .order_by(_NOTICE_LAST, col(MessageRow.next_attempt_at))
            .limit(1 if anew else most(office, lane))
            .with_for_update(skip_locked=True)
        )
        rows = list(session.exec(query).all())
        if rows:
            its = {"its_tenant": lane.tenant, "its_keys": [row.key for row in rows], "until": now + LEASE}
            session.connection().execute(_TAKEN, its)
    for row in rows:  # the same in what was read, of which no session knows any more
        row.next_attempt_at, row.attempts = now + LEASE, row.attempts + 1
    return rows, known


_TAKEN = (
    update(MessageRow)
    .where(
        col(MessageRow.tenant) == bindparam("its_tenant"),
        col(MessageRow.key).in_(bindparam("its_keys", expanding=True)),
    )
    .values(next_attempt_at=bindparam("until"), attempts=col(MessageRow.attempts) + 1)
)


def _of_lane(lane: Lane) -> ColumnElement[bool]:
    kind = col(MessageRow.kind)
    its = kind == lane.hook if lane.hook is not None else kind.not_like(f"{outbox.HOOK}:%")
    return and_(col(MessageRow.tenant) == lane.tenant, its)


def _channels(office: Office, lane: Lane) -> Iterator[tuple[str, Channel]]:
    """Where the messages of a lane go: a client's own address, or every receiver of the municipality."""
    if lane.hook is None:
        yield from zip(_names(office, lane), office.channels.get(lane.tenant, ()), strict=True)
        return
    with reading(office.engine) as session:
        found = session.get(WebhookRow, (lane.tenant, receivers.hook_of(lane.hook)))
    if found is not None and found.switched_off_at is None:
        try:
            yield lane.hook, office.hook(found.url, hook_secret.opened(office.keys, found))
        except RowError as error:
            if isinstance(error.__cause__, KeyFileError):
                _log.critical("key_file_unusable", webhook=found.id, why=str(error.__cause__))
                yield lane.hook, _Nowhere(lane.hook, error.__cause__)
            else:
                _log.critical("row_not_as_logged", webhook=found.id, why=str(error))
                yield lane.hook, _Nowhere(lane.hook, DeliveryError(str(error), retry=False))


class _Nowhere(NamedTuple):
    """A client's address that is not as the client gave it, or whose secret our key does not open now:
    nothing goes there, and people see why."""

    receiver: str
    why: DeliveryError | KeyFileError

    def deliver(self, message: Message) -> None:
        """Raises DeliveryError; KeyFileError for what is no fault of the client's, and tried again."""
        raise self.why


def _note(office: Office, outcomes: Sequence[tuple[MessageRow, DeliveryError | None]]) -> None:
    """Note what became of some messages, all at once."""
    now = office.clock()
    done = [
        {"its_tenant": row.tenant, "its_key": row.key, "at": now, "by": _whole(office, row)}
        for row, wrong in outcomes
        if wrong is None
    ]
    with transaction(office.engine) as session:
        if done:
            session.connection().execute(_DELIVERED, done)
        for row, wrong in outcomes:
            if wrong is not None:
                _left(session, row, wrong, now)


_DELIVERED = (
    update(MessageRow)
    .where(col(MessageRow.tenant) == bindparam("its_tenant"), col(MessageRow.key) == bindparam("its_key"))
    .values(delivered_at=bindparam("at"), reached=bindparam("by"), next_attempt_at=None, error=None)
)


def _whole(office: Office, row: MessageRow) -> str:
    return stamped(office, row, already_reached(office, row), whole=True)


def _left(session: Session, row: MessageRow, error: DeliveryError, now: datetime) -> None:
    """Try again later, or leave it with its error for a person to see."""
    _log.warning("delivery_failed", message=row.key, attempt=row.attempts, error=str(error))
    again = error.retry and not (receivers.hook_of(row.kind) and row.attempts >= MOST_ATTEMPTS)
    current = session.get_one(MessageRow, (row.tenant, row.key))
    if current.next_attempt_at is None:  # delivered by another meanwhile, left, or its receiver switched off
        return
    current.error, current.reached = str(error), row.reached
    current.next_attempt_at = next_attempt(row.key, row.attempts, now) if again else None
    session.add(current)


def undelivered(session: Session, tenant: str) -> list[MessageRow]:
    """Messages that nobody will try again unless a person says so, the oldest first; none about somebody the
    session may not know of. Raises audit.errors.RowError."""
    query = select(MessageRow).where(
        MessageRow.tenant == tenant,
        col(MessageRow.next_attempt_at).is_(None),
        col(MessageRow.delivered_at).is_(None),
    )
    rows = session.exec(query.order_by(col(MessageRow.created_at))).all()
    hidden = _hidden(session, tenant, rows)
    return [row for row in rows if row.application_id not in hidden]


def _hidden(session: Session, tenant: str, rows: Sequence[MessageRow]) -> set[str]:
    return hidden_of(session, tenant, {row.application_id for row in rows if row.application_id is not None})


def try_again(office: Office, session: Session, tenant: str, key: str) -> MessageRow:
    """Let a message that was given up go once more. Raises NotFoundError, for one about somebody the
    session may not know of too, ConflictError and audit.errors.RowError."""
    row = session.get(MessageRow, (tenant, key), with_for_update=True)
    hidden = _hidden(session, tenant, [row] if row is not None else [])
    if row is None or hidden:
        raise NotFoundError(key)
    if row.delivered_at is not None or row.next_attempt_at is not None:
        raise ConflictError(fault("message_not_given_up"))
    row.next_attempt_at = office.clock()
    session.add(row)
    return row
