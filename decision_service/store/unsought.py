"""Columns that a question reads, and that the database is not to look through a municipality's rows by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col


def unsought(column: Any) -> ColumnElement[Any]:
    """The value of a column of text in a place where no index is chosen for it. SQLite counts nothing: it
    would rather read all that a municipality has, in the order asked for or to join it, than look up the few
    that are meant."""
    return col(column) + ""
