"""Applications of protected persons are not there for whoever may not see them.

A session that was told so finds none of their cases one by one, and one that shows lists has no row of them
in any table. What the machine does, and what it holds a case against, sees everything.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import event, exists
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlmodel import Session, SQLModel, col

from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow

_HIDDEN, _FROM_LISTS = "protected are hidden", "protected are hidden from lists"


def hide(session: Session, *, lists: bool) -> None:
    """From now on no case of a protected person is found; with ``lists`` no row of one is selected either."""
    session.info |= {_HIDDEN: True, _FROM_LISTS: lists}


def is_hidden(session: Session, row: ApplicationRow) -> bool:
    """Whether a session may not know of an application."""
    return row.protected and bool(session.info.get(_HIDDEN))


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
