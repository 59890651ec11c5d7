"""What people do: take a case, decide it, ask the applicant, hand it back, approve what another decided."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from decision_service.application.case_file import CaseFile
from decision_service.casework import steps
from decision_service.casework.gather import as_received
from decision_service.casework.office import Office
from decision_service.casework.remembered import remember
from decision_service.casework.rows import ConflictError, lock
from decision_service.installation.municipality import FourEyes
from decision_service.log import journal
from decision_service.log.journal import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import ApplicationRow, AssessmentRow, DecisionRow, State, TaskRow
from norms.fault import fault
from norms.validation import not_one_of

OUTCOMES = ("BIFALL", "DELAVSLAG", "AVSLAG", "AVVISNING")
_REFUSALS = ("AVSLAG", "AVVISNING")
_FOUR_EYES = {
    "BIFALL": FourEyes.GRANT,
    "DELAVSLAG": FourEyes.PARTLY,
    "AVSLAG": FourEyes.REFUSE,
    "AVVISNING": FourEyes.DISMISS,
}


@dataclass(frozen=True)
class Verdict:
    """A person's decision: outcome, what is granted in öre, and why."""

    outcome: str
    granted: int
    reason: str


def claim(
    office: Office, session: Session, tenant: str, application: str, who: str, version: int
) -> ApplicationRow:
    """Take a case. Raises NotFoundError, StaleError, and ConflictError when somebody else has it."""
    row, task = _task(session, tenant, application, version)
    if task.claimed_by not in (None, who):
        raise ConflictError(fault("case_taken"))
    now = office.clock()
    task.claimed_by = who
    session.add(task)
    _changed(session, row)
    _note(office, session, row, now, who, Action.CLAIMED)
    return row


def hand_back(
    office: Office,
    session: Session,
    tenant: str,
    application: str,
    who: str,
    version: int,
    *,
    to_machine: bool,
    reason: str,
) -> ApplicationRow:
    """Give a case back to the queue, or to the machine to look at it again.

    Raises NotFoundError, StaleError and ConflictError.
    """
    row, task = _own_task(session, tenant, application, who, version)
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
    tenant: str,
    application: str,
    who: str,
    version: int,
    questions: Sequence[str],
) -> ApplicationRow:
    """Ask the applicant for something. Raises NotFoundError, StaleError, ConflictError, InputError."""
    row, _ = _own_task(session, tenant, application, who, version)
    if not questions or not all(one.strip() for one in questions):
        raise InputError([fault("no_question", "questions")])
    wanted = [
        {"kind": "completion", "code": "FRÅGA_FRÅN_HANDLÄGGARE", "question": one.strip()} for one in questions
    ]
    steps.ask(office, session, row, wanted, office.clock(), journal.staff(who))
    return row


def decide(
    office: Office,
    session: Session,
    tenant: str,
    application: str,
    who: str,
    version: int,
    verdict: Verdict,
) -> ApplicationRow:
    """Decide a case, or put the decision before a second person where the municipality wants four eyes.

    Raises NotFoundError, StaleError, ConflictError, and InputError with every fault in the verdict.
    """
    row, task = _own_task(session, tenant, application, who, version)
    _check(verdict, _proposed(session, row))
    now = office.clock()
    if _needs_second(office, row, verdict, _proposed(session, row)):
        task.proposal = json.dumps(asdict(verdict), ensure_ascii=False)
        task.proposed_by = who
        session.add(task)
        _changed(session, row)
        _note(office, session, row, now, who, Action.PROPOSED, verdict.reason)
        return row
    _settle(office, session, row, verdict, now, who, None)
    return row


def approve(
    office: Office,
    session: Session,
    tenant: str,
    application: str,
    who: str,
    version: int,
    *,
    agrees: bool,
    reason: str,
) -> ApplicationRow:
    """A second person's word on a decision that waits for it. Raises as ``decide``."""
    row, task = _task(session, tenant, application, version)
    if task.proposal is None or task.proposed_by is None:
        raise ConflictError(fault("nothing_to_approve"))
    if task.proposed_by == who:
        raise ConflictError(fault("own_proposal"))
    now = office.clock()
    if agrees:
        _settle(office, session, row, Verdict(**json.loads(task.proposal)), now, task.proposed_by, who)
        return row
    if not reason.strip():
        raise InputError([fault("refusal_without_reason", "reason")])
    task.proposal, task.proposed_by = None, None
    session.add(task)
    _changed(session, row)
    _note(office, session, row, now, who, Action.NOT_APPROVED, reason)
    return row


