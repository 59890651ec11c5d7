"""An appeal: received, its time checked, and forwarded to the court with everything, or dismissed as late.

The time counts from the day that the applicant was told of the decision; how long it is stands in
``appeals.yaml``. A last day without work is the next working day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from sqlmodel import Session, col, func, select

from decision_service.casework import outbox
from decision_service.casework.chain import chain
from decision_service.casework.decisions import document_of
from decision_service.casework.letters import kept_letters, step_told
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, lock, require_logged
from decision_service.casework.staff import signature
from decision_service.casework.task import note
from decision_service.installation.calendar import is_working_day, next_working_day
from decision_service.installation.values import Whole
from decision_service.log.events import Action
from decision_service.outputs.payload import AppealPayload
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.same_case import same_case
from decision_service.store.tables import AppealRow, ApplicationRow
from norms import document
from norms.fault import Fault, fault
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("appeals.yaml")


class _Time(FileModel):
    """The file: weeks to appeal, and the provision that says so."""

    weeks: Whole = Field(alias="veckor")
    provision: str = Field(alias="lagrum")


@cache
def _time() -> timedelta:
    return timedelta(weeks=validate(_Time, document.read(FILE)).weeks)


def due_by(told: date) -> date:
    """The last day to appeal for somebody who was told of a decision on a day."""
    last = told + _time()
    return last if is_working_day(last) else next_working_day(last)


def receive_appeal(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    *,
    decision: str,
    received: date,
    told: date,
    text: str,
) -> ApplicationRow:
    """Note an appeal against a decision; the same one again is the same. Raises NotFoundError, InputError,
    and ConflictError for a decision that is none of the application's."""
    row = lock(session, municipality, application_id)
    decided = {each.id: each for each in chain(session, row.tenant, row.id)}
    if decision not in decided:
        raise ConflictError(fault("no_such_decision"))
    day, today = swedish_day(decided[decision].decided_at), swedish_day(office.clock())
    if faults := [*_wrong_days(day, told, received, today), *_unsaid(text)]:
        raise InputError(faults)
    said = (decision, received, told, text.strip())
    if said in [(each.decision, each.received, each.told, each.text) for each in appeals_of(session, row)]:
        return row
    last = session.exec(select(func.max(AppealRow.number)).where(same_case(AppealRow, row))).one()
    session.add(
        AppealRow(
            application_id=row.id,
            number=(last or 0) + 1,
            tenant=row.tenant,
            decision=decision,
            received=received,
            told=told,
            due=due_by(told),
            text=text.strip(),
            noted_at=office.clock(),
            noted_by=signature(office, session, municipality, who),
        )
    )
    note(office, session, row, office.clock(), who, Action.APPEALED, text.strip())
    return row


def _wrong_days(decided: date, told: date, received: date, today: date) -> Iterator[Fault]:
    """What cannot be: told before the decision or in days to come, and an appeal before that or to come."""
    if told < decided:
        yield fault("told_before_decision", "told", decided=decided.isoformat())
    elif told > today:
        yield fault("told_in_future", "told", today=today.isoformat())
    if received > today:
        yield fault("appeal_in_future", "received", today=today.isoformat())
    elif received < told <= today:
        yield fault("appeal_before_told", "received", told=told.isoformat())


def _unsaid(text: str) -> Iterator[Fault]:
    if not text.strip():
        yield fault("appeal_without_text", "text")


def forward(
    office: Office, session: Session, municipality: str, application_id: str, who: str, number: int
) -> ApplicationRow:
    """Send an appeal that came in time to the court, with every decision and letter and the application.
    Raises NotFoundError, ConflictError, and audit.errors.RowError."""
    row, appeal = _open(office, session, municipality, application_id, number)
    if appeal.received > appeal.due:
        raise ConflictError(fault("appeal_late", due=appeal.due.isoformat()))
    now = office.clock()
    _end(office, session, row, appeal, who, "forwarded", None, now)
    outbox.put(session, row, outbox.APPEAL, number, _everything(office, session, row, appeal), now)
    note(office, session, row, now, who, Action.APPEAL_FORWARDED)
    return row


def dismiss(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    number: int,
    reason: str,
) -> ApplicationRow:
    """Dismiss an appeal that came late. Raises NotFoundError, ConflictError and InputError."""
    row, appeal = _open(office, session, municipality, application_id, number)
    if appeal.received <= appeal.due:
        raise ConflictError(fault("appeal_in_time", due=appeal.due.isoformat()))
    if not reason.strip():
        raise InputError([fault("decision_without_reason", "reason")])
    now = office.clock()
    _end(office, session, row, appeal, who, "dismissed", reason.strip(), now)
    note(office, session, row, now, who, Action.APPEAL_DISMISSED, reason.strip())
    return row


def appeals_of(session: Session, row: ApplicationRow) -> list[AppealRow]:
    """The appeals against the decisions on an application, the first first."""
    query = select(AppealRow).where(same_case(AppealRow, row)).order_by(col(AppealRow.number))
    return list(session.exec(query).all())


def _open(
    office: Office, session: Session, municipality: str, application_id: str, number: int
) -> tuple[ApplicationRow, AppealRow]:
    row = lock(session, municipality, application_id)
    require_logged(office, session, row)
    appeal = session.get(AppealRow, (row.tenant, row.id, number))
    if appeal is None:
        raise NotFoundError(str(number))
    if appeal.state != "received":
        raise ConflictError(fault("appeal_ended"))
    return row, appeal


def _end(
    office: Office,
    session: Session,
    row: ApplicationRow,
    appeal: AppealRow,
    who: str,
    state: Literal["forwarded", "dismissed"],
    reason: str | None,
    now: datetime,
) -> None:
    """Close an appeal, and tell whoever appealed."""
    appeal.state, appeal.reason, appeal.ended_at = state, reason, now
    appeal.ended_by = signature(office, session, row.tenant, who)
    session.add(appeal)
    letter = outbox.APPEAL_FORWARDED if state == "forwarded" else outbox.APPEAL_DISMISSED
    told = step_told(appeal.ended_by, reason or "", appeal=appeal)
    outbox.put_letters(session, row, letter, appeal.number, told, now)
    row.version += 1
    session.add(row)


def _everything(office: Office, session: Session, row: ApplicationRow, appeal: AppealRow) -> AppealPayload:
    decisions = chain(session, row.tenant, row.id)
    return {
        "case": row.case_number,
        "court": office.municipality(row.tenant).sender.court,
        "appeal": {
            "received": appeal.received.isoformat(),
            "told": appeal.told.isoformat(),
            "due": appeal.due.isoformat(),
            "text": appeal.text,
            "decision": appeal.decision,
        },
        "decisions": [document_of(session, each).model_dump(mode="json") for each in decisions],
        "letters": [
            one for each in decisions if each.letter is not None for one in kept_letters(each.letter)
        ],
        "application": json.loads(row.content),
    }
