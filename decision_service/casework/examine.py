"""The machine looks at an application: begin, ask the registers, evaluate, and write what came of it.

Nothing is held while registers and engines work. Before anything is written the row is read again: whoever
has changed it meanwhile wins, and the machine starts over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlmodel import Session

import audit
from audit.errors import RowError
from decision_service.application.outcome import Outcome
from decision_service.casework import gather, raised, search, steps
from decision_service.casework.assessments import Numbered
from decision_service.casework.decisions import MonthPaidError, Verdict, make_decision
from decision_service.casework.gather import Gathered
from decision_service.casework.office import Office
from decision_service.casework.protection import spread
from decision_service.casework.rows import NotFoundError, lock
from decision_service.decision import protection
from decision_service.decision.document import Assessment, ReasonKind
from decision_service.evaluation import CrashError, Evaluated
from decision_service.log import journal, vouched
from decision_service.reading.kronor import without_decimals
from decision_service.reading.strict_json import InputError
from decision_service.registers.port import Answers
from decision_service.store.database import reading, transaction
from decision_service.store.tables import FOR_THE_MACHINE, ApplicationRow, AssessmentRow, State, TaskRow

ATTEMPTS = 3
"""As often a case may take its evaluation down; then a person has it."""

_log = structlog.get_logger()


class OvertakenError(Exception):
    """Somebody in the case has got another decision while the machine looked at this case."""


class Examined(NamedTuple):
    """What was written: the assessment, and how much was left of the machine's time."""

    assessment: Assessment
    margin: timedelta


def examine(office: Office, municipality: str, application_id: str) -> Examined | None:
    """Look at an application that waits for the machine. Does nothing for one that does not: None.

    Never raises for what a case does to the engines: such a case is tried again, and then goes to a person.
    """
    with office.leases.holding(municipality, application_id):
        try:
            row = _begin(office, municipality, application_id)
        except RowError as error:  # nobody can read what it says; the log's check and readiness tell of it
            _log.critical("row_not_as_logged", application=application_id, why=str(error))
            return None
        return _examined(office, row) if row is not None else None


def _examined(office: Office, row: ApplicationRow) -> Examined | None:
    application_id = row.id
    content = json.loads(row.content)
    answers = gather.ask_registers(office, row, content)
    registers = {key: without_decimals(dict(one.agencies)) for key, one in answers.items()}
    try:
        with reading(office.engine) as session:
            gathered = gather.gather(office, session, row, content, registers)
        found = office.evaluators_of(row.month).assess(gathered.text.encode())
    except RowError as error:
        _log.critical("row_not_as_logged", application=application_id, why=str(error))
        _give_up(office, row, "UPPGIFT_INTE_DEN_LOGGADE")
        return None
    except InputError as error:
        faults = [str(each) for each in error.faults]
        _log.error("case_unreadable", application=application_id, faults=faults)
        _give_up(office, row, "ÄRENDET_GÅR_INTE_ATT_LÄSA")
        return None
    except CrashError as error:
        _log.error("evaluation_crashed", application=application_id, attempt=row.attempts, error=str(error))
        if row.attempts >= ATTEMPTS:
            _give_up(office, row, "PRÖVNING_AVBRÖTS")
        else:
            _again(office, row)
        return None
    try:
        written = _write(office, row, gathered, answers, found)
    except (OvertakenError, MonthPaidError):
        _log.warning("case_overtaken", application=application_id)
        _again(office, row)
        return None
    return Examined(found.assessment, row.deadline_at - office.clock()) if written else None


def _write(
    office: Office, row: ApplicationRow, gathered: Gathered, answers: Mapping[str, Answers], found: Evaluated
) -> bool:
    """Everything that came of it, or nothing (False) where the row has changed. Raises OvertakenError."""
    now = office.clock()
    with transaction(office.engine) as session:
        current = lock(session, row.tenant, row.id)
        if current.version != row.version or current.state != State.EXAMINED:
            return False
        before = []
        if answers:
            asked = {
                key: {str(name): how.value for name, how in one.status.items()}
                for key, one in answers.items()
            }
            before = [journal.facts(row.id, now, asked=asked, answers=gathered.case["registers"])]
        with session.no_autoflush:  # all is written when it is logged, and each row once
            _assessed(office, session, current, gathered, found, now, before)
        # Whoever decides writes in the log, and the log is ours from here on: nothing can come after this.
        if gather.decisions_about(session, current, gathered.persons) != gathered.decisions:
            raise OvertakenError
    return True


