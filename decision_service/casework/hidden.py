"""Applications of protected persons are not there for whoever may not see them.

A session that was told so finds none of their cases one by one, and one that shows lists has no row of them
in any table. What the machine does, and what it holds a case against, sees everything.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import event, exists
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlmodel import Session, SQLModel, col, select

from decision_service.planning.participants import shown
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, ParticipantRow

_HIDDEN, _FROM_LISTS = "protected are hidden", "protected are hidden from lists"


def hide(session: Session, *, lists: bool) -> None:
    """From now on no case of a protected person is found; with ``lists`` no row of one is selected either."""
    session.info |= {_HIDDEN: True, _FROM_LISTS: lists}


def is_hidden(session: Session, row: ApplicationRow) -> bool:
    """Whether a session may not know of an application."""
    return row.protected and bool(session.info.get(_HIDDEN))


def hidden_of(session: Session, tenant: str, cases: Collection[str]) -> set[str]:
    """Those of some cases that a session may not know of: of applications, and of participants of the
    planning who are protected. Raises audit.errors.RowError."""
    if not session.info.get(_HIDDEN):
        return set()
    case, participant = ApplicationRow, ParticipantRow
    applications = select(case.id).where(
        case.tenant == tenant, col(case.id).in_(cases), col(case.protected).is_(True)
    )
    of_people = select(participant).where(participant.tenant == tenant, col(participant.case_id).in_(cases))
    rows = session.exec(of_people).all()
    people = zip(rows, shown(session, tenant, rows), strict=True)
    found = session.connection().execute(applications)
    return {*found.scalars(), *(row.case_id for row, person in people if person.protected)}


@cache
def _criteria() -> tuple[Any, ...]:
    """For each table with rows of applications: none of a protected person's."""
    there = SQLModel.metadata.tables[str(ApplicationRow.__tablename__)].alias().c
    tables = [each.class_ for each in SQLModel._sa_registry.mappers]
    own = with_loader_criteria(ApplicationRow, col(ApplicationRow.protected).is_(False), include_aliases=True)
    others = (
        with_loader_criteria(
            table,
            ~exists().where(same_case(table, there), there.protected),
            include_aliases=True,
        )
        for table in tables
        if "application_id" in table.__table__.c
    )
    return own, *others


def _narrow(state: ORMExecuteState) -> None:
    if state.is_select and state.session.info.get(_FROM_LISTS):
        state.statement = state.statement.options(*_criteria())


event.listen(Session, "do_orm_execute", _narrow)
