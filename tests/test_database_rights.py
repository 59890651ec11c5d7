"""The roles of examples/postgresql on a real PostgreSQL: the service works, and cannot touch the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

import audit
from audit import Actor, ActorKind, Entry, EntryKind, deletion, retention
from decision_service.store.as_described import faults
from decision_service.store.database import migrate, open_engine, transaction
from decision_service.store.sealed import use_keys
from decision_service.store.tables import ApplicationRow, ApplicationState
from tests.world.database import new_database

SQL = Path(__file__).parents[1] / "examples" / "postgresql"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def statements(name: str) -> list[str]:
    """The statements of a file without comments and psql's own commands."""
    plain = re.sub(r"^--.*$|^SELECT[^;]*?\\gexec$", "", (SQL / name).read_text("utf-8"), flags=re.MULTILINE)
    return [each.strip() for each in plain.split(";") if each.strip()]


@pytest.fixture
def postgresql_url(postgresql_server: URL, postgresql_tables: URL, tmp_path: Path) -> Iterator[URL]:
    """A database with every table."""
    with new_database(postgresql_server, tmp_path, postgresql_tables) as url:
        yield url


@pytest.fixture
def app(postgresql_url: URL, tmp_path: Path) -> Iterator[Engine]:
    """The database as the service's role has it, with a log that has an entry and a checkpoint."""
    owner = open_engine(postgresql_url.render_as_string(hide_password=False))
    log = audit.Log(audit.FileKeyStore(tmp_path / "keys"), "test")
    with owner.begin() as connection:
        log.create(connection, "9999", "test", NOW)
    log.checkpoint(owner, "9999")
    role = f"app_{postgresql_url.database}"
    with owner.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role}"))
        for each in statements("rights.sql"):
            connection.execute(text(each.replace("lagrum_app", role)))
    engine = create_engine(postgresql_url, connect_args={"options": f"-c role={role}"})
    yield engine
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))
    owner.dispose()


def test_the_services_role_starts_and_writes_in_the_log(app: Engine, tmp_path: Path) -> None:
    migrate(app)
    log = audit.Log(audit.FileKeyStore(tmp_path / "keys"), "test")
    with app.begin() as connection:
        entry = Entry(
            EntryKind.FACTS, NOW, Actor(ActorKind.SYSTEM, "test"), "prov", case="c-1", personal={"lön": "1"}
        )
        log.append(connection, "9999", entry)
        log.change_wrapping_key(connection, "9999", NOW, Actor(ActorKind.PERSON, "ab12"))
    assert "9999.test/audit" in log.checkpoint(app, "9999")


def test_the_tables_are_as_described_with_the_rights_too(app: Engine, postgresql_url: URL) -> None:
    """For the service and for whoever checks the log as the owner."""
    owner = create_engine(postgresql_url)
    for each in (app, owner):
        with each.connect() as connection:
            assert faults(connection) == []
    owner.dispose()


def test_the_services_role_removes_an_application_only_after_its_deletion_is_logged(
    app: Engine, tmp_path: Path
) -> None:
    keys = audit.FileKeyStore(tmp_path / "keys")
    log, actor = audit.Log(keys, "test"), Actor(ActorKind.SYSTEM, "test")
    received = Entry(EntryKind.APPLICATION_RECEIVED, NOW, actor, "prov", case="c-1", personal={"x": "1"})
    use_keys(app, keys)
    with transaction(app) as session:
        log.append(session.connection(), "9999", received)
        session.add(
            ApplicationRow(
                id="c-1",
                tenant="9999",
                case_number="2026-000001-1",
                month="2026-11",
                state=ApplicationState.WITHDRAWN,
                received_at=NOW,
                deadline_at=NOW,
                person_due_at=NOW,
                adapter="ansokan/1",
                client="e-tjänst",
                content_at=NOW,
                content="{}",
            )
        )
        session.flush()
        session.info.clear()  # this is about rights, not about what vouches for the row
    remove, later = text("DELETE FROM application"), NOW.replace(year=2032)
    with app.begin() as connection:
        assert connection.execute(remove).rowcount == 0
        deletion.delete_case(log, connection, "9999", "c-1", retention.load(), {1}, later, actor)
        assert connection.execute(remove).rowcount == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET body = body",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_checkpoint SET note = note",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_head",
        "DELETE FROM audit_case",
        "UPDATE audit_schema SET version = 2",
        "UPDATE schema_version SET version_num = 'x'",
        "UPDATE release_file SET release = release",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entry_row ON audit_entry",
        "CREATE TABLE egen (a int)",
    ],
)
def test_the_services_role_may_not(app: Engine, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), app.begin() as connection:
        connection.execute(text(statement))
