"""The growing end of a log: read in a municipality's turn, and written with what is added to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from audit import tables
from audit.database import refuse_newer
from audit.errors import LogError
from audit.packed import pack_leaf


@dataclass(frozen=True)
class Head:
    """The growing end of a log, and the case that is about to get an entry. Read under the lock."""

    tenant: str
    origin: str
    size: int
    time: str
    frontier: bytes
    signing_key: str
    wrapping_key: str
    writer_key: str | None = None
    entries: int | None = None
    case_wrapping_key: str | None = None
    wrapped: bytes | None = None
    deleted_seq: int | None = None
    is_new: bool = False
    """Whether the case has no row yet."""


class AddedToHead(NamedTuple):
    """An entry as it is to be written."""

    seq: int
    type: str
    case_id: str | None
    hashes: bytes
    body: bytes
    mark: bytes | None
    ciphertext: bytes | None


NO_CASE: Mapping[str, Any] = {
    "entries": None,
    "case_wrapping_key": None,
    "wrapped": None,
    "deleted_seq": None,
    "is_new": False,
}
"""What a head says of a case that has no row yet, and of no case."""


def cases_of(
    connection: Connection, tenant: str, cases: Iterable[str | None]
) -> dict[str | None, Mapping[str, Any]]:
    """What a head says of some cases that have a row."""
    if not (wanted := [case for case in cases if case is not None]):
        return {}
    found = connection.execute(_OF_CASES, {"tenant": tenant, "cases": wanted}).mappings()
    return {row["case_id"]: {**NO_CASE, **{n: v for n, v in row.items() if n != "case_id"}} for row in found}


_OF_CASES = select(
    tables.case.c.case_id,
    tables.case.c.entries,
    tables.case.c.wrapping_key.label("case_wrapping_key"),
    tables.case.c.wrapped,
    tables.case.c.deleted_seq,
).where(
    tables.case.c.tenant == bindparam("tenant"), tables.case.c.case_id.in_(bindparam("cases", expanding=True))
)


def lock(connection: Connection, tenant: str, case: str | None) -> Head:
    """Take a municipality's turn to write, until the transaction ends. Raises LogError."""
    sqlite = connection.dialect.name == "sqlite"
    return _head(connection, tenant, case, _SQLITE_HEAD if sqlite else _POSTGRESQL_LOCK)


def look(connection: Connection, tenant: str, case: str | None) -> Head:
    """The same without waiting for anybody: a glance at what is there now. Raises LogError."""
    sqlite = connection.dialect.name == "sqlite"
    return _head(connection, tenant, case, _SQLITE_HEAD if sqlite else _POSTGRESQL_HEAD)


def hold_wrapping_key(connection: Connection, tenant: str, *, change: bool) -> bool:
    """Until the transaction ends nobody changes the municipality's wrapping key, or nobody else uses it for a
    new case. False on SQLite, where whoever writes is alone and nothing was waited for."""
    several = connection.dialect.name == "postgresql"
    if several:
        function = "pg_advisory_xact_lock" if change else "pg_advisory_xact_lock_shared"
        connection.exec_driver_sql(f"SELECT {function}({_WRAPPING}, {int(tenant)})")
    return several


_WRAPPING = 4276003


def _head(connection: Connection, tenant: str, case: str | None, statement: str) -> Head:
    row = connection.exec_driver_sql(statement, {"tenant": tenant, "case": case}).mappings().first()
    if row is None:
        raise LogError(f"Kommun {tenant} har ingen logg. Skapa den först med Log.create.")
    refuse_newer(row["version"])
    return Head(tenant, **{name: value for name, value in row.items() if name != "version"})


# On SQLite the transaction took the lock when it began (see database). Were an engine not prepared so, two
# writers could read the same head; then the primary key stops the second.
_SQLITE_HEAD = tables.HEAD_AND_CASE.format(tenant=":tenant", case=":case")
_POSTGRESQL_LOCK = "SELECT * FROM audit_lock(%(tenant)s, %(case)s)"
_POSTGRESQL_HEAD = tables.HEAD_AND_CASE.format(tenant="%(tenant)s", case="%(case)s")

