"""The database that a log is kept in, opened by its address or its file, with errors that people can read."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, select

import audit
from audit import prepare_engine, tables
from audit.database import check_version, read_only
from decision_service.reading.strict_json import InputError
from decision_service.store.address import address_or_file, reached
from decision_service.store.database import migrate
from decision_service.store.sealed import use_keys
from norms.fault import fault


def open_for_reading(where: str, keys: audit.KeyStore | None = None) -> Engine:
    """An engine on a database that has a log. Nothing is created or written.

    ``where`` is a SQLite file, or an address of SQLite or PostgreSQL. ``keys`` open what is sealed in it.
    Raises InputError, and LogError for a log of another version.
    """
    url = address_or_file(where)
    if url.get_backend_name() == "sqlite":
        _look(Path(str(url.database)))
    engine = _checked(prepare_engine(create_engine(url)))
    return engine if keys is None else use_keys(engine, keys)


def open_for_writing(where: str) -> Engine:
    """An engine on a database that has a log or gets its tables now. Raises InputError."""
    url = address_or_file(where)
    path = Path(str(url.database))
    if url.get_backend_name() == "sqlite":
        if path.is_file() and path.stat().st_size:
            _look(path, created=False)
        elif not path.parent.is_dir():
            raise InputError([fault("no_folder_for_database", folder=str(path.parent))])
    engine = prepare_engine(create_engine(url))
    with reached(url):
        migrate(engine)
    return engine


def municipality(engine: Engine, given: str | None) -> str:
    """The municipality whose log is meant: the given one, or the only one there is. Raises InputError."""
    with read_only(engine) as connection:
        known = logs(connection)
    if given is None and len(known) == 1:
        return next(iter(known))
    listed = ", ".join(sorted(known)) or "–"
    if given is None:
        raise InputError([fault("which_log", "--tenant", known=listed)])
    if given not in known:
        raise InputError([fault("no_such_log", "--tenant", tenant=given, known=listed)])
    return given


def logs(connection: Connection) -> dict[str, str]:
    """The municipalities that have a log in the database, and the name of each log."""
    rows = connection.execute(select(tables.head.c.tenant, tables.head.c.origin))
    return {row.tenant: row.origin for row in rows}


def _look(path: Path, created: bool = True) -> None:
    """Look into a SQLite file without changing it."""
    if not path.is_file():
        raise InputError([fault("no_database", file=str(path))])
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            query = "SELECT count(*) FROM sqlite_master WHERE name = ?"
            has_log = connection.execute(query, (tables.schema.name,)).fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise InputError([fault("not_sqlite", file=str(path), reason=str(error))]) from error
    if not has_log and created:
        raise InputError([fault("database_without_log", file=str(path))])


def _checked(engine: Engine) -> Engine:
    with reached(engine.url), read_only(engine) as connection:
        check_version(connection)
    return engine
