"""The steps of an application, whoever takes them: each changes the row, logs it, lets out what must out.

Every function works in the caller's transaction on a locked row. The log is written last: it keeps the whole
municipality waiting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, SQLModel, col, func, select

import audit
from decision_service.application.case_file import PaidOut, PersonRole
from decision_service.application.outcome import Outcome
from decision_service.casework import outbox, search
from decision_service.casework.addressees import addressees_of, nobody_lives
from decision_service.casework.office import Office
from decision_service.casework.questions import question
from decision_service.casework.receive import ANSWER_WITHIN, start_clock
from decision_service.casework.rows import ConflictError
from decision_service.decision.document import Reason, ReasonKind, reasons_text
from decision_service.decision.facts.case import ADULT_ROLES
from decision_service.log import journal, vouched
from decision_service.log.events import CompletionEvent
from decision_service.outputs.payload import Telling
from decision_service.reading.swedish_time import begin_of, swedish_day
from decision_service.store.same_case import of_asked_case, of_case, same_case
from decision_service.store.tables import (
    ApplicationRow,
    ApplicationState,
    CompletionRow,
    MessageRow,
    TaskRow,
    WriteOffRow,
)
from norms.fault import fault


def move(session: Session, row: ApplicationRow, state: ApplicationState, now: datetime) -> None:
    """Into another state; tells whoever wants to know."""
    row.state = state
    row.version += 1
    session.add(row)
    outbox.tell(session, row, f"application.{state.value}", now)


def write_log(
    office: Office, session: Session, row: ApplicationRow, entries: Sequence[audit.Entry], *rows: SQLModel
) -> list[audit.Appended]:
    """Log what has happened, when everything else is written: from here on the municipality waits for us.

    The entries vouch for the rows that have changed, and for ``rows``, which are written after."""
    return vouched.append(office.log, session, row.tenant, entries, *rows)


def require_not_taken_back(session: Session, row: ApplicationRow) -> None:
    """That nobody has taken an application back, so that it may be asked about, assessed and granted. Raises
    ConflictError."""
    if session.get(WriteOffRow, (row.tenant, row.id)) is not None:
        raise ConflictError(fault("taken_back"))


def settle(
    session: Session,
    row: ApplicationRow,
    now: datetime,
    state: ApplicationState = ApplicationState.DECIDED,
    *,
    settled: bool = False,
) -> None:
    """The end: no clock runs any more, and no task or question is open. ``settled``: none was."""
    _stop_clock(row)
    for _, task, asked in () if settled else session.exec(_OPEN_WORK, params=of_case(row)):
        if task is not None:
            session.delete(task)
        if asked is not None:
            _closed(session, asked, now, answered=False)
    move(session, row, state, now)


_OPEN_WORK = (
    select(ApplicationRow.id, TaskRow, CompletionRow)
    .outerjoin(TaskRow, same_case(TaskRow, ApplicationRow))
    .outerjoin(
        CompletionRow, same_case(CompletionRow, ApplicationRow) & col(CompletionRow.closed_at).is_(None)
    )
    .where(of_asked_case(ApplicationRow))
)
"""A case's task, and what the applicant has been asked and has not answered: most have neither."""


def _stop_clock(row: ApplicationRow) -> None:
    row.escalate_at, row.next_run_at = None, None


def _close_task(session: Session, row: ApplicationRow) -> None:
    task = session.get(TaskRow, (row.tenant, row.id))
    if task is not None:
        session.delete(task)


def _keep_claimed_task(session: Session, row: ApplicationRow) -> None:
    """Whoever has taken a case has it again when somebody else has done their part; a decision that waited
    for a second person is put aside. A task that nobody has taken ends."""
    task = session.get(TaskRow, (row.tenant, row.id))
    if task is not None and task.claimed_by is None:
        session.delete(task)
    elif task is not None:
        task.proposal, task.proposed_by = None, None
        session.add(task)


