"""The migrations give exactly the tables that the code has, from nothing, again, and by several at once."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import (
    URL,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, SQLModel, select

from audit import FileKeyStore
from decision_service.casework.assessments import numbered
from decision_service.casework.decisions import document_of
from decision_service.decision.document import ReasonKind, reasons_from
from decision_service.log.journal import open_log
from decision_service.reading.strict_json import InputError
from decision_service.store.database import MIGRATIONS, migrate, open_engine, transaction
from decision_service.store.hook_secret import opened
from decision_service.store.sealed import use_keys
from decision_service.store.sealing import seal_what_is_clear
from decision_service.store.tables import (
    ApplicationRow,
    AssessmentRow,
    CompletionRow,
    DecisionRow,
    IdempotencyRow,
    ReleaseFileRow,
    SweepRow,
    TaskRow,
    WebhookRow,
)
from tests.world.people import TENANT

pytestmark = pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression")
"""Indexes of PostgreSQL alone."""


def _url(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _ours(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    return kind != "table" or name in SQLModel.metadata.tables


def _differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": "schema_version", "include_object": _ours, "compare_type": True},
        )
        return list(compare_metadata(context, SQLModel.metadata))


def test_the_migrations_give_the_tables_of_the_code(database_url: URL) -> None:
    engine = open_engine(_url(database_url))
    migrate(engine)
    assert _differences(engine) == []
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE sweep"))
    assert _differences(engine) != []  # the comparison does see
    engine.dispose()


def test_migrating_again_changes_nothing(filled_url: URL) -> None:
    engine = open_engine(_url(filled_url))
    with transaction(engine) as session:
        session.add(SweepRow(name="due", ran_at=datetime(2026, 11, 1, tzinfo=UTC)))
    before = sorted(inspect(engine).get_table_names())
    migrate(engine)
    assert sorted(inspect(engine).get_table_names()) == before
    with transaction(engine) as session:
        assert session.exec(select(SweepRow.name)).all() == ["due"]
    engine.dispose()


@pytest.mark.slow
def test_what_lies_there_is_kept_through_every_migration(database_url: URL, tmp_path: Path) -> None:
    """Rows of the first version, with every column that it had, the last of them sealed by the service."""
    engine, keys = open_engine(_url(database_url)), FileKeyStore(tmp_path)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        first = MetaData()
        kept = ["application", "task", "completion", "assessment", "decision", "idempotency"]
        first.reflect(connection, only=kept)
        for table in first.sorted_tables:
            values = {column.name: _filled(column) for column in table.columns}
            connection.execute(table.insert().values(values))
    migrate(engine)
    with engine.begin() as connection:
        open_log(keys).create(connection, TENANT, "lagrum.example", datetime(2026, 11, 1, tzinfo=UTC))
    assert seal_what_is_clear(use_keys(engine, keys), keys, _joined) == 6
    assert seal_what_is_clear(engine, keys, _joined) == 0
    with transaction(engine) as session:
        (row,) = session.exec(select(ApplicationRow)).all()
        (task,) = session.exec(select(TaskRow)).all()
        (key,) = session.exec(select(IdempotencyRow)).all()
    assert (key.key, key.request, key.application_id) == ("idempotency-key x", "request x", "x")
    assert row.received_at == task.opened_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert task.application_id == row.id == "x"
    with transaction(engine) as session:
        (completion,) = session.exec(select(CompletionRow)).all()
        (decision,) = session.exec(select(DecisionRow)).all()
        document = document_of(session, decision)
        assessment = numbered(session.get_one(AssessmentRow, (TENANT, "x", 1))).document
    (reason,) = reasons_from(task.reasons)
    (asked,) = reasons_from(completion.asked)
    assert (reason.kind, reason.subject, asked.kind) == (ReasonKind.HANDLAGGARE, None, ReasonKind.COMPLETION)
    assert assessment.receipt == "ef"
    [of] = assessment.facts
    assert "kostnad.belopp" in assessment.rules[0].reads
    assert (of.subject, of.values["kostnad.belopp"].value) == (assessment.rules[0].subject, 600000)
    assert document.calculation is not None
    assert (document.granted, document.calculation.lines[0].amount) == (1, 600000)
    engine.dispose()


@pytest.mark.slow
def test_participants_that_an_earlier_version_sealed_wait_to_be_sealed_anew(database_url: URL) -> None:
    """Each begins with the byte that says so, and both tables stand in the list of what is to be written."""
    engine, config = open_engine(_url(database_url)), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0029")
        tables = MetaData()
        tables.reflect(connection, only=["participant", "attendance"])
        for table in tables.sorted_tables:
            values = {each.name: b"\x01\xffx" if _is_bytes(each) else _filled(each) for each in table.columns}
            connection.execute(table.insert().values(values))
    migrate(engine)
    assert _differences(engine) == []
    with engine.connect() as connection:
        for name in ("participant", "attendance"):
            (kept,) = connection.execute(text(f"SELECT document FROM {name}")).scalars()
            assert bytes(kept) == b"\x02\x01\xffx"
        waiting = connection.execute(text("SELECT name FROM unsealed ORDER BY name")).scalars().all()
    assert waiting == ["attendance", "participant", "why somebody is protected"]
    engine.dispose()


@pytest.mark.slow
def test_secrets_in_the_clear_are_closed_when_the_service_starts(database_url: URL, tmp_path: Path) -> None:
    """Each signs on as before, and what forms carried is gone with its column."""
    engine, config, keys = open_engine(_url(database_url)), Config(), FileKeyStore(tmp_path)
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0040")
        tables = MetaData()
        tables.reflect(connection, only=["webhook", "web_session"])
        for table in tables.sorted_tables:
            connection.execute(table.insert().values({each.name: _filled(each) for each in table.columns}))
        known = {"tenant": TENANT, "secret": "hemlighet-å"}
        connection.execute(tables.tables["webhook"].update().values(known))
    migrate(engine)
    assert _differences(engine) == []
    with engine.begin() as connection:
        open_log(keys).create(connection, TENANT, "lagrum.example", datetime(2026, 11, 1, tzinfo=UTC))
    assert seal_what_is_clear(use_keys(engine, keys), keys, _joined) == 1
    assert seal_what_is_clear(engine, keys, _joined) == 0
    with transaction(engine) as session:
        (row,) = session.exec(select(WebhookRow)).all()
    assert "hemlighet-å".encode() not in row.secret
    assert opened(keys, row) == "hemlighet-å".encode()
    engine.dispose()


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


@pytest.mark.slow
def test_files_of_releases_that_an_earlier_version_kept_are_kept(database_url: URL) -> None:
    """It made their table beside the migrations, before the second of them."""
    engine = open_engine(_url(database_url))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "CREATE TABLE release_file (release TEXT NOT NULL, name TEXT NOT NULL, "
                "content TEXT NOT NULL, PRIMARY KEY (release, name))"
            )
        )
        connection.execute(text("INSERT INTO release_file VALUES ('r', 'rules/lagar.yaml', 'ü')"))
    migrate(engine)
    assert _differences(engine) == []
    with Session(engine) as session:
        (file,) = session.exec(select(ReleaseFileRow)).all()
    assert (file.release, file.name, file.content) == ("r", "rules/lagar.yaml", "ü")
    engine.dispose()


@pytest.mark.slow
def test_a_database_of_a_later_version_is_left_alone(database_url: URL) -> None:
    engine = open_engine(_url(database_url))
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version_num = '9999'"))
    with pytest.raises(InputError):
        migrate(engine)
    engine.dispose()


def _joined(*words: str) -> str:
    return " ".join(words)


def _filled(column: Column[Any]) -> object:
    """A value of the column's type."""
    if isinstance(column.type, Date):
        return date(2026, 11, 1)
    if isinstance(column.type, DateTime):
        return datetime(2026, 11, 1, tzinfo=UTC)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return 1
    if column.name == "tenant":
        return TENANT
    return _WRITTEN.get(column.name, "x")