_ENTRY = {
    "seq": "bigint",
    "type": "text",
    "case_id": "text",
    "hashes": "bytea",
    "body": "bytea",
    "mark": "bytea",
}
_VAULT = {"seq": "bigint", "ciphertext": "bytea"}
_CASE = {"case_id": "text", "entries": "integer", "wrapping_key": "text", "wrapped": "bytea"}
"""The columns that are written beside the tenant, with what PostgreSQL calls their types."""
_HEAD = (
    "UPDATE audit_head SET size = :size, time = :time, frontier = :frontier, "
    "signing_key = :signing_key, wrapping_key = :wrapping_key, writer_key = :writer_key "
    "WHERE tenant = :tenant"
)


def put(
    connection: Connection, head: Head, cases: Sequence[tuple[str, Head]], rows: Sequence[AddedToHead]
) -> None:
    """Write entries, what is sealed of them, their cases and the head as they are after them."""
    values = {
        "tenant": head.tenant,
        "size": head.size,
        "time": head.time,
        "frontier": head.frontier,
        "signing_key": head.signing_key,
        "wrapping_key": head.wrapping_key,
        "writer_key": head.writer_key,
    }
    entries = [{**row._asdict(), "body": pack_leaf(row.body)} for row in rows]
    of_cases = [
        (
            after.is_new,
            {
                "case_id": case,
                "entries": after.entries,
                "wrapping_key": after.case_wrapping_key,
                "wrapped": after.wrapped,
            },
        )
        for case, after in cases
    ]
    written = {
        "entry": entries,
        "vault": [row for row in entries if row["ciphertext"] is not None],
        "begun": [case for is_new, case in of_cases if is_new],
        "grown": [case for is_new, case in of_cases if not is_new],
    }
    if connection.dialect.name == "sqlite":
        for part, sql in _SQLITE_PUT.items():
            if written[part]:
                connection.exec_driver_sql(sql, [{"tenant": head.tenant, **each} for each in written[part]])
        connection.exec_driver_sql(_HEAD, values)
        return
    for part, (_, columns) in _PARTS.items():
        values |= {f"{part}_{name}": [each[name] for each in written[part]] for name in columns}
    connection.exec_driver_sql(_POSTGRESQL_PUT, values)


_PARTS = {
    "entry": ("audit_entry", _ENTRY),
    "vault": ("audit_vault", _VAULT),
    "begun": ("audit_case", _CASE),
    "grown": ("audit_case", _CASE),
}
"""What is written together, with its table: a case that has begun is a new row, one that has grown is not."""


def _sqlite_part(part: str) -> str:
    table, columns = _PARTS[part]
    if part == "grown":
        changes = ", ".join(f"{name} = :{name}" for name in columns if name != "case_id")
        return f"UPDATE {table} SET {changes} WHERE tenant = :tenant AND case_id = :case_id"
    return f"INSERT INTO {table} (tenant, {', '.join(columns)}) VALUES (:tenant, :{', :'.join(columns)})"


def _postgresql_part(part: str) -> str:
    """The same of all rows at once, however many: its text is always the same, so neither the driver nor the
    database reads it again. Lists go as bytes: written as text they take the driver twenty times as long."""
    table, columns = _PARTS[part]
    rows = f"unnest({', '.join(f'%({part}_{name})b::{type_}[]' for name, type_ in columns.items())})"
    if part == "grown":
        changes = ", ".join(f"{name} = its.{name}" for name in columns if name != "case_id")
        its = f"{rows} AS its ({', '.join(columns)})"
        its_own = f"tenant = %(tenant)s AND {table}.case_id = its.case_id"
        return f"UPDATE {table} SET {changes} FROM {its} WHERE {its_own}"
    return f"INSERT INTO {table} (tenant, {', '.join(columns)}) SELECT %(tenant)s, * FROM {rows}"


_SQLITE_PUT = {part: _sqlite_part(part) for part in _PARTS}
_POSTGRESQL_PUT = "WITH {} {}".format(
    ", ".join(f"{part} AS ({_postgresql_part(part)})" for part in _PARTS), re.sub(r":(\w+)", r"%(\1)s", _HEAD)
)
"""In one statement, so in one round trip. In the drivers' own form: half the cost."""