def _assessed(
    office: Office,
    session: Session,
    row: ApplicationRow,
    gathered: Gathered,
    found: Evaluated,
    now: datetime,
    before: Sequence[audit.Entry],
) -> None:
    """Write down an assessment, and what follows: a decision, a request to the applicant, a task for
    a handläggare, or a day to wait for. ``before`` are entries for the log that come before it."""
    assessment = found.assessment
    row.assessments += 1
    row.next_run_at, row.attempts = None, 0
    if not row.protected and protection.tells_of_protected(assessment):
        row.protected = True
        spread(office, session, row)
    session.add(
        AssessmentRow(
            application_id=row.id,
            number=row.assessments,
            tenant=row.tenant,
            made_at=now,
            release=assessment.release,
            outcome=assessment.outcome,
            automatic=assessment.automatic,
            month=row.month,
            fired=search.fired(assessment),
            asked=search.asked(assessment),
            document=found.text,
            case_file=gathered.text,
        )
    )
    noted = raised.note_assessed(session, row, assessment, gathered.case, now)
    assessed = journal.assessed(row.id, row.assessments, now, found.text, gathered.case)
    entries = [*before, assessed, *noted.entries]
    task = session.get(TaskRow, (row.tenant, row.id))
    kept = noted.kept if assessment.outcome.decides or assessment.outcome is Outcome.HANDLAGGARE else ()
    if assessment.outcome is Outcome.HANDLAGGARE or task is not None or kept:
        # Whoever has taken the case and answered its questions decides it, and what was asked before a
        # register fell silent is asked still.
        reasons = (*assessment.reasons, *kept) or (steps.own_reason("FRÅGORNA_BESVARADE"),)
        steps.hand_over(office, session, row, reasons, now, assessment.proposed_outcome)
        steps.write_log(office, session, row, entries)
    elif assessment.outcome is Outcome.COMPLETION:
        wanted = [each for each in assessment.reasons if each.kind is ReasonKind.COMPLETION]
        steps.ask(office, session, row, wanted, now, journal.MACHINE, entries)
    elif assessment.outcome is Outcome.COMMUNICATION:
        _communicate(office, session, row, assessment, now, entries)
    elif assessment.waits_until is not None:
        steps.wait(office, session, row, assessment.waits_until, now, entries)
    else:
        verdict, rests_on = _verdict(assessment), Numbered(row.assessments, assessment)
        make_decision(office, session, row, verdict, gathered.case, rests_on, now, entries)


def _communicate(
    office: Office,
    session: Session,
    row: ApplicationRow,
    assessment: Assessment,
    now: datetime,
    entries: Sequence[audit.Entry],
) -> None:
    """Tell the applicant of the payments that a decision against the application would rest on."""
    told = [each for each in assessment.reasons if each.kind is ReasonKind.COMMUNICATION]
    about = {each.subject for each in told}
    shown = [each.payment for each in assessment.incomes if each.id in about]
    if assessment.answer_days is None or len(shown) != len(told):
        raise ValueError("an assessment that tells the applicant something says of which payments, and days")
    steps.communicate(office, session, row, told, shown, assessment.answer_days, now, entries)


def _verdict(assessment: Assessment) -> Verdict:
    """The machine's own decision: what it proposes."""
    if assessment.proposal is None:
        raise ValueError("an assessment that decides proposes an outcome and an amount")
    outcome, granted = assessment.proposal
    return Verdict(outcome, granted)


def _begin(office: Office, municipality: str, application_id: str) -> ApplicationRow | None:
    """Note that a worker has it, so that a case that kills its worker is known by its attempts."""
    now = office.clock()
    with transaction(office.engine) as session:
        try:
            row = lock(session, municipality, application_id)
        except NotFoundError:
            return None
        if row.state not in FOR_THE_MACHINE or _taken(row, now):
            return None
        if row.attempts >= ATTEMPTS:
            _hand_over(office, session, row, "PRÖVNING_AVBRÖTS", now)
            return None
        row.state = State.EXAMINED
        row.attempts += 1
        row.version += 1
        row.next_run_at = now + office.leases.length
        session.add(row)
        return row


def _taken(row: ApplicationRow, now: datetime) -> bool:
    """Whether another worker is at it."""
    return row.state == State.EXAMINED and row.next_run_at is not None and row.next_run_at > now


def _again(office: Office, row: ApplicationRow) -> None:
    with transaction(office.engine) as session:
        current = lock(session, row.tenant, row.id)
        if current.version == row.version:
            current.state, current.next_run_at = State.RECEIVED, office.clock()
            current.version += 1
            session.add(current)


def _give_up(office: Office, row: ApplicationRow, code: str) -> None:
    with transaction(office.engine) as session:
        current = lock(session, row.tenant, row.id)
        if current.version == row.version:
            _hand_over(office, session, current, code, office.clock())


def _hand_over(office: Office, session: Session, row: ApplicationRow, code: str, now: datetime) -> None:
    steps.hand_over(office, session, row, [steps.own_reason(code)], now)
    entry = journal.handed_over(row.id, now, journal.Handover.EVALUATION_FAILED)
    vouched.append(office.log, session, row.tenant, [entry])
