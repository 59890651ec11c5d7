"""Open tasks whose world has changed since they were last looked at: the machine looks again, and whoever has
taken the case keeps it.

What is compared stands in the tables: other decisions, plans and earlier months of the same people. A task
that nobody has taken is looked at again each day too, since the registers may know more.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from decision_service.casework import steps
from decision_service.casework.office import Office
from decision_service.casework.rows import lock
from decision_service.decision.document import reasons_from
from decision_service.planning.known import last_planned
from decision_service.store.database import reading, transaction
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ActivityRow,
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    CorrectionRow,
    DecisionRow,
    HistoryRow,
    PartyRow,
    TaskRow,
    WriteOffRow,
)

EACH_DAY = timedelta(days=1)
WRITTEN_WITHIN = timedelta(minutes=5)
"""So long after its case file was put together an assessment is written down, at most."""


def look_again(office: Office) -> int:
    """Let the machine look at what has changed, and say how many tasks that was."""
    now = office.clock()
    row, task, seen = ApplicationRow, TaskRow, AssessmentRow
    query = (
        select(row, task, seen.made_at)
        .join(task, same_case(task, row))
        .join(seen, same_case(seen, row) & (col(seen.number) == col(row.assessments)))
        .where(col(row.state) == ApplicationState.HANDLAGGARE, col(task.proposal).is_(None))
        .where(~exists().where(same_case(WriteOffRow, row)))
        .order_by(col(seen.made_at), col(row.id))
    )
    with reading(office.engine) as session:
        stale = [
            each
            for each, its, made_at in session.exec(query).all()
            if not _unanswered(its) and _changed(session, each, its, made_at, now)
        ]
    for each in stale:
        with transaction(office.engine) as session:
            current = lock(session, each.tenant, each.id)
            if current.version == each.version:
                steps.back_to_machine(office, session, current, now, complete=False)
    return len(stale)


def _unanswered(task: TaskRow) -> bool:
    """Whether the applicant has been asked in vain, and would be asked again by the machine."""
    codes = {reason.code for reason in reasons_from(task.reasons)}
    return task.claimed_by is None and "KOMPLETTERING_UTEBLEV" in codes


def _changed(session: Session, row: ApplicationRow, task: TaskRow, made_at: datetime, now: datetime) -> bool:
    if task.claimed_by is None and made_at <= now - EACH_DAY:
        return True
    last = _last_event(session, row)
    if last is None or last < made_at - WRITTEN_WITHIN:
        return False
    newest = session.get_one(AssessmentRow, (row.tenant, row.id, row.assessments))
    return last > datetime.fromisoformat(json.loads(newest.case_file)["as_of"])


def _last_event(session: Session, row: ApplicationRow) -> datetime | None:
    """When something was last decided or reported about one of the people of an application."""
    people = session.exec(select(PartyRow.person).where(same_case(PartyRow, row))).all()
    if not people:
        return None
    others = select(PartyRow.application_id).where(
        PartyRow.tenant == row.tenant, col(PartyRow.person).in_(people), PartyRow.application_id != row.id
    )
    found = [
        session.exec(
            select(func.max(DecisionRow.decided_at)).where(
                DecisionRow.tenant == row.tenant, col(DecisionRow.application_id).in_(others)
            )
        ).one(),
        session.exec(
            select(func.max(CorrectionRow.decided_at)).where(
                CorrectionRow.tenant == row.tenant, col(CorrectionRow.application_id).in_(others)
            )
        ).one(),
        session.exec(
            select(func.max(ActivityRow.changed_at)).where(
                ActivityRow.tenant == row.tenant, col(ActivityRow.person).in_(people)
            )
        ).one(),
        session.exec(
            select(func.max(HistoryRow.imported_at)).where(
                HistoryRow.tenant == row.tenant, col(HistoryRow.person).in_(people)
            )
        ).one(),
        last_planned(session, row.tenant, people),
    ]
    return max((each for each in found if each is not None), default=None)
