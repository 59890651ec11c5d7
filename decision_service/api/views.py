"""What is shown of an application, a task and a decision. No more than whoever asks may know."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from decision_service.casework import steps
from decision_service.store.tables import (
    ApplicationRow,
    AssessmentRow,
    DecisionRow,
    State,
    TaskRow,
)

Json = dict[str, Any]


def application(session: Session, row: ApplicationRow) -> Json:
    """Where an application stands, without a word about the person. The same for a protected person."""
    found: Json = {
        "id": row.id,
        "municipality": row.tenant,
        "month": row.month,
        "state": row.state,
        "version": row.version,
        "received_at": moment(row.received_at),
        "answer_by": moment(answer_by(row)),
        "clock": "går" if row.state in _RUNNING else "står",
        "completion": None,
        "decision": None,
    }
    if row.state == State.WAITING:
        asked = steps.open_completion(session, row)
        if asked is not None:
            found["completion"] = {
                "number": asked.number,
                "answer_by": moment(asked.due_at),
                "asked": [_asked(each) for each in json.loads(asked.asked)],
            }
    if row.state == State.DECIDED:
        found["decision"] = brief(session.get_one(DecisionRow, row.id))
    return found


_RUNNING = (State.RECEIVED, State.EXAMINED, State.PERSON)


def answer_by(row: ApplicationRow) -> datetime | None:
    """When the next step is due from the municipality; None when it waits for nobody there."""
    if row.state == State.PERSON:
        return row.person_due_at
    return row.deadline_at if row.state in _RUNNING else None


def brief(decision: DecisionRow) -> Json:
    """A decision in a line: amounts in öre."""
    return {
        "id": decision.id,
        "outcome": decision.outcome,
        "granted": decision.granted,
        "automatic": decision.automatic,
        "decided_at": moment(decision.decided_at),
    }


def decision(found: DecisionRow) -> Json:
    """A decision with its calculation, line by line."""
    document = json.loads(found.document)
    return {
        **brief(found),
        "reason": found.reason,
        "release": document.get("release"),
        "calculation": document.get("calculation"),
    }


def task(row: ApplicationRow, found: TaskRow) -> Json:
    """A task in a list. Never says what it is about: that could be that the person is protected."""
    return {
        "application": row.id,
        "municipality": row.tenant,
        "month": row.month,
        "version": row.version,
        "opened_at": moment(found.opened_at),
        "answer_by": moment(row.person_due_at),
        "escalation": row.escalation,
        "breached": row.breached_at is not None,
        "claimed_by": found.claimed_by,
        "awaits_approval": found.proposal is not None,
        "question_count": len(json.loads(found.reasons)),
    }


def whole_task(session: Session, row: ApplicationRow, found: TaskRow) -> Json:
    """Everything a person needs to decide: the questions, what the machine proposes, the calculation."""
    assessment = session.exec(
        select(AssessmentRow)
        .where(AssessmentRow.application_id == row.id)
        .order_by(col(AssessmentRow.number).desc())
    ).first()
    document = json.loads(assessment.document) if assessment is not None else {}
    return {
        **task(row, found),
        "protected": row.protected,
        "questions": json.loads(found.reasons),
        "proposed_outcome": document.get("proposed_outcome"),
        "calculation": document.get("calculation"),
        "unconfirmed": document.get("unconfirmed", []),
        "unread": document.get("unread", []),
        "awaiting": json.loads(found.proposal) if found.proposal is not None else None,
        "content": json.loads(row.content),
    }


def moment(found: datetime | None) -> str | None:
    """A moment in UTC."""
    return found.isoformat().replace("+00:00", "Z") if found is not None else None


def _asked(reason: Json) -> Json:
    return {name: reason.get(name, "") for name in ("code", "question", "label", "fact", "provision")}
