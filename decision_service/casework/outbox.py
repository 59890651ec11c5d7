"""What leaves: written in the transaction of what it tells about, delivered afterwards, once for each key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, String, bindparam, insert, literal
from sqlalchemy import select as columns
from sqlmodel import Session, col

from decision_service.casework.addressees import addressees_of
from decision_service.store.moment import Moment
from decision_service.store.tables import ApplicationRow, MessageRow, WebhookRow

LETTER, REQUEST, REMINDER, RECEIPT = "letter", "completion_request", "reminder", "receipt"
PAYMENT, ESCALATION = "payment", "escalation"
WAIT, HANDED_OVER, WRITTEN_OFF = "wait", "handed_over", "written_off"
COMMUNICATION, COMMUNICATION_REMINDER = "communication", "communication_reminder"
CLAIM, APPEAL = "claim", "appeal"
HOOK = "webhook"


def put(
    session: Session, row: ApplicationRow, kind: str, number: int, payload: Mapping[str, Any], now: datetime
) -> None:
    """A message about an application. ``kind`` and ``number`` make its key: the same again is the same."""
    session.add(_message(row, key(row, kind, number), kind, payload, now))


def _message(
    row: ApplicationRow, key: str, kind: str, payload: Mapping[str, Any], now: datetime
) -> MessageRow:
    return MessageRow(
        key=key,
        tenant=row.tenant,
        application_id=row.id,
        kind=kind,
        payload=json.dumps(payload, ensure_ascii=False),
        created_at=now,
        next_attempt_at=now,
    )


def put_letters(
    session: Session, row: ApplicationRow, kind: str, number: int, payload: Mapping[str, Any], now: datetime
) -> None:
    """A letter to each adult of an application; the applicant's has the key that there would be for one."""
    for place, each in enumerate(addressees_of(row), start=1):
        own = kind if place == 1 else f"{kind}.{place}"
        message = {**payload, "to": each.person}
        session.add(_message(row, key(row, own, number), kind, message, now))


def key(row: ApplicationRow, kind: str, number: int) -> str:
    """What a message of an application is known by."""
    return f"{row.id}.{kind}.{number}"


def tell(session: Session, row: ApplicationRow, event: str, now: datetime) -> None:
    """Tell the client that sent an application, and whoever wants to know of all, that it has changed.

    The notice says which and how it stands, and nothing about the person.
    """
    payload = {
        "event": event,
        "application": row.id,
        "case_number": row.case_number,
        "municipality": row.tenant,
        "state": row.state,
        "time": now.isoformat(),
    }
    session.connection().execute(
        _TELL,
        {
            "the_tenant": row.tenant,
            "the_client": row.client,
            "prefix": f"{row.id}.{row.version}.{event}.",
            "the_application": row.id,
            "the_payload": json.dumps(payload, ensure_ascii=False),
            "the_time": now,
        },
    )


def _telling() -> Insert:
    """One message for each address that wants to know, in one statement."""
    hook, moment = WebhookRow, bindparam("the_time", type_=Moment())
    rows = columns(
        bindparam("prefix", type_=String()) + col(hook.id),
        col(hook.tenant),
        bindparam("the_application", type_=String()),
        literal(f"{HOOK}:") + col(hook.id),
        bindparam("the_payload", type_=String()),
        moment,
        moment,
        literal(0),
        literal(""),
    ).where(
        col(hook.tenant) == bindparam("the_tenant", type_=String()),
        (col(hook.client) == bindparam("the_client", type_=String())) | col(hook.every).is_(True),
        col(hook.switched_off_at).is_(None),
    )
    names = [
        "key",
        "tenant",
        "application_id",
        "kind",
        "payload",
        "created_at",
        "next_attempt_at",
        "attempts",
        "reached",
    ]
    return insert(MessageRow).from_select(names, rows)


_TELL = _telling()