def _settle(
    office: Office,
    session: Session,
    row: ApplicationRow,
    verdict: Verdict,
    now: datetime,
    who: str,
    second: str | None,
) -> None:
    assessment = _latest(session, row)
    proposed = _proposed(session, row)
    document = json.loads(assessment.document) if assessment is not None else _without_machine(office, row)
    document |= {"outcome": verdict.outcome, "automatic": False}
    document["calculation"] = {**document.get("calculation", {"lines": []}), "granted": verdict.granted}
    decision = uuid.uuid4().hex
    steps.settle(session, row, now)
    actor = journal.staff(who)
    if proposed is not None and proposed != (verdict.outcome, verdict.granted):
        entry = journal.override(
            row.id,
            decision,
            now,
            actor,
            proposed=proposed[0],
            proposed_amount=proposed[1],
            outcome=verdict.outcome,
            granted=verdict.granted,
            reason=verdict.reason,
            approved_by=second,
        )
    else:
        entry = journal.human_action(
            row.id,
            now,
            actor,
            Action.DECIDED,
            decision_id=decision,
            outcome=verdict.outcome,
            granted=verdict.granted,
            reason=verdict.reason,
            approved_by=second,
        )
    given = assessment.case_file if assessment is not None else json.dumps(as_received(row))
    remembered = remember(
        document,
        CaseFile.model_validate_json(given),
        granted=verdict.granted,
        evaluated=assessment is not None,
    )
    steps.write_decision(
        office,
        session,
        row,
        DecisionRow(
            application_id=row.id,
            id=decision,
            tenant=row.tenant,
            month=row.month,
            outcome=verdict.outcome,
            granted=verdict.granted,
            automatic=False,
            decided_at=now,
            decided_by=who,
            assessment=assessment.number if assessment is not None else 0,
            reason=verdict.reason,
            document=json.dumps(document, ensure_ascii=False),
            case_file=given,
            remembered=json.dumps(remembered, ensure_ascii=False),
        ),
        [entry],
    )


def _without_machine(office: Office, row: ApplicationRow) -> dict[str, Any]:
    """The decision document of a case that the machine never got to the end of: nothing is calculated."""
    sums = dict.fromkeys(("norm", "costs", "other_costs", "income", "result"))
    return {
        "proposed_outcome": None,
        "month": row.month,
        "municipality": row.tenant,
        "release": office.book.release,
        "calculation": {**sums, "lines": []},
        "rules": [],
        "reasons": [],
        "unconfirmed": [],
        "unread": [],
    }


def _check(verdict: Verdict, proposed: tuple[str, int] | None) -> None:
    faults = []
    if verdict.outcome not in OUTCOMES:
        faults.append(not_one_of(verdict.outcome, OUTCOMES, "outcome"))
    elif verdict.outcome in _REFUSALS and verdict.granted != 0:
        faults.append(fault("refusal_grants_nothing", "granted", outcome=verdict.outcome))
    elif verdict.outcome not in _REFUSALS and verdict.granted <= 0:
        faults.append(fault("grant_without_amount", "granted", outcome=verdict.outcome))
    deviates = (verdict.outcome, verdict.granted) != proposed
    if not verdict.reason.strip() and (deviates or verdict.outcome != "BIFALL"):
        faults.append(fault("decision_without_reason", "reason"))
    if faults:
        raise InputError(faults)


def _needs_second(
    office: Office, row: ApplicationRow, verdict: Verdict, proposed: tuple[str, int] | None
) -> bool:
    wanted = office.municipality(row.tenant).four_eyes
    deviates = (verdict.outcome, verdict.granted) != proposed
    return _FOUR_EYES[verdict.outcome] in wanted or (deviates and FourEyes.DEVIATE in wanted)


def _latest(session: Session, row: ApplicationRow) -> AssessmentRow | None:
    """The machine's newest evaluation, unless the application has changed since."""
    found = session.get(AssessmentRow, (row.id, row.assessments))
    return found if found is not None and found.made_at >= row.content_at else None


def _proposed(session: Session, row: ApplicationRow) -> tuple[str, int] | None:
    """The outcome and the amount in öre that the machine proposes, where it does."""
    found = _latest(session, row)
    if found is None:
        return None
    document = json.loads(found.document)
    outcome, granted = document["proposed_outcome"], document["calculation"]["granted"]
    return (outcome, granted) if outcome is not None and granted is not None else None


def _task(session: Session, tenant: str, application: str, version: int) -> tuple[ApplicationRow, TaskRow]:
    row = lock(session, tenant, application, version)
    task = session.get(TaskRow, row.id)
    if row.state != State.PERSON or task is None:
        raise ConflictError(fault("case_not_with_person", state=row.state))
    return row, task


def _own_task(
    session: Session, tenant: str, application: str, who: str, version: int
) -> tuple[ApplicationRow, TaskRow]:
    row, task = _task(session, tenant, application, version)
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
