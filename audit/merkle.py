"""The tree of RFC 6962, written: append, root and what a proof is made of. Checking is in ``verify``.

The tree is never stored as a tree. The row of leaf *n* carries, after its own hash, the hash of every
complete subtree that leaf *n* is the last leaf of, smallest first. So one row is written for each entry, no
hash is stored twice, and any proof is made of a handful of rows. The *frontier* of a tree is the roots of its
complete subtrees, largest first: all that is needed to grow it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from audit.verify import node_hash

HASH = 32

Span = tuple[int, int]
"""Leaves ``[first, end)`` that are a subtree of the tree."""

Node = tuple[int, int]
"""A stored hash: the row that holds it, and its level (0 is the leaf itself)."""


def append(size: int, frontier: bytes, leaf: bytes) -> tuple[bytes, bytes]:
    """Add a leaf hash to a tree of ``size`` leaves: the hashes of its row, and the new frontier."""
    hashes, top = leaf, leaf
    while size & 1:
        top = node_hash(frontier[-HASH:], top)
        frontier = frontier[:-HASH]
        hashes += top
        size >>= 1
    return hashes, frontier + top


def root(frontier: bytes) -> bytes:
    """The root of the tree with this frontier (RFC 6962 section 2.1)."""
    if not frontier:
        return hashlib.sha256(b"").digest()
    return _join([frontier[at : at + HASH] for at in range(0, len(frontier), HASH)])


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose hashes prove that leaf ``index`` is among ``size`` leaves, the leaf's side first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size} leaves")
    first, end, path = 0, size, []
    while end - first > 1:
        middle = _middle(first, end)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((first, middle))
            first = middle
    return path[::-1]


def consistency_spans(old: int, size: int) -> list[Span]:
    """The subtrees whose hashes prove that a tree of ``old`` leaves grew into one of ``size`` leaves."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} leaves cannot have grown from one of {old}")
    first, end, path = 0, size, []
    while 0 < old != end:
        middle = _middle(first, end)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((first, middle))
            first = middle
    if first:
        path.append((first, end))
    return path[::-1]


def nodes(span: Span) -> list[Node]:
    """The stored hashes that a subtree's hash is made of, largest first."""
    first, end = span
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        first += 1 << level
        found.append((first - 1, level))
    return found


def span_hashes(spans: Iterable[Span], row: Callable[[int], bytes]) -> list[bytes]:
    """The hash of each subtree; ``row`` gives the stored hashes of a row."""
    return [_join(hashes_at(nodes(span), row)) for span in spans]


def hashes_at(places: Iterable[Node], row: Callable[[int], bytes]) -> list[bytes]:
    """Stored hashes; those of ``nodes((0, size))`` are the frontier of a tree of ``size`` leaves."""
    return [row(seq)[level * HASH : (level + 1) * HASH] for seq, level in places]


def _join(parts: list[bytes]) -> bytes:
    top = parts[-1]
    for part in reversed(parts[:-1]):
        top = node_hash(part, top)
    return top


def _middle(first: int, end: int) -> int:
    """Where RFC 6962 splits: after the largest power of two smaller than the number of leaves."""
    return first + (1 << ((end - first - 1).bit_length() - 1))
