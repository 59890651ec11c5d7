"""Changes of amounts, counted: how many are more and less, and their quartiles."""

from __future__ import annotations

from collections import Counter


class Changes(Counter[int]):
    """How many times each change comes, in öre; 0 is no change."""

    @property
    def winners(self) -> int:
        """How many get more."""
        return sum(count for change, count in self.items() if change > 0)

    @property
    def losers(self) -> int:
        """How many get less."""
        return sum(count for change, count in self.items() if change < 0)

    def quartiles(self) -> tuple[int, int, int] | None:
        """A quarter, half and three quarters of the changes there are; None where there is none."""
        changed = sorted((change, count) for change, count in self.items() if change)
        total = sum(count for _, count in changed)
        if not total:
            return None
        first, half, third = (_at(changed, -(-total * quarter // 4)) for quarter in (1, 2, 3))
        return first, half, third


def _at(changed: list[tuple[int, int]], wanted: int) -> int:
    seen = 0
    for change, count in changed:
        seen += count
        if seen >= wanted:
            return change
    raise ValueError(wanted)
