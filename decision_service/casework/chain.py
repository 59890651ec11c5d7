"""The decisions on one application, one after the other: the last is in force, and none is written over."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from decision_service.store.tables import CorrectionRow, DecisionRow

AnyDecision = DecisionRow | CorrectionRow


def chain(session: Session, tenant: str, application_id: str) -> list[AnyDecision]:
    """The decision on an application and its corrections, the first first; empty where nothing is decided."""
    first = session.get(DecisionRow, (tenant, application_id))
    return [] if first is None else [first, *corrections_of(session, tenant, [application_id])]


def in_force(session: Session, tenant: str, application_id: str) -> AnyDecision | None:
    """The decision that counts."""
    found = chain(session, tenant, application_id)
    return found[-1] if found else None


def corrections_of(session: Session, tenant: str, applications: Collection[str]) -> list[CorrectionRow]:
    """The corrections on some applications, those of each in their order."""
    if not applications:
        return []
    return list(session.exec(_CORRECTIONS, params={"its_tenant": tenant, "cases": list(applications)}))


_CORRECTIONS = (
    select(CorrectionRow)
    .where(
        col(CorrectionRow.tenant) == bindparam("its_tenant"),
        col(CorrectionRow.application_id).in_(bindparam("cases", expanding=True)),
    )
    .order_by(col(CorrectionRow.application_id), col(CorrectionRow.number))
)
