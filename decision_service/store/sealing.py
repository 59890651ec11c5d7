"""The upgrade of a database whose rows were written in the clear: each is sealed, once, before anybody works.

Batch by batch, each in a transaction of its own: what is cut short goes on from there, and several processes
may do it at once. None returns before it is whole.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, Table, func, literal, or_, select, type_coerce, update
from sqlmodel import Session, SQLModel, col

from audit.keys import KeyStore
from decision_service.store.database import transaction
from decision_service.store.hook_secret import WEBHOOK, close_anew
from decision_service.store.sealed import SEALED, Sealed, envelope, key_for
from decision_service.store.tables import IdempotencyRow, UnsealedRow

BATCH = 200
"""Rows in a transaction."""


KEY, REQUEST = "idempotency-key", "request"
"""What is hashed of a request, beside persons."""


def seal_what_is_clear(engine: Engine, keys: KeyStore, keyed: Callable[..., str]) -> int:
    """Seal every row that an earlier version has left in the clear; how many there were. ``keyed`` makes the
    hashes by which requests are known again.

    Raises audit.AuditError for a row whose case has been deleted.
    """
    at_once = {_KEYS: partial(_hash_keys, keyed=keyed), WEBHOOK: partial(_close_secrets, keys=keys)}
    with engine.connect() as connection:
        every = connection.scalars(select(col(UnsealedRow.name)).order_by(col(UnsealedRow.name)))
        names = [each for each in every if each in at_once or each in SQLModel.metadata.tables]
    count = 0
    for name in names:
        if name in at_once:
            with transaction(engine) as session:
                if (mine := session.get(UnsealedRow, name, with_for_update=True)) is not None:
                    count += at_once[name](session.connection())
                    session.delete(mine)
            continue
        while found := _batch(engine, SQLModel.metadata.tables[name]):
            count += found
    if count:
        overwrite(engine, names)
    if keys.remembered(_CLOSED) is None:
        keys.remember(_CLOSED, "E-tjänsternas hemligheter är låsta.\n")
    with transaction(engine) as session:
        for row in filter(None, (session.get(UnsealedRow, name) for name in names)):
            session.delete(row)
    return count


_KEYS = IdempotencyRow.__tablename__
_CLOSED = "secrets_closed"
"""Where in the key folder it is remembered that no client's secret is in the clear any more."""


def _hash_keys(connection: Connection, keyed: Callable[..., str]) -> int:
    """There are no more than of two days."""
    table = SQLModel.metadata.tables[_KEYS]
    rows = connection.execute(select(table)).all()
    for row in rows:
        same = [each == getattr(row, each.name) for each in table.primary_key]
        hashed = {"key": keyed(KEY, row.key), "request": keyed(REQUEST, row.request)}
        connection.execute(update(table).where(*same).values(hashed))
    return len(rows)


def _close_secrets(connection: Connection, keys: KeyStore) -> int:
    """Clients' addresses, of which each has some few; once, whatever the database says: from then on one in
    the clear was never written by us, and the key folder remembers that."""
    if keys.remembered(_CLOSED) is not None:
        return 0
    table = SQLModel.metadata.tables[WEBHOOK]
    tenants = connection.scalars(select(table.c.tenant)).all()
    for tenant in sorted(set(tenants)):
        close_anew(connection, keys, tenant, clear=True)
    return len(tenants)


def _batch(engine: Engine, table: Table) -> int:
    raw = {each.name: type_coerce(each, LargeBinary) for each in table.c if isinstance(each.type, Sealed)}
    clear = or_(*(func.substr(each, 1, 1) != literal(SEALED, LargeBinary) for each in raw.values()))
    case = next(each.type.case for each in table.c if isinstance(each.type, Sealed))
    rest = [each for each in table.c if each.primary_key or each.name in ("tenant", case)]
    values = [each.label(f"raw_{name}") for name, each in raw.items()]
    with transaction(engine) as session:
        rows = session.connection().execute(
            select(*rest, *values).where(clear).limit(BATCH).with_for_update()
        )
        found = rows.mappings().all()
        for row in found:
            _seal(session, table, case, row, {name: row[f"raw_{name}"] for name in raw})
    return len(found)


def _seal(session: Session, table: Table, case: str, row: Any, clear: dict[str, bytes | None]) -> None:
    connection = session.connection()
    key = key_for(session, connection, row["tenant"], row[case])
    sealed = {
        name: envelope(connection, key, row["tenant"], row[case], _for(table, name, row), value.decode())
        for name, value in clear.items()
        if value is not None and not value.startswith(SEALED)
    }
    same = [each == row[each.name] for each in table.primary_key]
    connection.execute(update(table).where(*same).values(sealed))


def _for(table: Table, name: str, row: Any) -> str:
    type_ = table.c[name].type
    assert isinstance(type_, Sealed)
    return type_.of_row(str(row[type_.row]) if type_.row else "")


def overwrite(engine: Engine, tables: list[str]) -> bool:
    """Leave nothing of what rows said before in the database's own files; whether others kept that from being
    done. On PostgreSQL it needs the rights of whoever owns the tables."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(cursor.fetchall()[0][0])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in tables:
            connection.exec_driver_sql(f"VACUUM {name}")
    return False
