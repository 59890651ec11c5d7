"""Bytes that belong to a case, kept outside the log under the case's key: gone when the case's key is."""

from __future__ import annotations

from sqlalchemy import Connection

from audit import vault
from audit.errors import VaultError
from audit.keys import KeyStore
from audit.rows import case_keys


def seal(connection: Connection, keys: KeyStore, tenant: str, case: str, name: str, content: bytes) -> bytes:
    """The content encrypted under the case's key, bound to its name. Raises VaultError for a case without a
    key."""
    return vault.encrypt(_key(connection, keys, tenant, case), content, _place(tenant, case, name))


def unseal(connection: Connection, keys: KeyStore, tenant: str, case: str, name: str, sealed: bytes) -> bytes:
    """The content again. Raises VaultError when it is changed, moved, or its case deleted."""
    where = f"{name} i ärende {case}"
    return vault.decrypt(_key(connection, keys, tenant, case), sealed, _place(tenant, case, name), where)


def _key(connection: Connection, keys: KeyStore, tenant: str, case: str) -> bytes:
    found = dict(case_keys(connection, keys, tenant, [case])).get(case)
    if found is None:
        raise VaultError(f"Ärende {case} har ingen nyckel: det är gallrat, eller har inga personuppgifter.")
    return found


def _place(tenant: str, case: str, name: str) -> bytes:
    return f"{name}/{tenant}/{case}".encode()
