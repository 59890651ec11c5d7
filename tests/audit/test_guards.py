"""The database itself refuses to change or remove what was logged."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, select, text
from sqlalchemy.exc import DBAPIError

from audit import create_tables, deletion, retention, tables, verify_database
from tests.audit.world import MACHINE, START, World

NOW = START.replace(year=2033)

REFUSED = [
    ("audit_entry", "UPDATE audit_entry SET body = body"),
    ("audit_entry", "UPDATE audit_entry SET seq = seq + 100"),
    ("audit_entry", "DELETE FROM audit_entry WHERE seq = 1"),
    ("audit_head", "UPDATE audit_head SET size = size - 1"),
    ("audit_head", "UPDATE audit_head SET origin = 'annan'"),
    ("audit_head", "UPDATE audit_head SET tenant = '0180' WHERE tenant = '1384'"),
    ("audit_head", "DELETE FROM audit_head"),
    ("audit_checkpoint", "UPDATE audit_checkpoint SET note = ''"),
    ("audit_checkpoint", "DELETE FROM audit_checkpoint"),
    ("audit_case", "UPDATE audit_case SET entries = entries - 1"),
    ("audit_case", "UPDATE audit_case SET case_id = 'c-9' WHERE case_id = 'c-1'"),
    ("audit_case", "DELETE FROM audit_case"),
    ("audit_case", "UPDATE audit_case SET wrapped = x WHERE case_id = 'gone'"),
    ("audit_case", "UPDATE audit_case SET wrapped = NULL, wrapping_key = NULL WHERE case_id = 'c-1'"),
    ("audit_case", "UPDATE audit_case SET wrapped = NULL, deleted_seq = 1 WHERE case_id = 'c-1'"),
    ("audit_case", "UPDATE audit_case SET deleted_seq = 1 WHERE case_id = 'c-1'"),
    ("audit_case", "UPDATE audit_case SET deleted_seq = NULL WHERE case_id = 'gone'"),
    ("audit_vault", "UPDATE audit_vault SET ciphertext = ciphertext"),
    ("audit_vault", "DELETE FROM audit_vault"),
]


NO_KEY_GONE = "OR (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL AND NEW.deleted_seq IS NULL)"
"""What the guard of version 2 refuses and that of version 1 did not."""


@pytest.fixture
def filled(world: World) -> World:
    """A live case and a deleted one."""
    world.append(case="gone", personal={"lön": 1})
    world.append(case="c-1", personal={"lön": 1})
    with world.engine.begin() as connection:
        deletion.delete_case(world.log, connection, "1287", "gone", retention.load(), {9}, NOW, MACHINE)
    world.checkpoint()
    return world


@pytest.mark.slow
def test_a_changed_reading_of_the_logs_end_is_told(postgresql_url: URL, tmp_path: Path) -> None:
    """On PostgreSQL a function reads it: whoever changes that decides where the log seems to end."""
    engine = create_engine(postgresql_url)
    create_tables(engine)
    world = World(engine, tmp_path)
    world.create("1287")
    world.append()
    world.checkpoint()
    assert verify_database(engine, world.public).ok
    changed = tables.LOCK_FUNCTION.replace("h.writer_key", "NULL::text")
    assert changed != tables.LOCK_FUNCTION
    with engine.begin() as connection:
        connection.exec_driver_sql(changed)
    report = verify_database(engine, world.public)
    assert "Funktionen audit_lock, som läser loggens slut, saknas eller är ändrad." in str(report)
    engine.dispose()


TABLES = ["audit_entry", "audit_head", "audit_checkpoint", "audit_case", "audit_vault"]


def refusal(world: World, statement: str) -> str:
    with world.engine.connect() as connection, pytest.raises(DBAPIError) as error:
        connection.execute(text(statement))
    return str(error.value.orig)


def test_what_is_refused(filled: World) -> None:
    new_key = "'\\x00'" if filled.engine.dialect.name == "postgresql" else "x'00'"
    for table, statement in REFUSED:
        message = refusal(filled, statement.replace("= x ", f"= {new_key} "))
        assert f"{table}: loggen kan bara växa; ändring och radering är spärrade" in message, statement
    assert verify_database(filled.engine, filled.public, vault=filled.keys).ok


def test_no_row_is_replaced(filled: World) -> None:
    """INSERT OR REPLACE removes rows without any DELETE; PostgreSQL's form of it is an UPDATE."""
    for table in TABLES:
        columns = ", ".join(column.name for column in tables.metadata.tables[table].columns)
        key = ", ".join(column.name for column in tables.metadata.tables[table].primary_key)
        statement = {
            "sqlite": f"INSERT OR REPLACE INTO {table} SELECT {columns} FROM {table}",
            "postgresql": f"INSERT INTO {table} SELECT {columns} FROM {table} "
            f"ON CONFLICT ({key}) DO UPDATE SET tenant = 'XXXX'",
        }[filled.engine.dialect.name]
        assert f"{table}: loggen kan bara växa" in refusal(filled, statement)


def test_no_table_is_emptied(postgresql_url: URL, tmp_path: Path) -> None:
    engine = create_engine(postgresql_url)
    create_tables(engine)
    world = World(engine, tmp_path)
    for table in TABLES:
        message = refusal(world, f"TRUNCATE {table}")
        assert f"{table}: loggen kan bara växa; ändring och radering är spärrade" in message
    engine.dispose()


def test_an_earlier_versions_guards_are_renewed(filled: World) -> None:
    """A database of an earlier version lets a live case's key be destroyed; it gets this version's guards."""
    statement = "UPDATE audit_case SET wrapped = NULL, wrapping_key = NULL WHERE case_id = 'c-1'"
    dialect = filled.engine.dialect.name
    assert NO_KEY_GONE in "".join(tables.guards("audit_case", dialect))
    with filled.engine.begin() as connection:
        for old in tables.renewed_guards("audit_case", dialect):
            weaker = old.replace(
                "OR (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL AND NEW.deleted_seq IS NULL)", ""
            )
            connection.exec_driver_sql(weaker)
        connection.execute(text("UPDATE audit_schema SET version = 2"))
        for column in ("audit_entry DROP COLUMN mark", "audit_head DROP COLUMN writer_key"):
            connection.execute(text(f"ALTER TABLE {column}"))
    with filled.engine.connect() as connection:
        connection.execute(text(statement))
    create_tables(filled.engine)
    assert "audit_case: loggen kan bara växa" in refusal(filled, statement)
    with filled.engine.connect() as connection:
        assert connection.execute(select(tables.entry.c.mark)).first() is not None
        assert connection.execute(select(tables.head.c.writer_key)).first() is not None