def hand_over(
    office: Office,
    session: Session,
    row: ApplicationRow,
    reasons: Sequence[Reason],
    now: datetime,
    proposed: Outcome | None = None,
) -> None:
    """To a handläggare, with the questions and the outcome that the machine proposes. A handläggare's clock
    runs on; that of a case that waits for the registers begins."""
    if row.waits_until is not None and now < begin_of(row.waits_until):
        row.deadline_at, row.person_due_at, _ = start_clock(office, row.tenant, now)
    task = session.get(TaskRow, (row.tenant, row.id))
    if task is None:
        task = TaskRow(application_id=row.id, tenant=row.tenant, opened_at=now, reasons="[]")
    task.reasons, task.reason = reasons_text(reasons), min(map(search.open_code, reasons), default="")
    task.asked = search.asked_by(reasons)
    task.proposed, task.household = proposed.value if proposed is not None else "", _household(row)
    session.add(task)
    row.next_run_at = None
    row.escalate_at = warn_at(office, row, now)
    row.escalation = 0
    move(session, row, ApplicationState.HANDLAGGARE, now)
    _tell_who_answers(session, row, now)


def _tell_who_answers(session: Session, row: ApplicationRow, now: datetime) -> None:
    """Tell the applicant that a person has it, and the day an answer comes; once for each such day."""
    day = int(f"{swedish_day(row.person_due_at):%Y%m%d}")
    if session.get(MessageRow, (row.tenant, outbox.key(row, outbox.HANDED_OVER, day))) is None:
        due: Telling = {"due": row.person_due_at.isoformat()}
        outbox.put_letters(session, row, outbox.HANDED_OVER, day, due, now)


def _household(row: ApplicationRow) -> str:
    """The kind of household that an application is for."""
    roles = {person["role"] for person in json.loads(row.content)["people"]}
    adults = "PAR" if PersonRole.CO_APPLICANT in roles else "ENSAM"
    return adults if roles <= set(ADULT_ROLES) else f"{adults}_BARN"


def warn_at(office: Office, row: ApplicationRow, now: datetime) -> datetime:
    """When to warn that a person's share is nearly over: as long before as the machine's share warns."""
    spare = ANSWER_WITHIN - timedelta(hours=office.municipality(row.tenant).escalate_after)
    return max(now, row.person_due_at - spare)


def ask(
    office: Office,
    session: Session,
    row: ApplicationRow,
    wanted: Sequence[Reason],
    now: datetime,
    actor: audit.Actor,
    before: Sequence[audit.Entry] = (),
) -> None:
    """Ask the applicant; the clock stops until the answer comes, or until it should have come.

    ``before`` are entries for the log that come before the question.
    """
    rules = office.municipality(row.tenant).completion
    end = now + timedelta(days=rules.answer_days)
    remind = next_reminder(rules.reminder_days, now, now)
    number = _put_to_applicant(session, row, wanted, None, now, end, remind)
    move(session, row, ApplicationState.WAITING, now)
    outbox.put_letters(session, row, outbox.REQUEST, number, _asking(wanted, end), now)
    asked = CompletionEvent.ASKED
    entry = journal.completion(row.id, now, asked, due=end.date(), questions=wanted, actor=actor)
    write_log(office, session, row, [*before, entry])


def communicate(
    office: Office,
    session: Session,
    row: ApplicationRow,
    told: Sequence[Reason],
    shown: Sequence[PaidOut],
    days: int,
    now: datetime,
    before: Sequence[audit.Entry],
    actor: audit.Actor | None = None,
) -> None:
    """Tell the applicant what a decision against the application would rest on, and give time to answer.

    The clock stops meanwhile. Half-way a reminder goes out; when the days have passed the machine decides.
    """
    end, remind = now + timedelta(days=days), now + timedelta(days=days) / 2
    number = _put_to_applicant(session, row, told, shown_text(shown), now, end, remind)
    move(session, row, ApplicationState.STATEMENT, now)
    outbox.put_letters(session, row, outbox.COMMUNICATION, number, _asking(told, end), now)
    asked = CompletionEvent.ASKED
    entry = journal.communication(row.id, now, asked, due=end.date(), questions=told, actor=actor)
    write_log(office, session, row, [*before, entry])


def shown_text(shown: Iterable[PaidOut]) -> str:
    """Payments as JSON, as a case file has them."""
    return json.dumps([each.model_dump(mode="json") for each in shown], ensure_ascii=False)


def _asking(asked: Sequence[Reason], end: datetime) -> Telling:
    return {"asked": [one.model_dump(mode="json") for one in asked], "due": end.isoformat()}


