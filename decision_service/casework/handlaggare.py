"""What people do with a case before it is decided: take it, hand it back, ask the applicant."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel import Session, col, select

from decision_service.casework import steps
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, lock
from decision_service.casework.staff import signature
from decision_service.casework.task import changed, locked_task, note, open_task, own_task, require_own
from decision_service.decision.document import Reason, ReasonKind
from decision_service.log import journal
from decision_service.log.events import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, ApplicationState, NoteRow
from norms.fault import fault


def claim(
    office: Office, session: Session, municipality: str, application_id: str, who: str, version: int
) -> ApplicationRow:
    """Take a case; one that waits for the registers waits no longer. Raises NotFoundError, StaleError, and
    ConflictError when somebody else has it."""
    row = lock(session, municipality, application_id, version)
    now = office.clock()
    if row.state == ApplicationState.REGISTERS:
        steps.hand_over(office, session, row, [steps.own_reason("VÄNTAN_AVBRUTEN")], now)
    task = open_task(session, row)
    if task.claimed_by not in (None, who):
        raise ConflictError(fault("case_taken"))
    task.claimed_by = who
    session.add(task)
    changed(session, row)
    note(office, session, row, now, who, Action.CLAIMED)
    return row


def hand_back(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    *,
    to_machine: bool,
    reason: str,
    oversees: bool = False,
) -> ApplicationRow:
    """Give a case back to the queue, or to the machine to look at it again: one's own, or, for who
    ``oversees`` them, whoever's it is, for somebody may be away.

    Raises NotFoundError, StaleError and ConflictError.
    """
    row, task = locked_task(session, municipality, application_id, version)
    if not oversees or task.claimed_by is None:
        require_own(task, who)
    now = office.clock()
    if to_machine:
        steps.back_to_machine(office, session, row, now, complete=False, keep_claim=False)
        note(office, session, row, now, who, Action.HANDED_BACK, reason)
        return row
    task.claimed_by, task.proposal, task.proposed_by = None, None, None
    session.add(task)
    changed(session, row)
    note(office, session, row, now, who, Action.RELEASED, reason)
    return row


def write_note(
    office: Office, session: Session, municipality: str, application_id: str, who: str, text: str
) -> ApplicationRow:
    """A note in a case, whoever has taken it; the newest one again is the same. Raises NotFoundError,
    InputError, and ConflictError for one whose name is not known."""
    row = lock(session, municipality, application_id)
    if not text.strip():
        raise InputError([fault("empty_note", "text")])
    now, name = office.clock(), signature(office, session, municipality, who)
    newest = select(NoteRow).where(same_case(NoteRow, row)).order_by(col(NoteRow.at).desc())
    before = session.exec(newest.order_by(col(NoteRow.id).desc())).first()
    if before is not None and (before.by, before.text) == (who, text.strip()):
        return row
    session.add(
        NoteRow(
            id=uuid.uuid4().hex,
            application_id=row.id,
            tenant=municipality,
            at=now,
            by=who,
            name=name,
            text=text.strip(),
        )
    )
    note(office, session, row, now, who, Action.NOTED, text.strip())
    return row


def ask_applicant(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    questions: Sequence[str],
) -> ApplicationRow:
    """Ask the applicant for something. Raises NotFoundError, StaleError, ConflictError, InputError."""
    row, _ = own_task(session, municipality, application_id, who, version)
    if not questions or not all(one.strip() for one in questions):
        raise InputError([fault("no_question", "questions")])
    code = "FRÅGA_FRÅN_HANDLÄGGARE"
    wanted = [Reason(kind=ReasonKind.COMPLETION, code=code, question=one.strip()) for one in questions]
    steps.ask(office, session, row, wanted, office.clock(), journal.staff(who))
    return row
