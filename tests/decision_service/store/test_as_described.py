"""What stands in a table's place, or takes something from it, is told: no row says so."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, text

import decision_service
from audit import guarded
from decision_service.store.as_described import faults
from decision_service.store.database import migrate, open_engine
from tests.world.database import new_database

INSTEAD = "är ingen tabell."
SOME = "visar inte alla sina rader för alla."
ACTS = "har en trigger eller regel som inte är tjänstens."
OTHERWISE = "är inte som tjänsten har den"
UNGUARDED = "(session_replication_role=replica)"
NEVER = "CREATE FUNCTION aldrig(varchar, varchar) RETURNS boolean LANGUAGE sql RETURN false"

ON_BOTH = {
    "a view that leaves a case out": (
        "ALTER TABLE task RENAME TO dold; CREATE VIEW task AS SELECT * FROM dold WHERE application_id <> 'x'",
        f"task {INSTEAD}",
    ),
    "a table that is gone": ("DROP TABLE sweep", f"sweep {INSTEAD}"),
    "a column more": ("ALTER TABLE task ADD COLUMN vem text", OTHERWISE),
    "a column less": ("ALTER TABLE message DROP COLUMN error", OTHERWISE),
    "an index that is gone": ("DROP INDEX application_case_number", OTHERWISE),
    "an index of other columns": (
        "DROP INDEX application_queue; CREATE INDEX application_queue ON application (state)",
        OTHERWISE,
    ),
    "an index that allows only one": ("CREATE UNIQUE INDEX en ON message (kind)", OTHERWISE),
}
SQLITE = {
    "a trigger": (
        "CREATE TRIGGER bort AFTER INSERT ON message BEGIN DELETE FROM message; END",
        ACTS,
    ),
    "an index that allows two": (
        "DROP INDEX application_case_number; CREATE UNIQUE INDEX application_case_number "
        "ON application (tenant, case_number) WHERE id <> 'x'",
        "indexet application_case_number har inte de rader som det ska ha.",
    ),
    "an index that takes letters for one": (
        "DROP INDEX application_case_number; CREATE UNIQUE INDEX application_case_number "
        "ON application (tenant, case_number COLLATE NOCASE)",
        OTHERWISE,
    ),
}
POSTGRESQL = {
    "a rule": ("CREATE RULE bort AS ON INSERT TO message DO INSTEAD NOTHING", ACTS),
    "a policy": (
        "ALTER TABLE task ENABLE ROW LEVEL SECURITY; CREATE POLICY dold ON task USING (claimed_by <> 'x')",
        SOME,
    ),
    "a policy that waits": ("CREATE POLICY dold ON task USING (application_id <> 'x')", SOME),
    "a policy that lets nobody in": ("ALTER TABLE task ENABLE ROW LEVEL SECURITY", SOME),
    "a policy that shows all to another": (
        "GRANT SELECT ON task TO pg_monitor; ALTER TABLE task ENABLE ROW LEVEL SECURITY; "
        "CREATE POLICY alla ON task TO pg_signal_backend USING (true)",
        SOME,
    ),
    "a policy beside one that shows all": (
        "ALTER TABLE task ENABLE ROW LEVEL SECURITY; CREATE POLICY alla ON task USING (true); "
        "CREATE POLICY dold ON task AS RESTRICTIVE FOR SELECT USING (application_id <> 'x')",
        SOME,
    ),
    "a policy that lets nobody lock a row": (
        "ALTER TABLE task ENABLE ROW LEVEL SECURITY; CREATE POLICY alla ON task USING (true); "
        "CREATE POLICY dold ON task AS RESTRICTIVE FOR UPDATE USING (application_id <> 'x')",
        SOME,
    ),
    "a policy by which a row stays": (
        "ALTER TABLE task ENABLE ROW LEVEL SECURITY; CREATE POLICY alla ON task USING (true); "
        "CREATE POLICY kvar ON task AS RESTRICTIVE FOR DELETE USING (application_id <> 'x')",
        "ur tabellen task går inte att ta bort det som ska tas bort.",
    ),
    "a policy for the owner": ("ALTER TABLE task FORCE ROW LEVEL SECURITY", SOME),
    "a table before it in the path": (
        "CREATE SCHEMA fore; SET search_path TO fore, public; CREATE TABLE fore.task (LIKE public.task)",
        "task finns i flera scheman.",
    ),
    "a child": ("CREATE TABLE barn () INHERITS (task)", "har rader i andra tabeller."),
    "a column that is calculated": (
        "ALTER TABLE task DROP COLUMN reason; "
        "ALTER TABLE task ADD COLUMN reason text GENERATED ALWAYS AS (household) STORED",
        "räknas fram.",
    ),
    "an index that leaves a row out": (
        "DROP INDEX application_queue; CREATE INDEX application_queue "
        "ON application (tenant, state, received_at, id) WHERE id <> 'x'",
        "indexet application_queue har inte de rader som det ska ha.",
    ),
    "an index of the log that leaves a row out": (
        "CREATE INDEX mera ON audit_entry (seq) WHERE seq <> 7",
        "indexet mera har inte de rader som det ska ha.",
    ),
    "an index that is not done": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'application_queue'::regclass",
        "indexet application_queue är inte färdigt",
    ),
    "a table that does not outlive the server": (
        "ALTER TABLE note SET UNLOGGED",
        "tabellen note töms om databasservern dör (UNLOGGED).",
    ),
    "an operator of the same name": (
        f"{NEVER}; CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = aldrig)",
        "schemat public har en operator eller funktion = för PostgreSQL:s egna värden",
    ),
    "a function of the same name": (
        "CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql RETURN 'x'",
        "schemat public har en operator eller funktion lower för PostgreSQL:s egna värden",
    ),
    "a schema before PostgreSQL's own": (
        "CREATE SCHEMA fore; SET LOCAL search_path TO fore, pg_catalog, public",
        "databasen söker i schemat fore före PostgreSQL:s eget",
    ),
    "no guards in this session": ("SET LOCAL session_replication_role = replica", UNGUARDED),
    "no guards for somebody": ("ALTER ROLE CURRENT_USER SET session_replication_role = replica", UNGUARDED),
    "keys that nobody looks at": ("ALTER TABLE decision DISABLE TRIGGER ALL", OTHERWISE),
    "a key that waits": (
        "ALTER TABLE decision DROP CONSTRAINT decision_pkey; ALTER TABLE decision ADD CONSTRAINT "
        "decision_pkey PRIMARY KEY (tenant, application_id) DEFERRABLE INITIALLY DEFERRED",
        OTHERWISE,
    ),
    "what may not be written": ("ALTER TABLE note ADD CHECK (id <> 'x')", OTHERWISE),
    "two decisions on a case": ("ALTER TABLE decision DROP CONSTRAINT decision_tenant_id_key", OTHERWISE),
}
ATTACKS = [
    *(("both", name) for name in ON_BOTH),
    *(("sqlite", name) for name in SQLITE),
    *(("postgresql", name) for name in POSTGRESQL),
]


@pytest.fixture(scope="module")
def connection(
    server: URL | None, tables: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    with new_database(server, tmp_path_factory.mktemp("described"), tables) as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        migrate(engine)
        with engine.connect() as found:
            yield found
        engine.dispose()


def test_the_tables_of_this_version_are_as_described(connection: Connection) -> None:
    assert faults(connection) == []
    connection.execute(text("CREATE INDEX fort ON message (kind)"))  # for the sake of speed
    assert faults(connection) == []
    connection.rollback()


@pytest.mark.slow
@pytest.mark.parametrize(("where", "name"), ATTACKS)
def test_what_is_otherwise_is_told(connection: Connection, where: str, name: str) -> None:
    dialect = connection.dialect.name
    if where not in ("both", dialect):
        return
    statements, said = (ON_BOTH if where == "both" else SQLITE if where == "sqlite" else POSTGRESQL)[name]
    for one in statements.split("; ") if "BEGIN" not in statements else [statements]:
        connection.execute(text(one))
    try:
        assert any(said in each for each in faults(connection)), faults(connection)
    finally:
        connection.rollback()


REWRITTEN = {
    "a second row in the place of the first": (
        "decision",
        r"PRIMARY KEY (\([^)]*\))",
        r"\g<0> ON CONFLICT REPLACE",
    ),
    "a second row that vanishes": ("decision", r"UNIQUE (\([^)]*\))", r"\g<0> ON CONFLICT IGNORE"),
    "an entry that vanishes": ("audit_entry", r"PRIMARY KEY (\([^)]*\))", r"\g<0> ON CONFLICT IGNORE"),
    "letters taken for one": ("decision", '"id" VARCHAR', r"\g<0> COLLATE NOCASE"),
    "what may not be written": ("decision", r"\)$", ", CHECK (\"id\" <> 'x'))"),
    "a comment that hides it": ("decision", r"\)$", ', /*"*/ CHECK ("id" <> \'x\') /*"*/)'),
}
"""What somebody writes into SQLite's own account of a table: where, and instead of what."""