def _put_to_applicant(
    session: Session,
    row: ApplicationRow,
    asked: Sequence[Reason],
    shown: str | None,
    now: datetime,
    end: datetime,
    remind: datetime | None,
) -> int:
    """Write down what the applicant is asked or told, stop the clock, and give the number of the letter.
    Raises ConflictError where nobody is alive to answer."""
    require_not_taken_back(session, row)
    if nobody_lives(addressees_of(row)):
        raise ConflictError(fault("nobody_to_ask"))
    last = session.exec(select(func.max(CompletionRow.number)).where(same_case(CompletionRow, row))).one()
    number = (last or 0) + 1
    session.add(
        CompletionRow(
            application_id=row.id,
            number=number,
            tenant=row.tenant,
            asked=reasons_text(asked),
            shown=shown,
            asked_at=now,
            due_at=end,
            remind_at=remind,
        )
    )
    row.escalate_at, row.next_run_at, row.attempts = None, None, 0
    _keep_claimed_task(session, row)
    return number


def next_reminder(days: Iterable[int], asked: datetime, now: datetime) -> datetime | None:
    """The first reminder that is still to come."""
    coming = [asked + timedelta(days=day) for day in sorted(days)]
    return next((moment for moment in coming if moment > now), None)


def open_completion(session: Session, row: ApplicationRow) -> CompletionRow | None:
    """The question the applicant has not answered, where there is one."""
    return session.exec(_OPEN_COMPLETION, params=of_case(row)).first()


_OPEN_COMPLETION = select(CompletionRow).where(
    of_asked_case(CompletionRow), col(CompletionRow.closed_at).is_(None)
)


def asked_now(office: Office, session: Session, row: ApplicationRow) -> CompletionRow | None:
    """The same, to act on: what is asked, and by when. Raises audit.errors.RowError for what is not what the
    log vouches for."""
    found = open_completion(session, row)
    vouched.require(office.keys, session, row.tenant, found)
    return found


def close_completion(session: Session, row: ApplicationRow, now: datetime, *, answered: bool) -> int | None:
    """Close the open question and give its number."""
    found = open_completion(session, row)
    if found is None:
        return None
    _closed(session, found, now, answered=answered)
    return found.number


def _closed(session: Session, asked: CompletionRow, now: datetime, *, answered: bool) -> None:
    asked.closed_at, asked.answered, asked.remind_at = now, answered, None
    session.add(asked)


def wait(
    office: Office,
    session: Session,
    row: ApplicationRow,
    until: date,
    now: datetime,
    before: Sequence[audit.Entry],
) -> None:
    """Wait for the registers until a day, and ask them each day until then. Both clocks start with that day;
    the applicant is told it once. ``before`` are entries for the log that come before."""
    begins = begin_of(until)
    row.deadline_at, row.person_due_at, row.escalate_at = start_clock(office, row.tenant, begins)
    row.next_run_at = min(now + timedelta(days=1), begins)
    if row.waits_until == until:
        row.state = ApplicationState.REGISTERS
        row.version += 1
        session.add(row)
        write_log(office, session, row, before)
        return
    row.waits_until = until
    move(session, row, ApplicationState.REGISTERS, now)
    outbox.put_letters(session, row, outbox.WAIT, row.version, {"due": begins.isoformat()}, now)
    write_log(office, session, row, [*before, journal.waits(row.id, now, until)])


AGAIN_WITHIN = timedelta(minutes=15)
"""How long the machine has with a case that a person hands back, before a person has it again."""


def back_to_machine(
    office: Office,
    session: Session,
    row: ApplicationRow,
    now: datetime,
    *,
    complete: bool,
    keep_claim: bool = True,
) -> None:
    """The machine looks at it again. ``complete``: the application is whole only from now on, and its clock
    starts anew; else what a person has left of theirs is left as it was. ``keep_claim``: whoever has taken
    the case has it again when the machine has looked. Raises ConflictError for a case that is taken back."""
    require_not_taken_back(session, row)
    if keep_claim:
        _keep_claimed_task(session, row)
    else:
        _close_task(session, row)
    if complete:
        row.deadline_at, row.person_due_at, row.escalate_at = start_clock(office, row.tenant, now)
        row.breached_at = None
    else:
        row.escalate_at = now + AGAIN_WITHIN
        row.deadline_at = max(row.deadline_at, row.escalate_at)
    row.escalation, row.attempts, row.next_run_at = 0, 0, now
    move(session, row, ApplicationState.RECEIVED, now)


def own_reason(code: str) -> Reason:
    """A question to a handläggare that comes from the course of the case and not from a rule."""
    return Reason(kind=ReasonKind.HANDLAGGARE, code=code, question=question(code))
