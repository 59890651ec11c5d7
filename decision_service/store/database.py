"""Open the database, bring it to this version, and keep transactions whole."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlmodel import Session

import audit
from audit.database import read_only
from decision_service.jobs import Jobs
from decision_service.reading.closed_files import require_closed
from decision_service.reading.strict_json import InputError
from norms.fault import fault

VERSIONS = "schema_version"
"""The table of the migrations that a database has had."""
MIGRATIONS = Path(__file__).parent / "migrations"
_COUNTED = 1000
"""Rows of each index that SQLite reads to know it: those who write wait meanwhile."""
_FULL = {"53100", "SQLITE_FULL"}
"""What PostgreSQL and SQLite call a disk that is full."""
_REFUSED: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()
"""When a statement last found no room, by the clock of the process."""


def open_engine(url: URL | str, *, pool_size: int = 10) -> Engine:
    """An engine fit for the log and the service: WAL and immediate transactions on SQLite.

    A SQLite file's folder is made where it is missing. Errors never tell the values of a statement: they are
    what the service knows about people. Raises InputError for a file that others can read.
    """
    address = make_url(url)
    room = {"pool_size": pool_size, "max_overflow": pool_size}
    if address.get_backend_name() == "sqlite":
        if address.database not in (None, "", ":memory:"):
            _make_closed(Path(str(address.database)))
        engine = create_engine(address, hide_parameters=True, **room)
        event.listen(engine, "connect", _sqlite_connect)
    else:
        engine = create_engine(address, hide_parameters=True, **room)
        event.listen(engine, "checkout", _require_open)
    event.listen(engine, "handle_error", _note_no_room)
    return audit.prepare_engine(engine)


def _note_no_room(context: ExceptionContext) -> None:
    error = context.original_exception
    name = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    if name in _FULL and context.engine is not None:
        _REFUSED[context.engine] = time.monotonic()


def seconds_since_no_room(engine: Engine) -> float | None:
    """How long ago something that this process wrote found no room; None where all has. What is written over
    needs none, so that one write goes well tells nothing of the next."""
    at = _REFUSED.get(engine)
    return None if at is None else time.monotonic() - at


def _make_closed(path: Path) -> None:
    """A new database file that its owner alone can read; SQLite gives the files beside it the same rights.
    Raises InputError for one that others can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    require_closed(path)


def _sqlite_connect(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _require_open(connection: Any, _record: object, _proxy: object) -> None:
    """A server that has closed a connection has said so, and there is something to read where nothing was
    asked: then this one and every older one is opened anew. To ask the server each time costs as much as a
    statement, and an application has some twenty transactions."""
    if connection.closed:
        raise InvalidatePoolError
    unread = select.poll()
    unread.register(connection.fileno(), select.POLLIN)
    if unread.poll(0):
        raise InvalidatePoolError


def migrate(engine: Engine) -> str | None:
    """Bring the tables of the service, of the queue and of the log to this version. Safe to run again, and by
    several processes at once. The queue's library brings its own tables, the log its own and their guards.
    Gives the version of the service's tables where it is another than it was.

    Raises InputError and audit.LogError on a database of a later version.
    """
    config = _migrations()
    with _one_at_a_time(engine):
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            before = after = _version(connection)
            if before != _newest():
                try:
                    command.upgrade(config, "head")
                except CommandError:
                    raise InputError([fault("database_of_later_version")]) from None
                after = _version(connection)
            Jobs.install(connection)
        audit.create_tables(engine)
    return after if after != before else None


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@cache
def _newest() -> str | None:
    """The newest migration of this version, as the files here say."""
    return ScriptDirectory.from_config(_migrations()).get_current_head()


def of_this_version(connection: Connection) -> bool:
    """Whether a database has the tables of this version, or none of the service's."""
    return _version(connection) in (None, _newest())


def _version(connection: Connection) -> str | None:
    """The newest migration that the tables have had; None for a database without them."""
    options = {"version_table": VERSIONS}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """On PostgreSQL no other process migrates meanwhile; on SQLite whoever writes is alone anyway."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.begin() as guard:
        guard.exec_driver_sql("SELECT pg_advisory_xact_lock(4276001)")
        yield


def count_rows(engine: Engine) -> None:
    """Let SQLite note how many rows a value in each index stands for. Without it SQLite guesses, and may read
    every row of a municipality for those of one person. PostgreSQL does it by itself."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit = {_COUNTED}")
            connection.exec_driver_sql("ANALYZE")


def with_a_clock(engine: Engine) -> bool:
    """Whether the database is a server, with a clock of its own."""
    return engine.dialect.name == "postgresql"


def time_of(engine: Engine) -> datetime:
    """Now, as the database's server has it."""
    with engine.connect() as connection:
        found: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return found.astimezone(UTC)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session whose work is all done, or none of it."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads, sees one moment, and keeps no writer waiting."""
    with read_only(engine) as connection, Session(bind=connection, expire_on_commit=False) as session:
        yield session
