"""The machine looks at an application: begin, ask the registers, evaluate, and write what came of it.

Nothing is held while registers and engines work. Before anything is written the row is read again: whoever
has changed it meanwhile wins, and the machine starts over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import NamedTuple, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

import audit
from audit.errors import RowError
from decision_service.application.outcome import Outcome
from decision_service.casework import decisions, gather, raised, search, steps
from decision_service.casework.decisions import DecisionMade, MonthPaidError, Verdict
from decision_service.casework.gather import AskedApplication, Gathered, OvertakenError
from decision_service.casework.office import Office
from decision_service.casework.rows import lock, lock_all
from decision_service.decision import protection
from decision_service.decision.document import Findings, ReasonKind
from decision_service.evaluation import CrashError, Evaluated
from decision_service.log import journal, vouched
from decision_service.log.events import Handover
from decision_service.planning.protection import hold, note_answers
from decision_service.reading.our_fault import sort_and_place
from decision_service.reading.strict_json import InputError
from decision_service.registers.ssbtek import marks_of
from decision_service.store.database import reading, transaction
from decision_service.store.tables import (
    FOR_THE_MACHINE,
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    CompletionRow,
    DecisionRow,
    QuestionRow,
    TaskRow,
)

ATTEMPTS = 3
"""As often a case may take its evaluation down; then a person has it."""
AWAY = (OperationalError, InterfaceError)
"""What a database says that cannot do its work now, whatever the case is."""

_AT_ONCE = nullcontext()
"""The turn of one that waits for none."""

A = TypeVar("A")
B = TypeVar("B")

_log = structlog.get_logger()


class Examined(NamedTuple):
    """What was written: what the assessment came to, how much was left of the machine's time, the application
    as it stands now, and the decision on it where the machine made one."""

    findings: Findings
    margin: timedelta
    row: ApplicationRow
    decision: DecisionRow | None


class _Assessed(NamedTuple):
    """What is known of an application, and what came of it."""

    gathered: Gathered
    found: Evaluated
    hides: bool
    """Whether somebody in it is protected, so that others may be hidden with it from now on. Their rows are
    locked then, and whoever has the log may lock no more: such a one is written alone, before the log is
    anybody's."""

    @property
    def row(self) -> ApplicationRow:
        return self.gathered.asked.row


def examine(office: Office, municipality: str, application_id: str) -> Examined | None:
    """Look at an application that waits for the machine. Does nothing for one that does not: None.

    Never raises for what a case does to the engines: such a case is tried again, and then goes to a person.
    """
    return next(iter(examine_all(office, municipality, [application_id])), None)


def examine_all(
    office: Office,
    municipality: str,
    applications: Sequence[str],
    turn: AbstractContextManager[object] = _AT_ONCE,
    writing: AbstractContextManager[object] = _AT_ONCE,
) -> list[Examined]:
    """The same of some applications of one municipality side by side, for a question to the database costs as
    much for one as for all. What is reckoned when the registers have answered waits for a ``turn``, and to be
    written for another, ``writing``: whoever waits for the log of a municipality has nobody else's.

    None can harm another: where something goes wrong with all, each is looked at alone, and so is from the
    beginning one that a worker has begun with before, which may be what ended that worker. Raises the first
    that went wrong with one alone, when the others are done.
    """
    wrong = list[_Wrong]()
    with office.leases.holding(municipality, applications):
        rows = _begun(office, municipality, applications)
        asked = _asked(office, rows, wrong)
        with turn:
            gathered = _together(partial(_gathered, office), asked, wrong, attrgetter("row.id"))
            assessed = _each_alone(partial(_evaluated, office), gathered, wrong, attrgetter("asked.row.id"))
        with writing:
            write, of = partial(_written, office), attrgetter("row.id")
            written = _together(write, [each for each in assessed if not each.hides], wrong, of)
            written += _each_alone(write, [each for each in assessed if each.hides], wrong, of)
    if len(applications) > 1:
        left = set(applications) - {row.id for row in rows}
        written += _each_alone(partial(examine_all, office, municipality), sorted(left), wrong, str)
        for application, error in wrong:
            _log.error("examine_failed", application=application, error=sort_and_place(error))
    if wrong:
        failed = {application for application, error in wrong if isinstance(error, AWAY)}
        _give_back(office, [row for row in rows if row.id in failed])
        raise wrong[0][1]
    return written


