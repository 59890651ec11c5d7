"""Open a database for the log: settings of a connection, tables, version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event, insert, inspect, select, update

from audit import tables
from audit.errors import LogError


def prepare_engine(engine: Engine) -> Engine:
    """Make an engine's SQLite connections safe for the log; PostgreSQL needs nothing. Call once, before use.

    WAL with a full sync at every commit, deleted content overwritten, and transactions that take the write
    lock when they begin: otherwise one that reads first could not write later.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("audit_read_only")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def read_only(engine: Engine) -> Connection:
    """A connection that sees the database as it is at its first statement and keeps no writer waiting."""
    if engine.dialect.name == "sqlite":
        return engine.connect().execution_options(audit_read_only=True)
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def create_tables(engine: Engine) -> None:
    """Create the tables and their guards where they are missing; bring an earlier version's to this one.

    Raises LogError on a newer database.
    """
    with engine.begin() as connection:
        if inspect(connection).has_table(tables.schema.name):
            check_version(connection)
            version = connection.execute(select(tables.schema.c.version)).scalar_one()
            if version < tables.SCHEMA_VERSION:
                for statement in tables.upgrades(version, connection.dialect.name):
                    connection.exec_driver_sql(statement)
                connection.execute(update(tables.schema).values(version=tables.SCHEMA_VERSION))
            return
        tables.metadata.create_all(connection)
        connection.execute(insert(tables.schema).values(version=tables.SCHEMA_VERSION))


def check_version(connection: Connection) -> None:
    """Raises LogError when the database has no log, or one of a newer version than this program."""
    if not inspect(connection).has_table(tables.schema.name):
        raise LogError("Databasen har ingen granskningslogg. Är det rätt databas?")
    refuse_newer(connection.execute(select(tables.schema.c.version)).scalar())


def refuse_newer(version: int | None) -> None:
    """Raises LogError when the tables are of a later version than this program knows, or say none."""
    if version is None:
        raise LogError("Databasens granskningslogg saknar versionsnummer. Den är skadad.")
    if version > tables.SCHEMA_VERSION:
        raise LogError(
            f"Databasens granskningslogg har version {version}; det här programmet kan version "
            f"{tables.SCHEMA_VERSION}. Uppgradera programmet. Ingenting har skrivits."
        )
