"""The letters of a case: what the letter wing needs to know, taken from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from decision_service.casework.office import Office
from decision_service.casework.payments import pay_day
from decision_service.decision.document import Decision, Reason
from decision_service.outputs.letter import Letter, LetterContext, Sender, decision_letter, notice
from decision_service.outputs.letter_texts import NoticeKind
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.tables import ApplicationRow


def letter_of(office: Office, row: ApplicationRow, decision: Decision, certificate: str) -> Letter:
    """The letter of a decision, with the proof that it stands in the log. Raises LetterError."""
    return decision_letter(
        decision,
        LetterContext(
            sender=_sender(office, row.tenant),
            reference=row.id,
            received=swedish_day(row.received_at),
            payment=pay_day(office, decision),
            proof=certificate,
        ),
    )


def notice_of(
    office: Office, row: ApplicationRow, kind: NoticeKind, asked: Sequence[Reason], due: datetime | None
) -> Letter:
    """A letter that says an application has come, asks for what is missing by ``due``, or reminds of it.

    Raises LetterError.
    """
    context = LetterContext(
        sender=_sender(office, row.tenant),
        reference=row.id,
        received=swedish_day(row.received_at),
        complete_by=swedish_day(due) if due is not None else None,
    )
    return notice(kind, row.month, asked, context)


def _sender(office: Office, municipality: str) -> Sender:
    found = office.municipality(municipality)
    given = found.sender
    return Sender(found.name, given.board, given.address, given.contact, given.court)
