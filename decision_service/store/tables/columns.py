"""Columns and indexes that several tables have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, ForeignKeyConstraint, Index, text

from decision_service.store.moment import Moment


def moment(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    """A moment, aware of its zone."""
    return Column(Moment(), nullable=nullable, index=index)


def by_words(table: str) -> Iterator[Index]:
    """PostgreSQL's indexes on the words of a row."""
    for name in ("fired", "asked"):
        words = text(f"string_to_array({name}, ' ')")
        yield Index(f"{table}_{name}", words, postgresql_using="gin").ddl_if(dialect="postgresql")


def within(column: str, table: str) -> ForeignKeyConstraint:
    """What ``column`` names is a row of ``table`` of the same municipality."""
    return ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"])
