"""Proofs from a database, and the one that goes on a letter."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from sqlalchemy import Connection, select

from audit import merkle, tables
from audit.errors import LogError
from audit.merkle import Span
from audit.verify import LETTER, leaf_hash


def inclusion(connection: Connection, tenant: str, index: int, size: int) -> list[bytes]:
    """The hashes that prove entry ``index`` to be among the first ``size`` (RFC 6962 section 2.1.1)."""
    return _hashes(connection, tenant, merkle.inclusion_spans(index, size))


def consistency(connection: Connection, tenant: str, old: int, size: int) -> list[bytes]:
    """The hashes that prove the log to have grown from ``old`` to ``size`` (RFC 6962 section 2.1.2)."""
    return _hashes(connection, tenant, merkle.consistency_spans(old, size))


def root(connection: Connection, tenant: str, size: int) -> bytes:
    """The root of the first ``size`` entries, at least one."""
    return _hashes(connection, tenant, [(0, size)])[0]


def letter(connection: Connection, tenant: str, seq: int) -> str:
    """The proof for a letter: a C2SP tlog-proof of entry ``seq`` in the first checkpoint that covers it.

    Always the same text for the same entry. Its ``extra`` line is the entry's leaf hash. Raises LogError
    while no checkpoint covers the entry.
    """
    table = tables.checkpoint.c
    covering = (
        select(table.size, table.note)
        .where(table.tenant == tenant, table.size > seq)
        .order_by(table.size)
        .limit(1)
    )
    row = connection.execute(covering).first()
    if row is None:
        raise LogError(
            f"Post {seq} i kommun {tenant} täcks inte av någon checkpoint. Skapa en med Log.checkpoint."
        )
    entry = tables.entry.c
    body = connection.execute(select(entry.body).where(entry.tenant == tenant, entry.seq == seq)).scalar_one()
    path = [_base64(part) for part in inclusion(connection, tenant, seq, row.size)]
    return "\n".join([LETTER, f"extra {_base64(leaf_hash(body))}", f"index {seq}", *path, "", row.note])


def _hashes(connection: Connection, tenant: str, spans: Sequence[Span]) -> list[bytes]:
    needed = {seq for span in spans for seq, _ in merkle.nodes(span)}
    entry = tables.entry.c
    query = select(entry.seq, entry.hashes).where(entry.tenant == tenant, entry.seq.in_(needed))
    rows = {row.seq: row.hashes for row in connection.execute(query)}
    if missing := needed - rows.keys():
        raise LogError(f"Loggen för kommun {tenant} saknar post {min(missing)}. Kör lagrum audit verify.")
    return merkle.span_hashes(spans, rows.__getitem__)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
