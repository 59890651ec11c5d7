"""Find an application's row, and change it so that no other change is lost."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, select

from decision_service.casework.hidden import is_hidden, not_hidden
from decision_service.casework.office import Office
from decision_service.log import vouched
from decision_service.planning.protection import require_hidden
from decision_service.store.refused import ConflictError, NotFoundError, StaleError
from decision_service.store.sealed import kept_key, remember_key
from decision_service.store.tables import ApplicationRow, DecisionRow

__all__ = ["ConflictError", "NotFoundError", "StaleError", "find", "lock", "require_logged"]


def find(session: Session, tenant: str, application_id: str) -> ApplicationRow:
    """An application of a municipality. Raises NotFoundError, for one that is hidden too."""
    row = session.get(ApplicationRow, (tenant, application_id), options=not_hidden(session))
    if row is None or is_hidden(session, row):
        raise NotFoundError(application_id)
    return row


def lock(session: Session, tenant: str, application_id: str, version: int | None = None) -> ApplicationRow:
    """The same, to be changed: nobody else can until the transaction ends.

    ``version`` is the one the caller has seen. Raises NotFoundError and StaleError.
    """
    found = lock_all(session, tenant, [application_id])
    if not found:
        raise NotFoundError(application_id)
    if version is not None and found[0].version != version:
        raise StaleError(application_id)
    return found[0]


def lock_all(session: Session, tenant: str, applications: Sequence[str]) -> list[ApplicationRow]:
    """The same of those of some applications that there are."""
    its = {"its_tenant": tenant, "its_ids": applications}
    # As they are now, also where the session has read them before.
    found = session.exec(
        _LOCKED.options(*not_hidden(session)), params=its, execution_options={"populate_existing": True}
    ).all()
    for row, kept in found:
        remember_key(session, tenant, row.id, kept)
    return [row for row, _ in found if not is_hidden(session, row)]


_TABLE = SQLModel.metadata.tables[str(ApplicationRow.__tablename__)]
_LOCKED = (
    select(ApplicationRow, kept_key(_TABLE, "id"))
    .where(_TABLE.c.tenant == bindparam("its_tenant"), _TABLE.c.id.in_(bindparam("its_ids", expanding=True)))
    .order_by(_TABLE.c.id)
    .with_for_update(of=ApplicationRow)
)
"""Applications, and the keys of their cases; always in the same order, so that two who want the same wait for
each other and not both."""


def require_logged(
    office: Office, session: Session, *rows: ApplicationRow, decisions: Sequence[DecisionRow] | None = None
) -> list[SQLModel]:
    """Everything that is written of some applications of one municipality must be what the log vouches for,
    before anybody is shown it or acts on it. Gives it: what somebody holds the session need not read again.
    ``decisions`` are their first ones, where they are read already. Raises audit.errors.RowError."""
    if not rows:
        return []
    for row in rows:
        require_hidden(row)
    tenant = rows[0].tenant
    read = None if decisions is None else DecisionRow
    of_them = [*vouched.of_applications(session, tenant, [row.id for row in rows], read), *(decisions or ())]
    vouched.require(office.keys, session, tenant, *rows, *of_them)
    return of_them
