"""The secret that signs what goes to a client's own address, closed under the municipality's wrapping key,
which is not in the database: who has a copy of that signs nothing in our name.

It is bound to its row: whose it is, where it goes and what is told there. One that is put into another row,
or whose row is changed, opens no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel

from audit import vault
from audit.errors import AuditError, RowError, VaultError
from audit.head import hold_wrapping_key, look
from audit.keys import KeyStore
from decision_service.reading.said import said_in
from decision_service.store.sealed import SEALED
from decision_service.store.tables import WebhookRow

_say = said_in(__file__)

WEBHOOK = str(WebhookRow.__tablename__)
_KEY_ID = 8
"""Bytes of a wrapping key's name."""
_BOUND = ("tenant", "id", "client", "url", "every")
_TABLE = SQLModel.metadata.tables[WEBHOOK]


def close(connection: Connection, keys: KeyStore, row: WebhookRow, secret: str) -> None:
    """Give a new row its secret. Nobody changes the wrapping key until the transaction ends.

    Raises KeyFileError, and LogError for a municipality without a log.
    """
    hold_wrapping_key(connection, row.tenant, change=False)
    key = look(connection, row.tenant, "").wrapping_key
    row.secret = _closed(keys, key, {name: getattr(row, name) for name in _BOUND}, secret.encode())


def opened(keys: KeyStore, row: WebhookRow) -> bytes:
    """The secret of a row. Raises RowError where it cannot be opened, or the row is not as it was made; its
    cause is a KeyFileError where the key is what is wrong."""
    return _opened(keys, {name: getattr(row, name) for name in _BOUND}, row.secret)


def close_anew(connection: Connection, keys: KeyStore, tenant: str, *, clear: bool = False) -> int:
    """Close every secret of a municipality under its wrapping key of now, in the transaction that changed it
    or that upgrades; how many could not be opened and stay as they are. ``clear``: those in the clear are an
    earlier version's, and are closed too. Whoever has the database can write one, so nobody but the upgrade
    believes that.

    Raises KeyFileError, LogError.
    """
    skipped = 0
    key = look(connection, tenant, "").wrapping_key
    query = select(_TABLE).where(_TABLE.c.tenant == tenant).with_for_update()
    for row in map(dict, connection.execute(query).mappings().all()):
        try:
            plain = clear and not row["secret"].startswith(SEALED)
            secret = row["secret"] if plain else _opened(keys, row, row["secret"])
        except RowError:
            skipped += 1
            continue
        its = (_TABLE.c.tenant == tenant) & (_TABLE.c.id == row["id"])
        connection.execute(update(_TABLE).where(its).values(secret=_closed(keys, key, row, secret)))
    return skipped


def _closed(keys: KeyStore, key_id: str, row: Mapping[str, Any], secret: bytes) -> bytes:
    key = keys.wrapping_key(row["tenant"], key_id)
    return SEALED + key_id.encode() + vault.encrypt(key, secret, _place(row, key_id))


def _opened(keys: KeyStore, row: Mapping[str, Any], kept: bytes) -> bytes:
    key_id, content = kept[len(SEALED) :][:_KEY_ID].decode("ascii", "replace"), kept[len(SEALED) + _KEY_ID :]
    try:
        if not kept.startswith(SEALED):
            raise VaultError(_say("secret_not_closed"))
        key = keys.wrapping_key(row["tenant"], key_id)
        return vault.decrypt(key, content, _place(row, key_id), "Mottagaren")
    except AuditError as error:
        raise RowError(_say("another_receiver")) from error


def _place(row: Mapping[str, Any], key_id: str) -> bytes:
    return f"webhook/{json.dumps([*(row[name] for name in _BOUND), key_id])}".encode()
