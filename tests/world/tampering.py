"""Change rows behind the log's back, as somebody would who has every right in the database and the keys."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import Engine, LargeBinary, Table, select, text, type_coerce, update
from sqlmodel import SQLModel

from decision_service.store.database import transaction
from decision_service.store.sealed import Envelope, Sealed, envelope, key_for

_UPDATE = re.compile(r"UPDATE (\w+) SET (\w+) = (.+?)(?: WHERE (.+))?")


def tamper(engine: Engine, statement: str, **words: Any) -> int:
    """Run a statement, and say how many rows it changed. What is sealed is opened for it and sealed again."""
    found = _UPDATE.fullmatch(statement)
    table = SQLModel.metadata.tables[found[1]] if found is not None else None
    if found is None or table is None or not isinstance(table.c[found[2]].type, Sealed):
        with engine.begin() as connection:
            return connection.execute(text(statement), words).rowcount
    return _resealed(engine, found[1], found[2], found[3], found[4] or "1 = 1", words)


def stored(engine: Engine, table: Table) -> list[dict[str, Any]]:
    """The rows of a table as the database has them, fit to be put there again."""
    closed = [type_coerce(each, LargeBinary) if isinstance(each.type, Sealed) else each for each in table.c]
    with engine.connect() as connection:
        return [
            {name: Envelope(value) if isinstance(value, bytes) else value for name, value in row.items()}
            for row in connection.execute(select(*closed)).mappings()
        ]


def _resealed(
    engine: Engine, name: str, changed: str, expression: str, where: str, words: dict[str, Any]
) -> int:
    table = SQLModel.metadata.tables[name]
    column = table.c[changed]
    assert isinstance(column.type, Sealed)
    with transaction(engine) as session:
        connection = session.connection()
        rows = connection.execute(select(table).where(text(where)), words).mappings().all()
        for row in rows:
            tenant, case = row["tenant"], row[column.type.case]
            after = _calculated(expression, changed, row[changed])
            if after is not None:
                key = key_for(session, connection, tenant, case)
                for_ = column.type.of_row(str(row[column.type.row]) if column.type.row else "")
                after = envelope(connection, key, tenant, case, for_, after)
            same = [each == row[each.name] for each in table.primary_key]
            connection.execute(update(table).where(*same).values({changed: after}))
    return len(rows)


def _calculated(expression: str, name: str, value: Any) -> Any:
    """What an expression of SQL makes of a value."""
    with closing(sqlite3.connect(":memory:")) as calculator:
        return calculator.execute(f"SELECT {expression} FROM (SELECT ? AS {name})", (value,)).fetchone()[0]
