"""The tree is RFC 6962's: as defined there, at every size, with every proof."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle
from audit.verify import grown, leaf_hash, node_hash, root_of

# The eight leaves and the roots that Certificate Transparency's own tests use.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def defined(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


def grow(leaves: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The rows of a log with these leaves, and its frontier at every size from 0."""
    rows: list[bytes] = []
    frontiers = [b""]
    for size, leaf in enumerate(leaves):
        row, frontier = merkle.append(size, frontiers[-1], leaf_hash(leaf))
        rows.append(row)
        frontiers.append(frontier)
    return rows, frontiers


def test_known_roots() -> None:
    _, frontiers = grow(LEAVES)
    assert [merkle.root(frontier).hex() for frontier in frontiers[1:]] == ROOTS
    assert merkle.root(b"") == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=3), max_size=70))
def test_root_is_the_recursive_definition(leaves: list[bytes]) -> None:
    rows, frontiers = grow(leaves)
    assert merkle.root(frontiers[-1]) == defined(leaves)
    if leaves:
        stored = merkle.hashes_at(merkle.nodes((0, len(leaves))), rows.__getitem__)
        assert b"".join(stored) == frontiers[-1]


def test_every_inclusion_proof_at_every_size() -> None:
    leaves = [bytes([number]) for number in range(67)]
    rows, frontiers = grow(leaves)
    for size in range(1, len(leaves) + 1):
        root = merkle.root(frontiers[size])
        for index in range(size):
            path = merkle.span_hashes(merkle.inclusion_spans(index, size), rows.__getitem__)
            assert root_of(index, size, leaf_hash(leaves[index]), path) == root
            assert proven_by_rfc_9162(index, size, leaf_hash(leaves[index]), path, root)


def test_every_consistency_proof_at_every_size() -> None:
    leaves = [bytes([number]) for number in range(67)]
    rows, frontiers = grow(leaves)
    for size in range(1, len(leaves) + 1):
        for old in range(1, size + 1):
            path = merkle.span_hashes(merkle.consistency_spans(old, size), rows.__getitem__)
            before, after = merkle.root(frontiers[old]), merkle.root(frontiers[size])
            assert grown(old, size, before, path) == (before, after)
            assert consistent_by_rfc_9162(old, size, path, before, after)


@given(st.integers(2, 200), st.data())
def test_a_proof_proves_one_thing(size: int, data: st.DataObject) -> None:
    """Another place, size or leaf, a hash changed, lost or added: the proof no longer leads to the root."""
    leaves = [number.to_bytes(2) for number in range(size)]
    rows, frontiers = grow(leaves)
    root = merkle.root(frontiers[-1])
    index = data.draw(st.integers(0, size - 1))
    path = merkle.span_hashes(merkle.inclusion_spans(index, size), rows.__getitem__)
    leaf = leaf_hash(leaves[index])
    at = data.draw(st.integers(0, len(path) - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    assert root_of(index, size, leaf_hash(leaves[other]), path) != root
    assert root_of(other, size, leaf, path) != root
    assert root_of(index, size, leaf, [*path[:at], bytes(32), *path[at + 1 :]]) != root
    assert root_of(index, size, leaf, [*path[:at], *path[at + 1 :]]) != root
    assert root_of(index, size, leaf, [*path, path[at]]) != root


def test_proofs_of_the_wrong_shape_lead_nowhere() -> None:
    for index, size, path in [(0, 0, []), (-1, 2, [b"x"]), (2, 2, [b"x"]), (0, 1, [b"x"]), (0, 2, [])]:
        assert root_of(index, size, b"leaf", path) == b""
    for old, size, path in [(0, 2, [b"x"]), (3, 2, [b"x"]), (2, 2, [b"x"]), (1, 2, []), (1, 1, [b"x"])]:
        assert grown(old, size, b"root", path) == (b"", b"")
    with pytest.raises(ValueError, match="no leaf 2 in a tree of 2 leaves"):
        merkle.inclusion_spans(2, 2)
    with pytest.raises(ValueError, match="a tree of 2 leaves cannot have grown from one of 3"):
        merkle.consistency_spans(3, 2)


@given(st.integers(2, 200), st.data())
def test_a_consistency_proof_proves_one_thing(size: int, data: st.DataObject) -> None:
    """For two sizes, that is: the sizes are signed with the roots, not proven."""
    rows, frontiers = grow([number.to_bytes(2) for number in range(size)])
    old = data.draw(st.integers(1, size - 1))
    before, after = merkle.root(frontiers[old]), merkle.root(frontiers[-1])
    path = merkle.span_hashes(merkle.consistency_spans(old, size), rows.__getitem__)
    at = data.draw(st.integers(0, len(path) - 1))
    wrong = [
        (old, size, before, [*path[:at], bytes(32), *path[at + 1 :]]),
        (old, size, before, [*path[:at], *path[at + 1 :]]),
        (old, size, before, [*path, path[at]]),
        (old, size, bytes(32), path),
    ]
    for then, now, root, proof in wrong:
        assert grown(then, now, root, proof) != (root, after)


def proven_by_rfc_9162(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> bool:
    """A second opinion: the loop of RFC 9162 section 2.1.3.2, written from its text."""
    at, last, top = index, size - 1, leaf
    for part in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            top = node_hash(part, top)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            top = node_hash(top, part)
        at, last = at >> 1, last >> 1
    return last == 0 and top == root


def consistent_by_rfc_9162(old: int, size: int, path: list[bytes], before: bytes, after: bytes) -> bool:
    """A second opinion: the loop of RFC 9162 section 2.1.4.2, written from its text."""
    if old == size:
        return not path and before == after
    parts = path if old & (old - 1) else [before, *path]
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, part)
        at, last = at >> 1, last >> 1
    return last == 0 and first == before and second == after
