"""Bytes that belong to a case, kept outside the log under the case's key: gone when the case's key is."""

from __future__ import annotations

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
        else new_case_key(connection, keys, tenant, case)
    )


def new_case_key(connection: Connection, keys: KeyStore, tenant: str, case: str) -> bytes:
    """The same for a case that hardly has a key yet: it is not asked for before it is given one. Raises as
    ``case_key``."""
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
        new = _NEW[connection.dialect.name]
        first = connection.exec_driver_sql(new, {"tenant": head.tenant, "case_id": case, **key})
        stands = first.scalar() is not None
    else:
        same = (table.c.tenant == head.tenant) & (table.c.case_id == case) & table.c.wrapped.is_(None)
        changed = table.update().where(same).values(**key).returning(table.c.case_id)
        stands = connection.scalar(changed) is not None
    return case_key if stands else None


_NEW = {
    dialect: "INSERT INTO audit_case (tenant, case_id, entries, wrapping_key, wrapped) "
    f"VALUES ({values}) ON CONFLICT DO NOTHING RETURNING case_id"
    for dialect, values in (
        ("sqlite", ":tenant, :case_id, 0, :wrapping_key, :wrapped"),
        ("postgresql", "%(tenant)s, %(case_id)s, 0, %(wrapping_key)s, %(wrapped)s"),
    )
}
