"""No figure that could tell of one person: small counts are withheld, and those that would give them away."""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST = 5
"""The smallest count that is shown. Zero is shown: it tells of nobody."""


def shown(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The counts of a table whose sum is shown too; None for one that is withheld.

    Where one alone would be withheld, the sum would give it away: then the next smallest goes with it.
    """
    small = {name for name, count in cells.items() if 0 < count < SMALLEST}
    if len(small) == 1:
        others = [name for name, count in cells.items() if count and name not in small]
        small |= {min(others, key=lambda name: (cells[name], name))} if others else set()
    return {name: None if name in small else count for name, count in cells.items()}


def total(count: int) -> int | None:
    """A sum by itself."""
    return None if 0 < count < SMALLEST else count
