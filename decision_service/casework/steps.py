"""The steps of an application, whoever takes them: each changes the row, logs it, lets out what must out.

Every function works in the caller's transaction on a locked row. The log is written last: it keeps the whole
municipality waiting.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

import audit
from decision_service.application.case_file import CaseFile
from decision_service.casework import outbox, payments
from decision_service.casework.office import Office
from decision_service.casework.questions import question
from decision_service.casework.receive import start_clock
from decision_service.casework.remembered import remember
from decision_service.log import journal
from decision_service.store.tables import (
    ApplicationRow,
    AssessmentRow,
    CompletionRow,
    DecisionRow,
    State,
    TaskRow,
)

Json = dict[str, Any]
MACHINE = "lagrum"
PAID = ("BIFALL", "DELAVSLAG")


def move(session: Session, row: ApplicationRow, state: State, now: datetime) -> None:
    """Into another state; tells whoever wants to know."""
    row.state = state
    row.version += 1
    session.add(row)
    outbox.tell(session, row, f"application.{state.value}", now)


def assessed(
    office: Office,
    session: Session,
    row: ApplicationRow,
    case: CaseFile,
    document: Json,
    now: datetime,
    before: Sequence[audit.Entry],
) -> None:
    """What the machine came to: a decision, a request to the applicant, or a task for a person.

    ``before`` are entries for the log that come before it.
    """
    row.assessments += 1
    given = journal.case_document(case)
    assessment = AssessmentRow(
        application_id=row.id,
        number=row.assessments,
        tenant=row.tenant,
        made_at=now,
        release=document["release"],
        outcome=document["outcome"],
        automatic=document["automatic"],
        document=json.dumps(document, ensure_ascii=False),
        case_file=json.dumps(given, ensure_ascii=False),
    )
    session.add(assessment)
    row.next_run_at, row.attempts = None, 0
    decision = uuid.uuid4().hex
    entries = [*before, journal.decided(row.id, decision, now, case=case, document=document)]
    match document["outcome"]:
        case "HANDLAGGARE":
            hand_over(office, session, row, document["reasons"], now)
            write_log(office, session, row, entries)
        case "KOMPLETTERING":
            wanted = [each for each in document["reasons"] if each["kind"] == "completion"]
            ask(office, session, row, wanted, now, journal.MACHINE, entries)
        case outcome:
            _stop_clock(row)
            move(session, row, State.DECIDED, now)
            granted = document["calculation"]["granted"]
            remembered = remember(document, case, granted=granted, evaluated=True)
            write_decision(
                office,
                session,
                row,
                DecisionRow(
                    application_id=row.id,
                    id=decision,
                    tenant=row.tenant,
                    month=row.month,
                    outcome=outcome,
                    granted=granted,
                    automatic=True,
                    decided_at=now,
                    decided_by=MACHINE,
                    assessment=assessment.number,
                    document=assessment.document,
                    case_file=assessment.case_file,
                    remembered=json.dumps(remembered, ensure_ascii=False),
                ),
                entries,
            )


def write_log(
    office: Office, session: Session, row: ApplicationRow, entries: Sequence[audit.Entry]
) -> list[audit.Appended]:
    """Log what has happened, when everything else is written: from here on the municipality waits for us."""
    session.flush()
    return office.log.append_all(session.connection(), row.tenant, entries)


def settle(session: Session, row: ApplicationRow, now: datetime, state: State = State.DECIDED) -> None:
    """The end: no clock runs any more, and no task or question is open."""
    _stop_clock(row)
    _close_task(session, row)
    close_completion(session, row, now, answered=False)
    move(session, row, state, now)


def _stop_clock(row: ApplicationRow) -> None:
    row.escalate_at, row.next_run_at = None, None


def _close_task(session: Session, row: ApplicationRow) -> None:
    task = session.get(TaskRow, row.id)
    if task is not None:
        session.delete(task)


def write_decision(
    office: Office,
    session: Session,
    row: ApplicationRow,
    decision: DecisionRow,
    entries: Sequence[audit.Entry],
) -> None:
    """The letter and the payment of a decision, its entries in the log, and the decision itself, which knows
    its place there: that of the last entry."""
    outbox.put(session, row, outbox.LETTER, 1, {"decision": decision.id}, decision.decided_at)
    if decision.outcome in PAID and decision.granted > 0:
        paid = payments.order(office, row, decision)
        outbox.put(session, row, outbox.PAYMENT, 1, paid, decision.decided_at)
    decision.entry = write_log(office, session, row, entries)[-1].seq
    session.add(decision)


def hand_over(
    office: Office, session: Session, row: ApplicationRow, reasons: Iterable[Json], now: datetime
) -> None:
    """To a person, with the questions. A person's clock runs on."""
    task = session.get(TaskRow, row.id)
    if task is None:
        task = TaskRow(application_id=row.id, tenant=row.tenant, opened_at=now, reasons="[]")
    task.reasons = json.dumps(list(reasons), ensure_ascii=False)
    session.add(task)
    row.next_run_at = None
    row.escalate_at = warn_at(office, row, now)
    row.escalation = 0
    move(session, row, State.PERSON, now)


