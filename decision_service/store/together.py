"""New rows of several tables, written together: with one question to the database where it can, and without
what a session keeps of each row to see it change, which costs more than the writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Dialect, inspect
from sqlmodel import Session, SQLModel

from decision_service.store.sealed import as_kept, sealed_columns


def write(session: Session, *rows: SQLModel) -> None:
    """Write new rows in the session's transaction, those that others name before them. The session does not
    know them afterwards. Rows that the log vouches for are written with ``vouched.write``.

    Raises sqlalchemy.exc.IntegrityError.
    """
    connection = session.connection()
    values: dict[str, Any] = {}
    for at, row in enumerate(rows):
        values |= {f"{name}_{at}": value for name, value in _said(session, connection, row)}
    for sql in _statements(tuple(map(type, rows)), connection.dialect):
        connection.exec_driver_sql(sql, values)


def _said(session: Session, connection: Connection, row: SQLModel) -> Iterator[tuple[str, Any]]:
    """What a row says, as the driver takes it."""
    sealed = dict(sealed_columns(inspect(type(row))))
    for name, process in _columns(type(row), connection.dialect):
        value = getattr(row, name)
        if value is not None and name in sealed:
            value = as_kept(session, connection, row, name, sealed[name], value)
        yield name, value if process is None else process(value)


@lru_cache(512)
def _columns(table: type[SQLModel], dialect: Dialect) -> Sequence[tuple[str, Callable[[Any], Any] | None]]:
    """The columns of a table, and what makes of a value what the driver takes."""
    columns = inspect(table).local_table.c
    return [(each.name, each.type.dialect_impl(dialect).bind_processor(dialect)) for each in columns]


@lru_cache(512)
def _statements(tables: tuple[type[SQLModel], ...], dialect: Dialect) -> Sequence[str]:
    """In the driver's own form: on PostgreSQL one."""
    several = dialect.name == "postgresql"
    place = "%({}_{})s" if several else ":{}_{}"
    quote = dialect.identifier_preparer.quote
    parts = []
    for table, rows in groupby(enumerate(tables), lambda one: one[1]):
        names = [name for name, _ in _columns(table, dialect)]
        written = (f"({', '.join(place.format(name, at) for name in names)})" for at, _ in rows)
        columns = ", ".join(map(quote, names))
        parts.append(f"INSERT INTO {quote(str(table.__tablename__))} ({columns}) VALUES {', '.join(written)}")
    if not several or len(parts) == 1:
        return parts
    *first, last = parts
    return [f"WITH {', '.join(f'w{number} AS ({part})' for number, part in enumerate(first))} {last}"]
