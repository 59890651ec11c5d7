"""The growing end of a log: read in a municipality's turn, and written with what is added to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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

_ENTRY_COLUMNS = ("tenant", "seq", "type", "case_id", "hashes", "body", "mark")
_VAULT_COLUMNS = ("tenant", "seq", "ciphertext")
_NEW_CASE = (
    "INSERT INTO audit_case (tenant, case_id, entries, wrapping_key, wrapped) "
    "VALUES (:tenant, :the_case_{0}, :entries_{0}, :case_wrapping_key_{0}, :wrapped_{0})"
)
_CASE = (
    "UPDATE audit_case SET entries = :entries_{0}, wrapping_key = :case_wrapping_key_{0}, "
    "wrapped = :wrapped_{0} WHERE tenant = :tenant AND case_id = :the_case_{0}"
)
_HEAD = (
    "UPDATE audit_head SET size = :size, time = :time, frontier = :frontier, "
    "signing_key = :signing_key, wrapping_key = :wrapping_key, writer_key = :writer_key "
    "WHERE tenant = :tenant"
)


def put(
    connection: Connection, head: Head, cases: Sequence[tuple[str, Head]], rows: Sequence[AddedToHead]
) -> None:
    """Write entries, what is sealed of them, their cases and the head as they are after them."""
    sealed = tuple(at for at, row in enumerate(rows) if row.ciphertext is not None)
    values = {
        "tenant": head.tenant,
        "size": head.size,
        "time": head.time,
        "frontier": head.frontier,
        "signing_key": head.signing_key,
        "wrapping_key": head.wrapping_key,
        "writer_key": head.writer_key,
    }
    for at, row in enumerate(rows):
        kept = {**row._asdict(), "body": pack_leaf(row.body)}
        values |= {f"{name}_{at}": value for name, value in kept.items()}
    for at, (case, after) in enumerate(cases):
        values |= {
            f"the_case_{at}": case,
            f"entries_{at}": after.entries,
            f"case_wrapping_key_{at}": after.case_wrapping_key,
            f"wrapped_{at}": after.wrapped,
        }
    are_new = tuple(after.is_new for _, after in cases)
    for sql in _statements(len(rows), sealed, are_new, connection.dialect.name):
        connection.exec_driver_sql(sql, values)


@cache
def _statements(
    rows: int, sealed: tuple[int, ...], are_new: tuple[bool, ...], dialect: str
) -> tuple[str, ...]:
    """In the driver's own form: half the cost. On PostgreSQL in one statement, so in one round trip."""
    parts = [_insert("audit_entry", _ENTRY_COLUMNS, range(rows))]
    if sealed:
        parts.append(_insert("audit_vault", _VAULT_COLUMNS, sealed))
    parts += ((_NEW_CASE if is_new else _CASE).format(at) for at, is_new in enumerate(are_new))
    if dialect == "sqlite":
        return (*parts, _HEAD)
    *first, last = (re.sub(r":(\w+)", r"%(\1)s", part) for part in (*parts, _HEAD))
    with_parts = ", ".join(f"w{number} AS ({part})" for number, part in enumerate(first))
    return (f"WITH {with_parts} {last}",)


def _insert(table: str, columns: Sequence[str], rows: Iterable[int]) -> str:
    places = (
        ", ".join(f":{name}" if name == "tenant" else f":{name}_{row}" for name in columns) for row in rows
    )
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join(f'({each})' for each in places)}"
