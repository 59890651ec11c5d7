"""What sees to it that nothing is forgotten: each sweep is a question to the tables, to be run at any time.

Several processes may run the same sweep at once: a row is changed under its lock, and only if it is still so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import bindparam, text
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from decision_service.casework import outbox, steps
from decision_service.casework.office import Office
from decision_service.casework.receive import start_clock
from decision_service.casework.rows import lock
from decision_service.decision.document import reasons_from
from decision_service.log import journal, vouched
from decision_service.log.events import CompletionEvent, Handover
from decision_service.outputs.payload import EscalationPayload, Telling
from decision_service.reading.our_fault import sort_and_place
from decision_service.store.database import transaction
from decision_service.store.moment import Moment
from decision_service.store.tables import (
    FOR_THE_MACHINE,
    OPEN,
    WITH_THE_APPLICANT,
    ApplicationRow,
    ApplicationState,
    CompletionRow,
    IdempotencyRow,
)
from decision_service.store.waiting import taken

AT_ONCE = 500
KEPT = timedelta(days=2)
"""How long an idempotency key is known."""
MANAGER = 2
"""The escalation at which a person's share is over."""

_log = structlog.get_logger()
_RAN = text(
    "INSERT INTO sweep (name, ran_at) VALUES (:name, :ran_at)"
    " ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at"
).bindparams(bindparam("ran_at", type_=Moment()))
"""Several processes may be the first to have run a sweep."""
_FORGET = text(
    "DELETE FROM idempotency"
    " WHERE tenant = :tenant AND client = :client AND key = :key AND created_at <= :end"
).bindparams(bindparam("end", type_=Moment()))
"""One that was forgotten and sent anew meanwhile stays."""


def due(office: Office) -> list[tuple[str, str]]:
    """Applications that a worker should look at now, by municipality and id. The sweep waits before it names
    one again."""
    now = office.clock()
    with transaction(office.engine) as session:
        when, rest = col(ApplicationRow.next_run_at), defer(ApplicationRow.content)  # type: ignore[arg-type]
        waits = when <= now, col(ApplicationRow.state).in_(FOR_THE_MACHINE)
        rows = taken(session, ApplicationRow, waits, when, AT_ONCE, rest)
        for row in rows:
            if row.state != ApplicationState.EXAMINED:
                row.next_run_at = now + office.leases.length
                session.add(row)
        return [(row.tenant, row.id) for row in rows]


def late(office: Office) -> int:
    """Warn of what is not decided: from the machine to a person, from a person to the manager."""
    now = office.clock()
    query = select(ApplicationRow.id, ApplicationRow.tenant).where(col(ApplicationRow.escalate_at) <= now)
    with transaction(office.engine) as session:
        found = session.exec(query.order_by(col(ApplicationRow.escalate_at)).limit(AT_ONCE)).all()
    return _each(office, found, _escalate)


def _escalate(office: Office, session: Session, row: ApplicationRow) -> None:
    now = office.clock()
    if row.escalate_at is None or row.escalate_at > now:
        return
    if row.state in FOR_THE_MACHINE:
        steps.hand_over(office, session, row, [steps.own_reason("FRIST_NÄRA")], now)
        entry = journal.handed_over(row.id, now, Handover.DEADLINE_NEAR)
    elif row.state == ApplicationState.HANDLAGGARE:
        over = now >= row.person_due_at
        row.escalation = MANAGER if over else 1
        row.escalate_at = None if over else row.person_due_at
        if over:
            row.breached_at = now
        row.version += 1
        session.add(row)
        payload: EscalationPayload = {"level": row.escalation, "due": row.person_due_at.isoformat()}
        outbox.put(session, row, outbox.ESCALATION, row.version, payload, now)
        entry = journal.deadline(row.id, now, row.person_due_at, passed=over)
    else:
        row.escalate_at = None
        session.add(row)
        return
    vouched.append(office.log, session, row.tenant, [entry])


