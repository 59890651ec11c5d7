"""Rows that wait for somebody, of whatever municipality: one question to all of them says where there are
any, and locks nothing; then they are taken in each municipality by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, func
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, select

Waiting = TypeVar("Waiting")


def taken(
    session: Session,
    table: type[Waiting],
    waits: Sequence[ColumnElement[bool]],
    order: SQLColumnExpression[Any],
    most: int,
    *options: ORMOption,
) -> list[Waiting]:
    """Those of a table that wait, ``most`` at most, first of the municipality where one has waited longest.
    Each is locked until the transaction ends; what another has locked is left to it."""
    tenant: Any = table.tenant  # type: ignore[attr-defined]
    there = select(tenant).where(*waits).group_by(tenant).order_by(func.min(order))
    found: list[Waiting] = []
    for each in session.exec(there).all():
        query = select(table).options(*options).where(tenant == each, *waits)
        query = query.order_by(order).limit(most - len(found)).with_for_update(skip_locked=True)
        found += session.exec(query).all()
        if len(found) == most:
            break
    return found