_WRITTEN = {
    "reasons": '[{"kind": "person", "code": "STICKPROV", "question": "?", "subject": "", "label": ""}]',
    "asked": '[{"kind": "completion", "code": "UPPGIFT_SAKNAS", "question": "Hur bor du?"}]',
    "outcome": "BIFALL",
    "document": json.dumps(
        {
            "outcome": "HANDLAGGARE",
            "proposed_outcome": "BIFALL",
            "automatic": False,
            "month": "2026-11",
            "municipality": "1384",
            "release": "ab",
            "calculation": {
                **dict.fromkeys(("norm", "costs", "other_costs", "income"), 0),
                "result": -600000,
                "granted": 600000,
                "lines": [
                    {
                        "kind": "cost",
                        "part": "cost",
                        "rule": "kostnad.hyra",
                        "provision": "SoL 12 kap. 7 §",
                        "subject": "k1",
                        "label": "Hyra",
                        "applied": 600000,
                        "amount": 600000,
                        "text": "Hyra: 6 000 kr.",
                    }
                ],
            },
            "rules": [
                {
                    "id": "kostnad.hyra",
                    "provision": "SoL 12 kap. 7 §",
                    "state": "fired",
                    "subject": "k1",
                    "facts": {"kostnad.belopp": 600000, "ansökan.stickprov": None},
                }
            ],
            "reasons": [
                {"kind": "person", "code": "STICKPROV", "question": "?", "subject": None, "label": ""}
            ],
            "engines": {"agree": True, "fired": 1, "differences": []},
            "unconfirmed": [{"kind": "rule", "name": "x", "label": "X", "status": "praxis"}],
            "unread": [],
            "input": "cd",
            "receipt": "ef",
        }
    ),
}
"""Texts of the first version that must be readable for the code of today."""


_MIGRATE = "import sys; from decision_service.store.database import *; migrate(open_engine(sys.argv[1]))"


@pytest.mark.slow
def test_several_processes_migrate_at_once(database_url: URL) -> None:
    command = [sys.executable, "-c", _MIGRATE, _url(database_url)]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [one.wait() for one in processes] == [0, 0]
    engine = open_engine(_url(database_url))
    assert _differences(engine) == []
    engine.dispose()


def test_a_moment_comes_back_as_it_was_in_utc(filled_url: URL) -> None:
    engine = open_engine(_url(filled_url))
    sommartid = datetime(2026, 7, 1, 14, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with transaction(engine) as session:
        session.add(SweepRow(name="due", ran_at=sommartid))
    with transaction(engine) as session:
        found = session.get_one(SweepRow, "due").ran_at
    assert found == sommartid
    assert found.utcoffset() == timedelta()
    with pytest.raises(StatementError, match="has no time zone"), transaction(engine) as session:
        session.add(SweepRow(name="late", ran_at=datetime(2026, 7, 1)))
    engine.dispose()


def test_a_transaction_is_whole_or_nothing(filled_url: URL) -> None:
    engine = open_engine(_url(filled_url))
    now = datetime(2026, 7, 1, tzinfo=UTC)
    again = text("INSERT INTO sweep (name, ran_at) VALUES ('due', '2026-07-01 00:00:00')")

    def twice() -> None:
        with transaction(engine) as session:
            session.add(SweepRow(name="due", ran_at=now))
            session.flush()
            session.connection().execute(again)

    with pytest.raises(IntegrityError):
        twice()
    with Session(engine) as session:
        assert session.exec(select(SweepRow)).all() == []
    engine.dispose()