@pytest.mark.slow
@pytest.mark.parametrize("name", REWRITTEN)
def test_what_is_rewritten_in_the_file_is_told(sqlite_tables: URL, tmp_path: Path, name: str) -> None:
    table, old, new = REWRITTEN[name]
    with new_database(None, tmp_path, sqlite_tables) as url:
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as file:
            (said,) = file.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
            changed = re.sub(old, new, said, count=1)
            assert changed != said
            file.execute("PRAGMA writable_schema = ON")
            file.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [changed, table])
        engine = open_engine(url.render_as_string(hide_password=False))
        with engine.connect() as connection:
            assert any(OTHERWISE in each for each in faults(connection)), faults(connection)
        engine.dispose()


@pytest.mark.parametrize("table", ["decision", "audit_entry"])
def test_a_primary_key_that_is_gone_is_told(connection: Connection, table: str) -> None:
    """Without it there could be two of what there is to be one of. All else of the table is as before."""
    for one in _without_key(connection, table):
        connection.execute(text(one))
    try:
        assert f"tabellen {table} {OTHERWISE} (primary_key)." in faults(connection)
    finally:
        connection.rollback()


def _without_key(connection: Connection, table: str) -> list[str]:
    if connection.dialect.name == "postgresql":
        return [f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey CASCADE"]
    made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
    bare = re.sub(r"(CONSTRAINT \w+ )?PRIMARY KEY \([^)]*\),?", "", str(made))
    assert bare != made
    bare = re.sub(r",\s*\)(\s*WITHOUT ROWID)?\s*$", ")", bare)
    return [f"ALTER TABLE {table} RENAME TO before", bare, "DROP TABLE before"]


def test_whoever_goes_through_the_tables_has_loaded_them() -> None:
    """What has not been loaded yet is not among them, and nothing would be said of it."""
    read = {path: path.read_text("utf-8") for path in Path(decision_service.__file__).parent.rglob("*.py")}
    asking = {path: text for path, text in read.items() if "SQLModel.metadata" in text}
    loads = re.compile(r"^from decision_service\.store(\.tables import| import .*\btables\b)", re.MULTILINE)
    assert len(asking) > 5
    assert [str(path) for path, text in asking.items() if not loads.search(text)] == []


@pytest.mark.slow
def test_an_index_that_forgets_a_row_is_found_by_going_through_the_file(tmp_path: Path) -> None:
    """Put in by way of the tables' own description, which then says what it did before. Whoever asks by that
    index does not find the row, and no question shows that it was asked so."""
    with new_database(None, tmp_path) as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        migrate(engine)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO sweep (name, ran_at) VALUES ('due', '2026-11-01')"))
            connection.execute(text("CREATE INDEX svep ON sweep (ran_at)"))
        assert url.database is not None
        _forgetful(url.database, "svep", "name <> 'due'")
        with engine.connect() as connection:
            asked = text("SELECT count(*) FROM sweep INDEXED BY svep WHERE ran_at > ''")
            assert connection.scalar(asked) == 0
            found = guarded.faults(connection)
        engine.dispose()
    assert found
    assert all(each.startswith("Databasens egen kontroll säger: ") for each in found)


def _forgetful(path: str, index: str, where: str) -> None:
    """Let an index be made with only some rows, and say that it has them all."""
    with closing(sqlite3.connect(path, isolation_level=None)) as before:
        (whole,) = before.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()
    for number, sql in enumerate((f"{whole} WHERE {where}", whole)):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, index))
            version = connection.execute("PRAGMA schema_version").fetchone()[0]
            connection.execute(f"PRAGMA schema_version = {version + 1}")
        if number == 0:
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute(f"REINDEX {index}")