_Wrong = tuple[str, Exception]
"""An application, and what went wrong with it."""


def _together(
    work: Callable[[Sequence[A]], list[B]], given: Sequence[A], wrong: list[_Wrong], of: Callable[[A], str]
) -> list[B]:
    """What comes of all at once, or of each alone where that goes wrong."""
    if len(given) > 1:
        try:
            return work(given)
        except Exception as error:  # whatever it is, it may be of one alone
            _log.warning("not_together", applications=[*map(of, given)], error=sort_and_place(error))
    return _each_alone(work, given, wrong, of)


def _each_alone(
    work: Callable[[Sequence[A]], list[B]], given: Sequence[A], wrong: list[_Wrong], of: Callable[[A], str]
) -> list[B]:
    """What comes of each; what goes wrong is noted, with the application that it is ``of``, and keeps no
    other from it."""
    found = list[B]()
    for one in given:
        try:
            found += work([one])
        except Exception as error:  # the caller raises it
            wrong.append((of(one), error))
    return found


def _begun(office: Office, municipality: str, applications: Sequence[str]) -> list[ApplicationRow]:
    """The applications that this worker has from now on."""
    try:
        return _begin(office, municipality, applications)
    except Exception as error:
        if len(applications) > 1:  # then each alone
            _log.warning("not_together", applications=[*applications], error=sort_and_place(error))
            return []
        if not isinstance(error, RowError):
            raise
        # nobody can read what it says; the log's check and readiness tell of it
        _log.critical("row_not_as_logged", application=applications[0], why=str(error))
        return []


def _asked(office: Office, rows: Sequence[ApplicationRow], wrong: list[_Wrong]) -> list[AskedApplication]:
    """The applications of whose people the registers have been asked."""
    found = list[AskedApplication]()
    for row, one in zip(rows, gather.ask_registers(office, rows), strict=True):
        if isinstance(one, Exception):
            wrong.append((row.id, one))
        else:
            found.append(one)
    return found


def _gathered(office: Office, asked: Sequence[AskedApplication]) -> list[Gathered]:
    try:
        with reading(office.engine) as session:
            return gather.gather(office, session, asked)
    except Exception as error:
        if len(asked) > 1:
            raise
        _put_aside(office, asked[0].row, error)
        return []


def _evaluated(office: Office, gathered: Sequence[Gathered]) -> list[_Assessed]:
    found = list[_Assessed]()
    for each in gathered:
        row = each.asked.row
        try:
            of_it = office.evaluators_of(row.month).assess(each.text.encode())
            hides = row.protected or protection.tells_of_protected(of_it.findings)
            found.append(_Assessed(each, of_it, hides))
        except Exception as error:
            _put_aside(office, row, error)
    return found


def _put_aside(office: Office, row: ApplicationRow, error: Exception) -> None:
    """What becomes of a case that cannot be examined: a person has it, or it is tried again. Raises what is
    no fault of the case."""
    match error:
        case RowError():
            _log.critical("row_not_as_logged", application=row.id, why=str(error))
            _give_up(office, row, "UPPGIFT_INTE_DEN_LOGGADE")
        case InputError():
            _log.error("case_unreadable", application=row.id, faults=[str(each) for each in error.faults])
            _give_up(office, row, "ÄRENDET_GÅR_INTE_ATT_LÄSA")
        case CrashError():
            _log.error("evaluation_crashed", application=row.id, attempt=row.attempts, error=str(error))
            if row.attempts >= ATTEMPTS:
                _give_up(office, row, "PRÖVNING_AVBRÖTS")
            else:
                _again(office, row)
        case _:
            raise error


