"""A case that is with a person: its task, who may change it, and what is noted of them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, lock
from decision_service.casework.staff import named
from decision_service.log import journal, vouched
from decision_service.log.events import Action
from decision_service.store.tables import ApplicationRow, ApplicationState, TaskRow
from norms.fault import fault


def locked_task(
    session: Session, municipality: str, application_id: str, version: int
) -> tuple[ApplicationRow, TaskRow]:
    """A case and its task, to be changed. Raises NotFoundError, StaleError and ConflictError."""
    row = lock(session, municipality, application_id, version)
    return row, open_task(session, row)


def open_task(session: Session, row: ApplicationRow) -> TaskRow:
    """The task of a case that is with a person. Raises ConflictError for any other."""
    task = session.get(TaskRow, (row.tenant, row.id))
    if row.state != ApplicationState.HANDLAGGARE or task is None:
        raise ConflictError(fault("case_not_with_person", state=ApplicationState(row.state)))
    return task


def own_task(
    session: Session, municipality: str, application_id: str, who: str, version: int
) -> tuple[ApplicationRow, TaskRow]:
    """The same, of whoever has taken it. Raises ConflictError for anybody else too."""
    row, task = locked_task(session, municipality, application_id, version)
    require_own(task, who)
    return row, task


def require_own(task: TaskRow, who: str) -> None:
    """Raise ConflictError unless this is who has taken the case."""
    if task.claimed_by != who:
        raise ConflictError(fault("case_not_taken") if task.claimed_by is None else fault("case_taken"))


def changed(session: Session, row: ApplicationRow) -> None:
    """A new version of the case: whoever has read the one before has to read again."""
    row.version += 1
    session.add(row)


def note(
    office: Office,
    session: Session,
    row: ApplicationRow,
    now: datetime,
    who: str,
    action: Action,
    reason: str = "",
) -> None:
    """Log what a person did with a case."""
    name = named(office, session, row.tenant, who)
    entry = journal.human_action(row.id, now, journal.staff(who), action, reason=reason, name=name)
    vouched.append(office.log, session, row.tenant, [entry])
