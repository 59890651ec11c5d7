"""A case's entries, opened: what the log says, and the personal data that still exists."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select

from audit import tables, vault
from audit.canonical import Json
from audit.entry import EntryKind
from audit.errors import VaultError
from audit.keys import KeyStore
from audit.verify import leaf_hash


@dataclass(frozen=True)
class OpenedEntry:
    """One entry. ``leaf`` is its exact bytes and ``entry`` the same, read.

    ``personal`` holds the values that could be opened, checked against the leaf's commitments. A field of
    ``entry["personal"]`` that is not among them has been destroyed or withheld. ``openings`` holds, for each
    value, what lets a stranger check it.
    """

    seq: int
    leaf: bytes
    entry: dict[str, Any]
    personal: Mapping[str, Json] = field(default_factory=dict)
    openings: Mapping[str, bytes] = field(default_factory=dict)


def read_case(
    connection: Connection, keys: KeyStore, tenant: str, case: str, withhold: Collection[str] = ()
) -> list[OpenedEntry]:
    """The entries of a case, oldest first; ``withhold`` names personal fields not to open (secrecy).

    Raises VaultError when the vault does not hold what was logged, and KeyFileError.
    """
    query = with_vault(tenant).where(tables.entry.c.case_id == case).order_by(tables.entry.c.seq)
    return [_opened(keys, tenant, row, withhold) for row in connection.execute(query).all()]


def read_leaves(
    connection: Connection, tenant: str, case: str | None, kind: EntryKind | None = None
) -> list[OpenedEntry]:
    """A case's entries with nothing opened; None: those about the log itself (keys, releases, clock).
    ``kind`` asks for no others."""
    entry = tables.entry.c
    wanted = tables.IS_LOG_WIDE if case is None else entry.case_id == case
    query = select(entry.seq, entry.body).where(entry.tenant == tenant, wanted).order_by(entry.seq)
    if kind is not None:
        query = query.where(entry.type == kind.value)
    rows = connection.execute(query).all()
    return [OpenedEntry(row.seq, row.body, json.loads(row.body)) for row in rows]


def read_leaves_of(
    connection: Connection, tenant: str, cases: Collection[str]
) -> dict[str, list[OpenedEntry]]:
    """The entries of some cases with nothing opened, by case."""
    entry = tables.entry.c
    its = entry.tenant == tenant, entry.case_id.in_(cases)
    query = select(entry.case_id, entry.seq, entry.body).where(*its).order_by(entry.case_id, entry.seq)
    found: dict[str, list[OpenedEntry]] = {case: [] for case in cases}
    for row in connection.execute(query):
        found[row.case_id].append(OpenedEntry(row.seq, row.body, json.loads(row.body)))
    return found


def size_at(connection: Connection, tenant: str, moment: datetime) -> int:
    """How many entries there were at a moment, by their own times: about twenty are looked at, however many
    there are."""
    entry, head = tables.entry.c, tables.head.c

    def time_of(seq: int) -> datetime:
        query = select(entry.body).where(entry.tenant == tenant, entry.seq == seq)
        return datetime.fromisoformat(json.loads(connection.execute(query).scalar_one())["time"])

    size = connection.scalar(select(head.size).where(head.tenant == tenant)) or 0
    return bisect_left(range(size), moment, key=time_of)


def with_vault(tenant: str) -> Select[Any]:
    """A municipality's entries that belong to a case, with what is needed to open them."""
    entry, case, sealed = tables.entry.c, tables.case.c, tables.vault.c
    return (
        select(
            entry.seq,
            entry.case_id,
            entry.body,
            case.wrapping_key,
            case.wrapped,
            case.deleted_seq,
            sealed.ciphertext,
        )
        .join(tables.case, and_(case.tenant == entry.tenant, case.case_id == entry.case_id))
        .outerjoin(tables.vault, and_(sealed.tenant == entry.tenant, sealed.seq == entry.seq))
        .where(entry.tenant == tenant)
    )


def open_row(
    keys: KeyStore, tenant: str, row: Row[Any], commitments: Mapping[str, str]
) -> tuple[bytes, Mapping[str, Json]]:
    """Secret and values of a row of ``with_vault``; nothing when its case is deleted. Raises VaultError."""
    where = f"Post {row.seq}"
    if row.deleted_seq is not None or not commitments:
        return b"", {}
    if row.ciphertext is None or row.wrapped is None:
        raise VaultError(
            f"{where}: valvet saknar personuppgifterna, men ärende {row.case_id} är inte gallrat."
        )
    key = vault.unwrap(keys, tenant, row.case_id, row.wrapping_key, row.wrapped)
    place = vault.entry_place(tenant, row.case_id, leaf_hash(row.body))
    return vault.read(vault.decrypt(key, row.ciphertext, place, where), commitments, where)


def _opened(keys: KeyStore, tenant: str, row: Row[Any], withhold: Collection[str]) -> OpenedEntry:
    entry = json.loads(row.body)
    secret, values = open_row(keys, tenant, row, entry.get("personal", {}))
    shown = sorted(values.keys() - set(withhold))
    return OpenedEntry(
        row.seq,
        row.body,
        entry,
        {name: values[name] for name in shown},
        {name: vault.opening(secret, name) for name in shown},
    )
