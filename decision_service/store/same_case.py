"""Rows that are of one case: of the same municipality, and of the same application there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam


def same_case(one: Any, other: Any) -> ColumnElement[bool]:
    """What joins two tables, or finds what a table has of the case of a row. Either may be the application
    itself."""
    return and_(one.tenant == other.tenant, _case(one) == _case(other))


def of_asked_case(table: Any) -> ColumnElement[bool]:
    """What finds the same of a case that is given by ``of_case``: of a question that is put together once."""
    return and_(table.tenant == bindparam("its_tenant"), _case(table) == bindparam("its_case"))


def of_case(row: Any) -> dict[str, str]:
    """What ``of_asked_case`` asks for: a row's municipality and application."""
    return {"its_tenant": row.tenant, "its_case": _case(row)}


def _case(table: Any) -> Any:
    return table.application_id if hasattr(table, "application_id") else table.id
