"""Which decisions are drawn: by lot, so that anybody with the list and the seed can draw the same again.

Each decision's lot is the hash of the seed and the decision's id, and the lowest lots are drawn. With groups,
each group gives its share, so that every decision has the same chance; none gives more for being small.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Lot:
    """A decision that may be drawn, and the group it is in."""

    application_id: str
    decision: str
    group: str


def drawn(lots: Iterable[Lot], size: int, seed: str) -> list[Lot]:
    """``size`` of the decisions, or all where there are fewer."""
    groups: dict[str, list[Lot]] = {}
    for each in lots:
        groups.setdefault(each.group, []).append(each)
    shares = shared({name: len(group) for name, group in groups.items()}, size)
    chosen = [
        each
        for name, group in groups.items()
        for each in sorted(group, key=lambda one: _lot(seed, one.decision))[: shares[name]]
    ]
    return sorted(chosen, key=lambda one: _lot(seed, one.decision))


def shared(groups: Mapping[str, int], size: int) -> dict[str, int]:
    """How many of each group: its share in whole numbers, and what is left to the largest remainders."""
    total = sum(groups.values())
    size = min(size, total)
    found = {name: size * count // total for name, count in groups.items()}
    by_remainder: Sequence[str] = sorted(groups, key=lambda name: (-(size * groups[name] % total), name))
    for name in by_remainder[: size - sum(found.values())]:
        found[name] += 1
    return found


def _lot(seed: str, decision: str) -> bytes:
    return hashlib.sha256(f"{seed}:{decision}".encode()).digest()
