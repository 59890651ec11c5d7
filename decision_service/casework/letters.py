"""The letters of a case: what the letter wing needs to know, taken from the rows."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from decision_service.casework.office import Office
from decision_service.outputs.letter import Letter, LetterContext, Sender, render
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.tables import ApplicationRow, DecisionRow


def letter_of(
    office: Office, row: ApplicationRow, decision: DecisionRow, payment: date | None, certificate: str
) -> Letter:
    """The letter of a decision, with the proof that it stands in the log. Raises LetterError."""
    document: dict[str, Any] = json.loads(decision.document)
    return render(
        document,
        LetterContext(
            sender=_sender(office, row.tenant),
            reference=row.id,
            received=swedish_day(row.received_at),
            decided=swedish_day(decision.decided_at),
            payment=payment,
            decided_by="" if decision.automatic else decision.decided_by,
            motivation=decision.reason or "",
            proof=certificate,
        ),
    )


def request_of(office: Office, row: ApplicationRow, outcome: str, payload: dict[str, Any]) -> Letter:
    """A letter that says an application has come, asks for what is missing, or reminds of it.

    Raises LetterError.
    """
    due = payload.get("due")
    return render(
        {"outcome": outcome, "month": row.month, "reasons": payload.get("asked", [])},
        LetterContext(
            sender=_sender(office, row.tenant),
            reference=row.id,
            received=swedish_day(row.received_at),
            complete_by=swedish_day(datetime.fromisoformat(due)) if due else None,
        ),
    )


def _sender(office: Office, tenant: str) -> Sender:
    municipality = office.municipality(tenant)
    given = municipality.sender
    return Sender(municipality.name, given.board, given.address, given.contact, given.court)
