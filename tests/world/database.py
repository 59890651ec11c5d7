"""Databases that last as long as somebody needs them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from decision_service.store.database import migrate, open_engine


@contextmanager
def new_database(server: URL | None, folder: Path, like: URL | None = None) -> Iterator[URL]:
    """A database: on a PostgreSQL server, where it is dropped afterwards, or without one in a SQLite file in
    a folder. Empty, or with what another one has, which nobody may have open."""
    if server is None:
        place = folder / "test.db"
        if like is not None:
            shutil.copy(str(like.database), place)
        yield URL.create("sqlite", database=str(place))
        return
    name = f"test_{uuid.uuid4().hex}"
    template = f" TEMPLATE {like.database}" if like is not None else ""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}{template}"))
    yield server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@contextmanager
def with_tables(server: URL | None, folder: Path) -> Iterator[URL]:
    """A database with every table and not a row, for others to be made like it."""
    with new_database(server, folder) as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        migrate(engine)
        engine.dispose()
        yield url
