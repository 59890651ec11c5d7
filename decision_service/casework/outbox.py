"""What leaves: written in the transaction of what it tells about, delivered afterwards, once for each key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, String, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col

from decision_service.casework.addressees import addressees_of
from decision_service.outputs.payload import CaseNotice, Payload, Telling, TellingTo
from decision_service.store.tables import ApplicationRow, MessageRow, WebhookRow

LETTER, REQUEST, REMINDER, RECEIPT = "letter", "completion_request", "reminder", "receipt"
PAYMENT, ESCALATION = "payment", "escalation"
WAIT, HANDED_OVER, WRITTEN_OFF = "wait", "handed_over", "written_off"
COMMUNICATION, COMMUNICATION_REMINDER = "communication", "communication_reminder"
ASKING = (REQUEST, REMINDER, COMMUNICATION, COMMUNICATION_REMINDER)
"""Letters that somebody is to answer."""
CLAIM, APPEAL = "claim", "appeal"
CLAIM_MADE, CLAIM_WAIVED = "claim_made", "claim_waived"
CLAIM_LOWERED = "claim_lowered"
CLAIM_REDUCED, CLAIM_LET_GO, CLAIM_WITHDRAWN = "claim_reduced", "claim_let_go", "claim_withdrawn"
APPEAL_FORWARDED, APPEAL_DISMISSED = "appeal_forwarded", "appeal_dismissed"
HOOK = "webhook"
WRITTEN_OFF_BY_DEATH = "written_off_by_death"
TAKEN_UP = "taken_up"
OF_WRITING_OFF = (WRITTEN_OFF, WRITTEN_OFF_BY_DEATH)
_OF_CLAIMS = CLAIM_MADE, CLAIM_WAIVED, CLAIM_REDUCED, CLAIM_LET_GO, CLAIM_WITHDRAWN
_OF_DECISIONS = frozenset({LETTER, *OF_WRITING_OFF, *_OF_CLAIMS, APPEAL_FORWARDED, APPEAL_DISMISSED})


def put(
    session: Session, row: ApplicationRow, kind: str, number: int, payload: Payload, now: datetime
) -> None:
    """A message about an application. ``kind`` and ``number`` make its key: the same again is the same."""
    session.add(_message(row, key(row, kind, number), kind, payload, now))


def _message(
    row: ApplicationRow, key: str, kind: str, payload: Payload | TellingTo, now: datetime
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
    session: Session, row: ApplicationRow, kind: str, number: int, telling: Telling, now: datetime
) -> None:
    """A letter to each adult of an application."""
    session.add_all(letters(row, kind, number, telling, now))


def letters(
    row: ApplicationRow, kind: str, number: int, telling: Telling, now: datetime
) -> Iterator[MessageRow]:
    """The same, still to be written; the applicant's has the key that there would be for one. To who has died
    goes nothing but what somebody has decided."""
    for place, each in enumerate(addressees_of(row), start=1):
        if each.dead and kind not in _OF_DECISIONS:
            continue
        own = kind if place == 1 else f"{kind}.{place}"
        message: TellingTo = {**telling, "to": each.person}
        yield _message(row, key(row, own, number), kind, message, now)


def key(row: ApplicationRow, kind: str, number: int) -> str:
    """What a message of an application is known by."""
    return f"{row.id}.{kind}.{number}"


def tell(session: Session, row: ApplicationRow, event: str, now: datetime) -> None:
    """Tell the client that sent an application, and whoever wants to know of all, that it has changed."""
    session.add_all(notices(session, row, event, now))


def notices(session: Session, row: ApplicationRow, event: str, now: datetime) -> Iterator[MessageRow]:
    """The same, still to be written. A notice says which application and how it stands, and nothing about the
    person."""
    payload: CaseNotice = {
        "event": event,
        "application": row.id,
        "case_number": row.case_number,
        "municipality": row.tenant,
        "state": row.state,
        "time": now.isoformat(),
    }
    who = {"the_tenant": row.tenant, "the_client": row.client}
    known = session.info.setdefault(_TOLD, {})
    if (to := (row.tenant, row.client)) not in known:
        known[to] = session.connection().scalars(_WHO_WANTS_TO_KNOW, who).all()
    for hook in known[to]:
        key = f"{row.id}.{row.version}.{event}.{hook}"
        yield _message(row, key, f"{HOOK}:{hook}", payload, now)


def _who_wants_to_know() -> Select[str]:
    """The addresses that are told of an application: those of its client, and those that hear of all."""
    hook = WebhookRow
    return columns(col(hook.id)).where(
        col(hook.tenant) == bindparam("the_tenant", type_=String()),
        (col(hook.client) == bindparam("the_client", type_=String())) | col(hook.every).is_(True),
        col(hook.switched_off_at).is_(None),
    )


_WHO_WANTS_TO_KNOW = _who_wants_to_know()
_TOLD = "who wants to know"
"""Where a session remembers it, by municipality and client: it may have several applications of one."""
