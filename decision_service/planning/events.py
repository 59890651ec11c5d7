"""Notices that something has happened with a participant, to whoever wants to know of all that happens."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import Session, col, select

from decision_service.outputs.payload import ParticipantNotice
from decision_service.store.tables import MessageRow, ParticipantRow, WebhookRow

HOOK = "webhook"


def tell(session: Session, row: ParticipantRow, step: str, now: datetime) -> None:
    """Tell which participant and what kind of step, and nothing about the person. Delivered as every other
    notice, once for each version."""
    hooks = select(WebhookRow).where(WebhookRow.tenant == row.tenant, col(WebhookRow.every).is_(True))
    event = f"participant.{step}"
    for hook in session.exec(hooks):
        payload: ParticipantNotice = {
            "event": event,
            "participant": row.case_id,
            "municipality": row.tenant,
            "version": row.version,
            "time": now.isoformat(),
        }
        session.add(
            MessageRow(
                key=f"{row.case_id}.{row.version}.{event}.{hook.id}",
                tenant=row.tenant,
                application_id=row.case_id,
                kind=f"{HOOK}:{hook.id}",
                payload=json.dumps(payload, ensure_ascii=False),
                created_at=now,
                next_attempt_at=now,
            )
        )