def _give_back(office: Office, rows: Sequence[ApplicationRow]) -> None:
    """What the database could not do, as where its disk is full, is no fault of the cases: that they were
    begun is not counted. Where that cannot be written either, they cannot be begun again."""
    with suppress(*AWAY), transaction(office.engine) as session:
        for row in rows:
            current = lock(session, row.tenant, row.id)
            if current.version == row.version:
                current.attempts -= 1
                session.add(current)


def _written(office: Office, assessed: Sequence[_Assessed]) -> list[Examined]:
    try:
        return _write(office, assessed)
    except (OvertakenError, MonthPaidError):
        if len(assessed) > 1:
            raise
        _log.warning("case_overtaken", application=assessed[0].row.id)
        _again(office, assessed[0].row)
        return []


def _write(office: Office, assessed: Sequence[_Assessed]) -> list[Examined]:
    """Everything that came of it, but for applications that have changed: what was written.
    Raises OvertakenError and MonthPaidError."""
    now = office.clock()
    with transaction(office.engine) as session:
        if any(each.hides for each in assessed):
            hold(office, session, assessed[0].row.tenant)
        rows = lock_all(session, assessed[0].row.tenant, [each.row.id for each in assessed])
        current = {row.id: row for row in rows if row.state == ApplicationState.EXAMINED}
        still = [
            each
            for each in assessed
            if each.row.id in current and current[each.row.id].version == each.row.version
        ]
        with session.no_autoflush:  # all is written when it is logged, and each row once
            made = [_assessed(office, session, current[each.row.id], each, now) for each in still]
            decisions.log(office, session, [each for each in made if each is not None])
        # Whoever decides writes in the log, and the log is ours from here on: nothing can come after this.
        gather.require_the_same_decisions(session, [each.gathered for each in still])
    done = office.clock()
    return [
        Examined(
            each.found.findings,
            each.row.deadline_at - done,
            current[each.row.id],
            decided.decision if decided is not None else None,
        )
        for each, decided in zip(still, made, strict=True)
    ]


def _assessed(
    office: Office, session: Session, row: ApplicationRow, assessed: _Assessed, now: datetime
) -> DecisionMade | None:
    """Write down an assessment, and what follows: a request to the applicant, a task for a handläggare, or a
    day to wait for, logged, or a decision that is still to be logged."""
    gathered, found = assessed.gathered, assessed.found
    findings = found.findings
    row.assessments += 1
    row.next_run_at, row.attempts = None, 0
    of_grounds = list[audit.Entry]()
    if assessed.hides:
        row.protected = True
        marks = {person: marks_of(one.agencies) for person, one in gathered.asked.registers.items()}
        of_grounds = note_answers(office, session, row, marks)
    session.add(
        AssessmentRow(
            application_id=row.id,
            number=row.assessments,
            tenant=row.tenant,
            made_at=now,
            release=findings.release,
            outcome=findings.outcome,
            automatic=findings.automatic,
            month=row.month,
            fired=search.fired(findings),
            asked=search.asked(findings),
            document=found.text,
            case_file=gathered.text,
        )
    )
    never_asked = QuestionRow not in gathered.has
    noted = raised.note_assessed(session, row, found, gathered.case, now, never_asked=never_asked)
    entries = [
        *of_grounds,
        *_facts(gathered, now),
        journal.assessed(row.id, row.assessments, now, findings, found.members, gathered.case),
        *noted.entries,
    ]
    task = session.get(TaskRow, (row.tenant, row.id)) if TaskRow in gathered.has else None
    kept = noted.kept if findings.outcome.decides or findings.outcome is Outcome.HANDLAGGARE else ()
    if findings.outcome is Outcome.HANDLAGGARE or task is not None or kept:
        # Whoever has taken the case and answered its questions decides it, and what was asked before a
        # register fell silent is asked still.
        reasons = (*findings.reasons, *kept) or (steps.own_reason("FRÅGORNA_BESVARADE"),)
        steps.hand_over(office, session, row, reasons, now, findings.proposed_outcome)
        steps.write_log(office, session, row, entries)
    elif findings.outcome is Outcome.COMPLETION:
        wanted = [each for each in findings.reasons if each.kind is ReasonKind.COMPLETION]
        steps.ask(office, session, row, wanted, now, journal.MACHINE, entries)
    elif findings.outcome is Outcome.COMMUNICATION:
        _communicate(office, session, row, findings, now, entries)
    elif findings.waits_until is not None:
        steps.wait(office, session, row, findings.waits_until, now, entries)
    else:
        verdict, rests_on = _verdict(findings), (row.assessments, findings)
        settled = not gathered.has & {TaskRow, CompletionRow}
        return decisions.made(
            office, session, row, verdict, gathered.case, rests_on, now, before=entries, settled=settled
        )
    return None