def warn_at(office: Office, row: ApplicationRow, now: datetime) -> datetime:
    """When to warn that a person's share is nearly over: as long before as the machine's share warns."""
    spare = timedelta(hours=24 - office.municipality(row.tenant).escalate_after)
    return max(now, row.person_due_at - spare)


def ask(
    office: Office,
    session: Session,
    row: ApplicationRow,
    wanted: list[Json],
    now: datetime,
    actor: audit.Actor,
    before: Sequence[audit.Entry] = (),
) -> None:
    """Ask the applicant; the clock stops until the answer comes, or until it should have come.

    ``before`` are entries for the log that come before the question.
    """
    rules = office.municipality(row.tenant).completion
    last = session.exec(
        select(func.max(CompletionRow.number)).where(CompletionRow.application_id == row.id)
    ).one()
    number = (last or 0) + 1
    end = now + timedelta(days=rules.answer_days)
    session.add(
        CompletionRow(
            application_id=row.id,
            number=number,
            tenant=row.tenant,
            asked=json.dumps(wanted, ensure_ascii=False),
            asked_at=now,
            due_at=end,
            remind_at=next_reminder(rules.reminder_days, now, now),
        )
    )
    row.escalate_at, row.next_run_at, row.attempts = None, None, 0
    task = session.get(TaskRow, row.id)
    if task is not None:
        session.delete(task)
    move(session, row, State.WAITING, now)
    payload = {"asked": wanted, "due": end.isoformat()}
    outbox.put(session, row, outbox.REQUEST, number, payload, now)
    asked = journal.Completion.ASKED
    entry = journal.completion(row.id, now, asked, due=end.date(), questions=wanted, actor=actor)
    write_log(office, session, row, [*before, entry])


def next_reminder(days: Iterable[int], asked: datetime, now: datetime) -> datetime | None:
    """The first reminder that is still to come."""
    coming = [asked + timedelta(days=day) for day in sorted(days)]
    return next((moment for moment in coming if moment > now), None)


def open_completion(session: Session, row: ApplicationRow) -> CompletionRow | None:
    """The question the applicant has not answered, where there is one."""
    query = select(CompletionRow).where(
        CompletionRow.application_id == row.id, col(CompletionRow.closed_at).is_(None)
    )
    return session.exec(query).first()


def close_completion(session: Session, row: ApplicationRow, now: datetime, *, answered: bool) -> int | None:
    """Close the open question and give its number."""
    found = open_completion(session, row)
    if found is None:
        return None
    found.closed_at, found.answered, found.remind_at = now, answered, None
    session.add(found)
    return found.number


AGAIN_WITHIN = timedelta(minutes=15)
"""How long the machine has with a case that a person hands back, before a person has it again."""


def back_to_machine(
    office: Office, session: Session, row: ApplicationRow, now: datetime, *, complete: bool
) -> None:
    """The machine looks at it again. ``complete``: the application is whole only from now on, and its clock
    starts anew; else what a person has left of theirs is left as it was."""
    _close_task(session, row)
    if complete:
        row.deadline_at, row.person_due_at, row.escalate_at = start_clock(office, row.tenant, now)
        row.breached_at = None
    else:
        row.escalate_at = now + AGAIN_WITHIN
        row.deadline_at = max(row.deadline_at, row.escalate_at)
    row.escalation, row.attempts, row.next_run_at = 0, 0, now
    move(session, row, State.RECEIVED, now)


def add_question(session: Session, row: ApplicationRow, task: TaskRow, code: str, now: datetime) -> None:
    """Another question to the person who has the case; a decision that waited for a second is put aside."""
    others = [one for one in json.loads(task.reasons) if one["code"] != code]
    task.reasons = json.dumps([*others, own_reason(code)], ensure_ascii=False)
    task.proposal, task.proposed_by = None, None
    session.add(task)
    move(session, row, State.PERSON, now)


def own_reason(code: str) -> Json:
    """A question to a person that comes from the course of the case and not from a rule."""
    return {"kind": "person", "code": code, "question": question(code), "subject": "", "label": ""}
