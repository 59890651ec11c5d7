"""What people do: take a case, decide it, ask the applicant, hand it back, approve what another decided."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlmodel import Session

from decision_service.application.outcome import Outcome
from decision_service.casework import steps
from decision_service.casework.assessments import standing
from decision_service.casework.decisions import Verdict, make_decision
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, lock
from decision_service.decision.document import Reason, ReasonKind
from decision_service.installation.municipality import FourEyes
from decision_service.log import journal
from decision_service.log.journal import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import ApplicationRow, State, TaskRow
from norms.fault import fault

_FOUR_EYES: Mapping[Outcome, FourEyes] = {
    Outcome.GRANTED: FourEyes.GRANT,
    Outcome.GRANTED_IN_PART: FourEyes.PARTLY,
    Outcome.REFUSED: FourEyes.REFUSE,
    Outcome.DISMISSED: FourEyes.DISMISS,
}


def claim(
    office: Office, session: Session, municipality: str, application_id: str, who: str, version: int
) -> ApplicationRow:
    """Take a case; one that waits for the registers waits no longer. Raises NotFoundError, StaleError, and
    ConflictError when somebody else has it."""
    row = lock(session, municipality, application_id, version)
    now = office.clock()
    if row.state == State.REGISTERS:
        steps.hand_over(office, session, row, [steps.own_reason("VÄNTAN_AVBRUTEN")], now)
    task = _open_task(session, row)
    if task.claimed_by not in (None, who):
        raise ConflictError(fault("case_taken"))
    task.claimed_by = who
    session.add(task)
    _changed(session, row)
    _note(office, session, row, now, who, Action.CLAIMED)
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
) -> ApplicationRow:
    """Give a case back to the queue, or to the machine to look at it again.

    Raises NotFoundError, StaleError and ConflictError.
    """
    row, task = _own_task(session, municipality, application_id, who, version)
    now = office.clock()
    if to_machine:
        steps.back_to_machine(office, session, row, now, complete=False)
        _note(office, session, row, now, who, Action.HANDED_BACK, reason)
        return row
    task.claimed_by, task.proposal, task.proposed_by = None, None, None
    session.add(task)
    _changed(session, row)
    _note(office, session, row, now, who, Action.RELEASED, reason)
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
    row, _ = _own_task(session, municipality, application_id, who, version)
    if not questions or not all(one.strip() for one in questions):
        raise InputError([fault("no_question", "questions")])
    code = "FRÅGA_FRÅN_HANDLÄGGARE"
    wanted = [Reason(kind=ReasonKind.COMPLETION, code=code, question=one.strip()) for one in questions]
    steps.ask(office, session, row, wanted, office.clock(), journal.staff(who))
    return row


def decide(
    office: Office, session: Session, municipality: str, application_id: str, version: int, verdict: Verdict
) -> ApplicationRow:
    """Decide a case, or put the decision before a second person where the municipality wants four eyes.

    Raises NotFoundError, StaleError, ConflictError, and InputError with every fault in the verdict.
    """
    row, task = _own_task(session, municipality, application_id, verdict.by, version)
    assessment, now = standing(session, row), office.clock()
    proposed = assessment.document.proposal if assessment is not None else None
    _check(verdict, proposed)
    if not _needs_second(office, row, verdict, proposed):
        make_decision(office, session, row, verdict, json.loads(row.content), assessment, now)
        return row
    task.proposal = json.dumps(asdict(verdict), ensure_ascii=False)
    task.proposed_by = verdict.by
    session.add(task)
    _changed(session, row)
    _note(office, session, row, now, verdict.by, Action.PROPOSED, verdict.reason or "")
    return row


def approve(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    *,
    agrees: bool,
    reason: str,
) -> ApplicationRow:
    """A second person's word on a decision that waits for it. Raises as ``decide``."""
    row, task = _task(session, municipality, application_id, version)
    if task.proposal is None:
        raise ConflictError(fault("nothing_to_approve"))
    if task.proposed_by == who:
        raise ConflictError(fault("own_proposal"))
    now = office.clock()
    if agrees:
        verdict = replace(proposal_of(task), approved_by=who)
        content = json.loads(row.content)
        make_decision(office, session, row, verdict, content, standing(session, row), now)
        return row
    if not reason.strip():
        raise InputError([fault("refusal_without_reason", "reason")])
    task.proposal, task.proposed_by = None, None
    session.add(task)
    _changed(session, row)
    _note(office, session, row, now, who, Action.NOT_APPROVED, reason)
    return row


def _check(verdict: Verdict, proposed: tuple[Outcome, int] | None) -> None:
    faults = []
    outcome = Outcome(verdict.outcome)
    if outcome.refuses and verdict.granted != 0:
        faults.append(fault("refusal_grants_nothing", "granted", outcome=outcome.value))
    elif outcome.pays and verdict.granted <= 0:
        faults.append(fault("grant_without_amount", "granted", outcome=outcome.value))
    deviates = (outcome, verdict.granted) != proposed
    if not (verdict.reason or "").strip() and (deviates or outcome is not Outcome.GRANTED):
        faults.append(fault("decision_without_reason", "reason"))
    if faults:
        raise InputError(faults)


def _needs_second(
    office: Office, row: ApplicationRow, verdict: Verdict, proposed: tuple[Outcome, int] | None
) -> bool:
    wanted = office.municipality(row.tenant).four_eyes
    deviates = (verdict.outcome, verdict.granted) != proposed
    return _FOUR_EYES[verdict.outcome] in wanted or (deviates and FourEyes.DEVIATE in wanted)


def proposal_of(task: TaskRow) -> Verdict:
    """The decision that waits for a second person. Raises ValueError where none does."""
    if task.proposal is None:
        raise ValueError(task.application_id)
    said = json.loads(task.proposal)
    return Verdict(**{**said, "outcome": Outcome(said["outcome"])})


def _task(
    session: Session, municipality: str, application_id: str, version: int
) -> tuple[ApplicationRow, TaskRow]:
    row = lock(session, municipality, application_id, version)
    return row, _open_task(session, row)


def _open_task(session: Session, row: ApplicationRow) -> TaskRow:
    task = session.get(TaskRow, row.id)
    if row.state != State.HANDLAGGARE or task is None:
        raise ConflictError(fault("case_not_with_person", state=row.state))
    return task


def _own_task(
    session: Session, municipality: str, application_id: str, who: str, version: int
) -> tuple[ApplicationRow, TaskRow]:
    row, task = _task(session, municipality, application_id, version)
    if task.claimed_by != who:
        raise ConflictError(fault("case_not_taken"))
    return row, task


def _changed(session: Session, row: ApplicationRow) -> None:
    row.version += 1
    session.add(row)


def _note(
    office: Office,
    session: Session,
    row: ApplicationRow,
    now: datetime,
    who: str,
    action: Action,
    reason: str = "",
) -> None:
    entry = journal.human_action(row.id, now, journal.staff(who), action, reason=reason)
    office.log.append(session.connection(), row.tenant, entry)
