"""The five tables, and the guards in the database itself that keep them append-only.

``audit_entry`` is the log. ``audit_head`` is its growing end, one row per municipality, whose lock makes
writers take turns. ``audit_checkpoint`` holds what was signed. ``audit_case`` counts each case's entries and
holds its locked key; ``audit_vault`` holds the encrypted personal data. Only what is meant to change can: the
head grows, a case's key is replaced or destroyed, a destroyed case's vault rows are removed. An operator with
the right to drop triggers gets past the guards, but not past ``verify``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    event,
    text,
)

from audit.entry import LOG_WIDE
from audit.packed import pack_leaf, unpack_leaf

SCHEMA_VERSION = 6
"""Version of tables and guards. A database with a higher one is refused; one with a lower gets new guards."""

metadata = MetaData()


class Leaf(TypeDecorator[bytes]):
    """A leaf's own bytes, large ones packed in the table; what version 5 wrote is not, and is read too."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else pack_leaf(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else unpack_leaf(value)


schema = Table("audit_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

head = Table(
    "audit_head",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("time", Text, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("signing_key", Text, nullable=False),
    Column("wrapping_key", Text, nullable=False),
    Column("writer_key", Text),
)

entry = Table(
    "audit_entry",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("case_id", Text),
    Column("hashes", LargeBinary, nullable=False),
    Column("body", Leaf, nullable=False),
    Column("mark", LargeBinary),
)
Index("audit_entry_case", entry.c.tenant, entry.c.case_id, entry.c.seq)
# As text, not as parameters: only then can SQLite tell that a query asks for what the index holds.
IS_LOG_WIDE = text("type IN ({})".format(", ".join(f"'{kind}'" for kind in sorted(LOG_WIDE))))
Index(
    "audit_entry_log_wide",
    entry.c.tenant,
    entry.c.seq,
    sqlite_where=IS_LOG_WIDE,
    postgresql_where=IS_LOG_WIDE,
)

checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

case = Table(
    "audit_case",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("wrapping_key", Text),
    Column("wrapped", LargeBinary),
    Column("deleted_seq", BigInteger),
)

vault = Table(
    "audit_vault",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("ciphertext", LargeBinary, nullable=False),
)

# The condition under which a change is refused; a table that is not named refuses every change.
_UPDATE_REFUSED = {
    "audit_head": "NEW.tenant <> OLD.tenant OR NEW.origin <> OLD.origin OR NEW.size < OLD.size",
    "audit_case": (
        "NEW.tenant <> OLD.tenant OR NEW.case_id <> OLD.case_id OR NEW.entries < OLD.entries "
        "OR (OLD.deleted_seq IS NOT NULL AND (NEW.wrapped IS NOT NULL OR NEW.deleted_seq IS NULL "
        "OR NEW.deleted_seq <> OLD.deleted_seq)) "
        "OR (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL AND NEW.deleted_seq IS NULL) "
        "OR (OLD.deleted_seq IS NULL AND NEW.deleted_seq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
        "audit_entry e WHERE e.tenant = NEW.tenant AND e.seq = NEW.deleted_seq AND e.case_id = NEW.case_id "
        "AND e.type = 'deletion'))"
    ),
}
_DELETE_REFUSED = {
    "audit_vault": (
        "NOT EXISTS (SELECT 1 FROM audit_entry e JOIN audit_case c ON c.tenant = e.tenant AND "
        "c.case_id = e.case_id WHERE e.tenant = OLD.tenant AND e.seq = OLD.seq AND c.deleted_seq IS NOT NULL)"
    ),
}
_PRIMARY_KEY = {
    table.name: " AND ".join(f"{column.name} = NEW.{column.name}" for column in table.primary_key)
    for table in (head, entry, checkpoint, case, vault)
}
_MESSAGE = "loggen kan bara växa; ändring och radering är spärrade"


def guards(table: str, dialect: str) -> list[str]:
    """The statements that protect a table; a migration that makes the table must run them too."""
    update, delete = _UPDATE_REFUSED.get(table, "TRUE"), _DELETE_REFUSED.get(table, "TRUE")
    if dialect == "sqlite":
        # INSERT OR REPLACE removes a row without any delete trigger: hence the third guard.
        replaced = f"EXISTS (SELECT 1 FROM {table} WHERE {_PRIMARY_KEY[table]})"
        conditions = {"UPDATE": update, "DELETE": delete, "INSERT": replaced}
        return [
            f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: {_MESSAGE}'); END"
            for action, condition in conditions.items()
        ]
    function = (
        f"CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION '{table}: {_MESSAGE}'; "
        f"ELSIF TG_OP = 'DELETE' THEN IF {delete} THEN RAISE EXCEPTION '{table}: {_MESSAGE}'; END IF; "
        f"RETURN OLD; ELSE IF {update} THEN RAISE EXCEPTION '{table}: {_MESSAGE}'; END IF; RETURN NEW; "
        f"END IF; END $$"
    )
    return [
        function,
        f"CREATE TRIGGER {table}_row BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_guard()",
        f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_guard()",
        *([LOCK_FUNCTION] if table == case.name else []),
    ]


_ADDED = {
    3: (
        (entry.name, "mark", {"sqlite": "BLOB", "postgresql": "BYTEA"}),
        (head.name, "writer_key", {"sqlite": "TEXT", "postgresql": "TEXT"}),
    ),
}
"""Columns that a version added: table, name, type."""

_MORE_LOG_WIDE = 5
"""The version that added the newest kind of entry about the log itself, which the index of those knows."""


def upgrades(version: int, dialect: str) -> list[str]:
    """The statements that bring tables and guards of an earlier version to this one."""
    columns = [one for since, added in _ADDED.items() if version < since for one in added]
    found = [f"ALTER TABLE {table} ADD COLUMN {name} {types[dialect]}" for table, name, types in columns]
    if version < _MORE_LOG_WIDE:
        found += [
            "DROP INDEX IF EXISTS audit_entry_log_wide",
            f"CREATE INDEX audit_entry_log_wide ON audit_entry (tenant, seq) WHERE {IS_LOG_WIDE}",
        ]
    return found + [each for table in PROTECTED for each in renewed_guards(table.name, dialect)]


def renewed_guards(table: str, dialect: str) -> list[str]:
    """The statements that put this version's guards in the place of an earlier version's."""
    if dialect == "sqlite":
        old = [f"DROP TRIGGER IF EXISTS {table}_{action}" for action in ("update", "delete", "insert")]
    else:
        old = [f"DROP FUNCTION IF EXISTS {table}_guard() CASCADE"]
        old += ["DROP FUNCTION IF EXISTS audit_lock(text, text)"] if table == case.name else []
    return [*old, *guards(table, dialect)]


HEAD_AND_CASE = (
    "SELECT (SELECT version FROM audit_schema) AS version, h.origin, h.size, h.time, h.frontier, "
    "h.signing_key, h.wrapping_key, h.writer_key, c.entries, "
    "c.wrapping_key AS case_wrapping_key, c.wrapped, c.deleted_seq "
    "FROM audit_head h LEFT JOIN audit_case c ON c.tenant = h.tenant AND c.case_id = {case} "
    "WHERE h.tenant = {tenant}"
)

# In a function the second statement sees what the previous holder of the lock has just committed. In one
# statement the join would be as old as the wait for the lock.
LOCK_FUNCTION = (
    "CREATE OR REPLACE FUNCTION audit_lock(the_tenant text, the_case text) "
    "RETURNS TABLE (version int, origin text, "
    'size bigint, "time" text, frontier bytea, signing_key text, wrapping_key text, writer_key text, '
    "entries int, "
    "case_wrapping_key text, wrapped bytea, deleted_seq bigint) LANGUAGE plpgsql AS $$ "
    "#variable_conflict use_column\n"
    "BEGIN PERFORM 1 FROM audit_head h WHERE h.tenant = the_tenant FOR UPDATE; "
    f"RETURN QUERY {HEAD_AND_CASE.format(case='the_case', tenant='the_tenant')}; END $$"
)


def _protect(table: Table, connection: Connection, **_: Any) -> None:
    for statement in guards(table.name, connection.dialect.name):
        connection.execute(text(statement))


PROTECTED = (head, entry, checkpoint, case, vault)
for _table in PROTECTED:
    event.listen(_table, "after_create", _protect)
