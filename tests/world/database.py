"""Databases that last as long as somebody needs them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text


@contextmanager
def new_database(server: URL | None, folder: Path) -> Iterator[URL]:
    """An empty database: on a PostgreSQL server, where it is dropped afterwards, or without one in a SQLite
    file in a folder."""
    if server is None:
        yield URL.create("sqlite", database=str(folder / "test.db"))
        return
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
