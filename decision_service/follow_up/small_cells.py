"""No figure that could tell of one person: small counts are withheld, and those that would give them away."""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST = 5
"""The smallest count that is shown. Zero is shown: it tells of nobody."""


def shown(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The counts of a table whose sum is shown too; None for one that is withheld.

    Where what is withheld is one count, or all of it too small, the sum would give it away: then the next
    smallest goes with it.
    """
    withheld = {name for name, count in cells.items() if 0 < count < SMALLEST}
    others = sorted((name for name in cells if cells[name] >= SMALLEST), key=lambda name: (cells[name], name))
    while withheld and others and (len(withheld) == 1 or sum(cells[name] for name in withheld) < SMALLEST):
        withheld.add(others.pop(0))
    return {name: None if name in withheld else count for name, count in cells.items()}


def total(count: int) -> int | None:
    """A sum by itself."""
    return None if 0 < count < SMALLEST else count


def part(count: int, whole: int) -> int | None:
    """A count out of a whole that is shown: withheld too where the rest of the whole is small."""
    return None if total(whole) is None or total(whole - count) is None else total(count)