def _each(
    office: Office,
    found: Sequence[tuple[str, str]],
    step: Callable[[Office, Session, ApplicationRow], None],
) -> int:
    """Take a step with each, in a transaction of its own: one that cannot be taken keeps no other waiting."""
    failed: Exception | None = None
    for application, tenant in found:
        try:
            with transaction(office.engine) as session:
                step(office, session, lock(session, tenant, application))
        except Exception as error:  # raised again when all the others have had their turn
            _log.error("sweep_step_failed", application=application, error=sort_and_place(error))
            failed = error
    if failed is not None:
        raise failed
    return len(found)


def unanswered(office: Office) -> int:
    """Remind applicants. What they should have added and have not, a person has; what they might have
    answered and have not, the machine decides."""
    now = office.clock()
    query = select(CompletionRow.application_id, CompletionRow.tenant).where(
        col(CompletionRow.closed_at).is_(None),
        (col(CompletionRow.due_at) <= now) | (col(CompletionRow.remind_at) <= now),
    )
    with transaction(office.engine) as session:
        found = session.exec(query.limit(AT_ONCE)).all()
    return _each(office, found, _remind_or_end)


def _remind_or_end(office: Office, session: Session, row: ApplicationRow) -> None:
    now = office.clock()
    asked = steps.asked_now(office, session, row)
    if asked is None or row.state not in WITH_THE_APPLICANT:
        return
    told = asked.shown is not None
    note = journal.communication if told else journal.completion
    if asked.due_at <= now:
        steps.close_completion(session, row, now, answered=False)
        if told:
            steps.back_to_machine(office, session, row, now, complete=True)
        else:
            row.deadline_at, row.person_due_at, _ = start_clock(office, row.tenant, now)
            unanswered = [steps.own_reason("KOMPLETTERING_UTEBLEV"), *reasons_from(asked.asked)]
            steps.hand_over(office, session, row, unanswered, now)
        entry = note(row.id, now, CompletionEvent.UNANSWERED)
    elif asked.remind_at is not None and asked.remind_at <= now:
        days = () if told else office.municipality(row.tenant).completion.reminder_days
        asked.remind_at = steps.next_reminder(days, asked.asked_at, now)
        session.add(asked)
        telling: Telling = {"asked": json.loads(asked.asked), "due": asked.due_at.isoformat()}
        row.version += 1
        session.add(row)
        kind = outbox.COMMUNICATION_REMINDER if told else outbox.REMINDER
        outbox.put_letters(session, row, kind, row.version, telling, now)
        entry = note(row.id, now, CompletionEvent.REMINDED, due=asked.due_at.date())
    else:
        return
    vouched.append(office.log, session, row.tenant, [entry])


def forget_keys(office: Office) -> int:
    """Forget idempotency keys that are old. One that another process forgets meanwhile is forgotten."""
    end = office.clock() - KEPT
    with transaction(office.engine) as session:
        query = select(IdempotencyRow.tenant, IdempotencyRow.client, IdempotencyRow.key)
        found = session.exec(query.where(col(IdempotencyRow.created_at) <= end).limit(AT_ONCE)).all()
        names = ("tenant", "client", "key")
        keys = [{**dict(zip(names, each, strict=True)), "end": end} for each in sorted(found)]
        if keys:  # in the same order by all, or two would wait for each other
            session.connection().execute(_FORGET, keys)
        return len(keys)


def note_run(office: Office, name: str) -> None:
    """Note that a sweep has run to its end: readiness turns red when none has for long."""
    with transaction(office.engine) as session:
        session.connection().execute(_RAN, {"name": name, "ran_at": office.clock()})


def undecided(session: Session, tenants: Sequence[str]) -> list[ApplicationRow]:
    """Applications past what they were promised, the oldest first: those that a manager must see."""
    query = select(ApplicationRow).where(
        col(ApplicationRow.tenant).in_(tenants),
        col(ApplicationRow.state).in_(OPEN),
        col(ApplicationRow.breached_at).is_not(None),
    )
    return list(session.exec(query.order_by(col(ApplicationRow.received_at))).all())
