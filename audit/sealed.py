"""Bytes that belong to a case, kept outside the log under the case's key: gone when the case's key is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection

from audit import tables, vault
from audit.errors import VaultError
from audit.head import Head, hold_wrapping_key, look
from audit.keys import KeyStore
from audit.rows import case_keys


def seal(connection: Connection, keys: KeyStore, tenant: str, case: str, name: str, content: bytes) -> bytes:
    """The content encrypted under the case's key, bound to its name. Raises as ``case_key``."""
    return vault.encrypt(case_key(connection, keys, tenant, case), content, _place(tenant, case, name))


def unseal(connection: Connection, keys: KeyStore, tenant: str, case: str, name: str, sealed: bytes) -> bytes:
    """The content again. Raises VaultError when it is changed, moved, or its case deleted."""
    found = dict(case_keys(connection, keys, tenant, [case])).get(case)
    if found is None:
        raise VaultError(f"Ärende {case} har ingen nyckel: det är gallrat, eller har inga personuppgifter.")
    return vault.decrypt(found, sealed, _place(tenant, case, name), f"{name} i ärende {case}")


def _place(tenant: str, case: str, name: str) -> bytes:
    return f"{name}/{tenant}/{case}".encode()


def case_key(connection: Connection, keys: KeyStore, tenant: str, case: str) -> bytes:
    """A case's key, in the caller's transaction; a case that has none gets one now, before its first entry.

    Raises VaultError for a case that is deleted, LogError where the municipality has no log, KeyFileError.
    """
    head = look(connection, tenant, case)
    return (
        _unwrapped(keys, head, case)
        if head.wrapped is not None
        else _new_case_key(connection, keys, tenant, case)
    )


def new_case_keys(
    connection: Connection, keys: KeyStore, tenant: str, cases: Sequence[str]
) -> dict[str, bytes]:
    """The same of cases that hardly have a key yet: they are not asked for before they are given one, and all
    are with one question. Raises as ``case_key``."""
    hold_wrapping_key(connection, tenant, change=False)
    head = look(connection, tenant, None)
    made = {case: vault.new_wrapped(keys, tenant, case, head.wrapping_key) for case in cases}
    values: dict[str, object] = {"tenant": tenant, "wrapping_key": head.wrapping_key}
    for at, (case, (_, wrapped)) in enumerate(made.items()):
        values |= {f"case_id_{at}": case, f"wrapped_{at}": wrapped}
    new = connection.exec_driver_sql(_new(connection.dialect.name, len(made)), values)
    stand = set(new.scalars())
    return {
        case: key if case in stand else case_key(connection, keys, tenant, case)
        for case, (key, _) in made.items()
    }


def _new_case_key(connection: Connection, keys: KeyStore, tenant: str, case: str) -> bytes:
    hold_wrapping_key(connection, tenant, change=False)
    head = look(connection, tenant, case)
    if (given := _give_key(connection, keys, head, case)) is not None:
        return given
    return _unwrapped(keys, look(connection, tenant, case), case)


def _unwrapped(keys: KeyStore, head: Head, case: str) -> bytes:
    if head.wrapped is None or head.case_wrapping_key is None:
        raise VaultError(f"Ärende {case} är gallrat (post {head.deleted_seq}) och kan inte få nya uppgifter.")
    return vault.unwrap(keys, head.tenant, case, head.case_wrapping_key, head.wrapped)


def _give_key(connection: Connection, keys: KeyStore, head: Head, case: str) -> bytes | None:
    """A new key for a case that has none. Others may be about to do the same: the first one's key stands, and
    for anybody else it is None."""
    if head.wrapped is not None or head.deleted_seq is not None:
        return None
    case_key, wrapped = vault.new_wrapped(keys, head.tenant, case, head.wrapping_key)
    key = {"wrapping_key": head.wrapping_key, "wrapped": wrapped}
    table = tables.case
    if head.entries is None:
        values = {
            "tenant": head.tenant,
            "case_id_0": case,
            "wrapping_key": head.wrapping_key,
            "wrapped_0": wrapped,
        }
        new = connection.exec_driver_sql(_new(connection.dialect.name, 1), values)
        stands = new.scalar() is not None
    else:
        same = (table.c.tenant == head.tenant) & (table.c.case_id == case) & table.c.wrapped.is_(None)
        changed = table.update().where(same).values(**key).returning(table.c.case_id)
        stands = connection.scalar(changed) is not None
    return case_key if stands else None


@cache
def _new(dialect: str, cases: int) -> str:
    """What gives so many cases a key, but those that have a row."""
    place = ":{}" if dialect == "sqlite" else "%({})s"
    tenant, wrapping_key = place.format("tenant"), place.format("wrapping_key")
    rows = (
        f"({tenant}, {place.format(f'case_id_{at}')}, 0, {wrapping_key}, {place.format(f'wrapped_{at}')})"
        for at in range(cases)
    )
    columns = "tenant, case_id, entries, wrapping_key, wrapped"
    return (
        f"INSERT INTO audit_case ({columns}) VALUES {', '.join(rows)} "
        "ON CONFLICT DO NOTHING RETURNING case_id"
    )
