"""Proofs from a database, and the one that goes on a letter."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from sqlalchemy import Connection, Select, bindparam, func, select

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
    return letters(connection, tenant, [seq])[seq]


def letters(connection: Connection, tenant: str, seqs: Collection[int]) -> dict[int, str]:
    """The same for some entries. Raises LogError."""
    if not seqs:
        return {}
    found = {
        row.seq: row for row in connection.execute(_COVERED, {"tenant": tenant, "seqs": sorted({*seqs})})
    }
    if missing := {*seqs} - found.keys():
        raise LogError(
            f"Post {min(missing)} i kommun {tenant} täcks inte av någon checkpoint. "
            "Skapa en med Log.checkpoint."
        )
    spans = {seq: merkle.inclusion_spans(seq, row.size) for seq, row in found.items()}
    hashes = _nodes(connection, tenant, chain.from_iterable(spans.values()))
    return {
        seq: "\n".join(
            [
                LETTER,
                f"extra {_base64(leaf_hash(row.body))}",
                f"index {seq}",
                *map(_base64, merkle.span_hashes(spans[seq], hashes.__getitem__)),
                "",
                row.note,
            ]
        )
        for seq, row in found.items()
    }


def _covered() -> Select[int, bytes, int, str]:
    """Some entries, and of each the first checkpoint that covers it."""
    checkpoint, entry = tables.checkpoint.c, tables.entry.c
    later = tables.checkpoint.alias().c
    first = (
        select(func.min(later.size))
        .where(later.tenant == entry.tenant, later.size > entry.seq)
        .correlate(tables.entry)
        .scalar_subquery()
    )
    covers = (checkpoint.tenant == entry.tenant) & (checkpoint.size == first)
    return (
        select(entry.seq, entry.body, checkpoint.size, checkpoint.note)
        .join_from(tables.entry, tables.checkpoint, covers)
        .where(entry.tenant == bindparam("tenant"), entry.seq.in_(bindparam("seqs", expanding=True)))
    )


_COVERED = _covered()


def _hashes(connection: Connection, tenant: str, spans: Sequence[Span]) -> list[bytes]:
    return merkle.span_hashes(spans, _nodes(connection, tenant, spans).__getitem__)


def _nodes(connection: Connection, tenant: str, spans: Iterable[Span]) -> dict[int, bytes]:
    """The hashes that stand at the entries from which some spans are made."""
    needed = {seq for span in spans for seq, _ in merkle.nodes(span)}
    asked = {"tenant": tenant, "needed": sorted(needed)}
    found = {row.seq: row.hashes for row in connection.execute(_NODES, asked)}
    if missing := needed - found.keys():
        raise LogError(f"Loggen för kommun {tenant} saknar post {min(missing)}. Kör lagrum audit verify.")
    return found


_NODES = select(tables.entry.c.seq, tables.entry.c.hashes).where(
    tables.entry.c.tenant == bindparam("tenant"), tables.entry.c.seq.in_(bindparam("needed", expanding=True))
)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
