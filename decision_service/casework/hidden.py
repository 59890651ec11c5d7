"""Applications of protected persons are not there for whoever may not see them.

A session that was told so finds none of their cases one by one, and one that shows lists has no row of them
in any table. What the machine does, and what it holds a case against, sees everything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import event, exists
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlmodel import Session, SQLModel, col, select

from decision_service.planning.protection import hidden_people
from decision_service.store.hiding import hides, hides_from_lists
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, ParticipantRow


def is_hidden(session: Session, row: ApplicationRow) -> bool:
    """Whether a session may not know of an application."""
    return row.protected and hides(session)


def not_hidden(session: Session) -> Sequence[Any]:
    """What finds only the applications that a session may know of: nothing of another is read, opened or
    waited for, so that how long it takes is as long as for what never was."""
    return (_own(),) if hides(session) else ()


def hidden_of(session: Session, tenant: str, cases: Collection[str]) -> set[str]:
    """Those of some cases that a session may not know of: of applications, and of participants of the
    planning who are protected. Raises audit.errors.RowError."""
    if not hides(session):
        return set()
    case, participant = ApplicationRow, ParticipantRow
    applications = select(case.id).where(
        case.tenant == tenant, col(case.id).in_(cases), col(case.protected).is_(True)
    )
    of_people = select(participant.person, participant.case_id).where(
        participant.tenant == tenant, col(participant.case_id).in_(cases)
    )
    people = dict(session.exec(of_people).all())
    found = session.connection().execute(applications)
    hidden = hidden_people(session, tenant, people)
    return {*found.scalars(), *(people[person] for person in hidden)}


@cache
def _criteria() -> tuple[Any, ...]:
    """For each table with rows of applications: none of a protected person's."""
    there = SQLModel.metadata.tables[str(ApplicationRow.__tablename__)].alias().c
    tables = [each.class_ for each in SQLModel._sa_registry.mappers]
    others = (
        with_loader_criteria(
            table,
            ~exists().where(same_case(table, there), there.protected),
            include_aliases=True,
        )
        for table in tables
        if "application_id" in table.__table__.c
    )
    return _own(), *others


@cache
def _own() -> Any:
    return with_loader_criteria(
        ApplicationRow, col(ApplicationRow.protected).is_(False), include_aliases=True
    )


def _narrow(state: ORMExecuteState) -> None:
    if state.is_select and hides_from_lists(state.session):
        state.statement = state.statement.options(*_criteria())


event.listen(Session, "do_orm_execute", _narrow)
