"""Rows that are of one case: of the same municipality, and of the same application there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_


def same_case(one: Any, other: Any) -> ColumnElement[bool]:
    """What joins two tables, or finds what a table has of the case of a row. Either may be the application
    itself."""
    return and_(one.tenant == other.tenant, _case(one) == _case(other))


def _case(table: Any) -> Any:
    return table.application_id if hasattr(table, "application_id") else table.id
