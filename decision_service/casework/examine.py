"""The machine looks at an application: begin, ask the registers, evaluate, and write what came of it.

Nothing is held while registers and engines work. Before anything is written the row is read again: whoever
has changed it meanwhile wins, and the machine starts over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlmodel import Session

from decision_service.application.case_file import CaseFile
from decision_service.casework import gather, steps
from decision_service.casework.gather import Gathered
from decision_service.casework.office import Office
from decision_service.casework.rows import NotFoundError, lock
from decision_service.evaluation import CrashError
from decision_service.log import journal
from decision_service.reading.faults import validated
from decision_service.reading.kronor import without_decimals
from decision_service.reading.strict_json import InputError
from decision_service.registers.port import Answers
from decision_service.store.database import reading, transaction
from decision_service.store.tables import FOR_THE_MACHINE, ApplicationRow, State

LEASE = timedelta(seconds=60)
"""How long a worker has for a case before the sweep hands it to another."""
ATTEMPTS = 3
"""As often a case may take its evaluation down; then a person has it."""

_log = structlog.get_logger()


class OvertakenError(Exception):
    """The applicant has got another decision while the machine looked at this case."""


class Examined(NamedTuple):
    """What was written: the decision document, and how much was left of the machine's time."""

    document: gather.Json
    margin: timedelta


def examine(office: Office, tenant: str, application: str) -> Examined | None:
    """Look at an application that waits for the machine. Does nothing for one that does not: None.

    Never raises for what a case does to the engines: such a case is tried again, and then goes to a person.
    """
    row = _begin(office, tenant, application)
    if row is None:
        return None
    content = json.loads(row.content)
    answers = gather.ask_registers(office, row, content)
    registers = {key: without_decimals(dict(one.agencies)) for key, one in answers.items()}
    with reading(office.engine) as session:
        gathered = gather.gather(office, session, row, registers)
    try:
        case = validated(CaseFile, gathered.case)
        document = office.evaluators.decide(json.dumps(gathered.case, ensure_ascii=False).encode())
    except InputError as error:
        _log.error("case_unreadable", application=application, faults=[str(each) for each in error.faults])
        _give_up(office, row, "ÄRENDET_GÅR_INTE_ATT_LÄSA")
        return None
    except CrashError as error:
        _log.error("evaluation_crashed", application=application, attempt=row.attempts, error=str(error))
        if row.attempts >= ATTEMPTS:
            _give_up(office, row, "PRÖVNING_AVBRÖTS")
        else:
            _again(office, row)
        return None
    try:
        written = _write(office, row, case, gathered, answers, document)
    except OvertakenError:
        _log.warning("case_overtaken", application=application)
        _again(office, row)
        return None
    return Examined(document, row.deadline_at - office.clock()) if written else None


def _write(
    office: Office,
    row: ApplicationRow,
    case: CaseFile,
    gathered: Gathered,
    answers: Mapping[str, Answers],
    document: gather.Json,
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
        steps.assessed(office, session, current, case, document, now, before)
        # Whoever decides writes in the log, and the log is ours from here on: nothing can come after this.
        if document["automatic"] and gather.decisions_about(session, current) != gathered.decisions:
            raise OvertakenError
    return True


def _begin(office: Office, tenant: str, application: str) -> ApplicationRow | None:
    """Note that a worker has it, so that a case that kills its worker is known by its attempts."""
    now = office.clock()
    with transaction(office.engine) as session:
        try:
            row = lock(session, tenant, application)
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
        row.next_run_at = now + LEASE
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
    office.log.append(session.connection(), row.tenant, entry)