def _facts(gathered: Gathered, now: datetime) -> Iterator[audit.Entry]:
    """The entry that tells what the registers answered, where they were asked."""
    if answers := gathered.asked.registers:
        asked = {
            key: {str(name): how.value for name, how in one.status.items()} for key, one in answers.items()
        }
        registers = gathered.case["registers"]
        yield journal.facts(gathered.asked.row.id, now, asked=asked, answers=registers)


def _communicate(
    office: Office,
    session: Session,
    row: ApplicationRow,
    findings: Findings,
    now: datetime,
    entries: Sequence[audit.Entry],
) -> None:
    """Tell the applicant of the payments that a decision against the application would rest on."""
    told = [each for each in findings.reasons if each.kind is ReasonKind.COMMUNICATION]
    about = {each.subject for each in told}
    shown = [each.payment for each in findings.incomes if each.id in about]
    if findings.answer_days is None or len(shown) != len(told):
        raise ValueError("an assessment that tells the applicant something says of which payments, and days")
    steps.communicate(office, session, row, told, shown, findings.answer_days, now, entries)


def _verdict(findings: Findings) -> Verdict:
    """The machine's own decision: what it proposes."""
    if findings.proposal is None:
        raise ValueError("an assessment that decides proposes an outcome and an amount")
    outcome, granted = findings.proposal
    return Verdict(outcome, granted)


def _begin(office: Office, municipality: str, applications: Sequence[str]) -> list[ApplicationRow]:
    """Note that a worker has them, so that a case that kills its worker is known by its attempts: of several
    only those that nobody has begun with before."""
    now, begun = office.clock(), list[ApplicationRow]()
    with transaction(office.engine) as session:
        for row in lock_all(session, municipality, applications):
            if row.state not in FOR_THE_MACHINE or _taken(row, now) or (row.attempts and applications[1:]):
                continue
            if row.attempts >= ATTEMPTS:
                _hand_over(office, session, row, "PRÖVNING_AVBRÖTS", now)
                continue
            row.state = ApplicationState.EXAMINED
            row.attempts += 1
            row.version += 1
            row.next_run_at = now + office.leases.length
            session.add(row)
            begun.append(row)
    return begun


def _taken(row: ApplicationRow, now: datetime) -> bool:
    """Whether another worker is at it."""
    return row.state == ApplicationState.EXAMINED and row.next_run_at is not None and row.next_run_at > now


def _again(office: Office, row: ApplicationRow) -> None:
    with transaction(office.engine) as session:
        current = lock(session, row.tenant, row.id)
        if current.version == row.version:
            current.state, current.next_run_at = ApplicationState.RECEIVED, office.clock()
            current.version += 1
            session.add(current)


def _give_up(office: Office, row: ApplicationRow, code: str) -> None:
    with transaction(office.engine) as session:
        current = lock(session, row.tenant, row.id)
        if current.version == row.version:
            _hand_over(office, session, current, code, office.clock())


def _hand_over(office: Office, session: Session, row: ApplicationRow, code: str, now: datetime) -> None:
    steps.hand_over(office, session, row, [steps.own_reason(code)], now)
    entry = journal.handed_over(row.id, now, Handover.EVALUATION_FAILED)
    vouched.append(office.log, session, row.tenant, [entry])
