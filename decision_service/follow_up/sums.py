"""Small counts withheld, with as many others as it takes: no count that is not shown because it is small can
be had by adding and taking away what is shown, in one table, between several, or from one period to the next.

Each figure is a sum of parts that nobody shows by themselves. What is shown gives a figure away exactly where
the figure is a combination of those shown, so that is what is kept track of: exactly, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from decision_service.follow_up.small_cells import SMALLEST

Row: TypeAlias = "dict[str, int]"
"""A figure as how often it counts each part; less than never where it takes one away."""
_MODULUS = 2**61 - 1
"""Combinations are reckoned modulo a prime: of coefficients as small as these nothing else comes out."""


class ToldSums:
    """What has been told, and what may never follow from it."""

    def __init__(self, secrets: Iterable[Mapping[str, int]] = ()) -> None:
        self._known: dict[str, Row] = {}
        self._secrets = [row for each in secrets if (row := _whole(each))]

    def tell(self, figure: Mapping[str, int]) -> bool:
        """Tell a figure, unless a secret would follow from it and what has been told; whether it was."""
        row = self._reduced(_whole(figure))
        if not row:
            return True
        pivot = min(row)
        row = _scaled(row, pivot)
        same = [each for each in self._secrets if each.keys() == row.keys()]
        if any(_scaled(secret, pivot) == row for secret in same):
            return False
        self._known = {name: _without(each, row, pivot) for name, each in self._known.items()}
        self._known[pivot] = row
        self._secrets = [_without(each, row, pivot) for each in self._secrets]
        return True

    def keep(self, secret: Mapping[str, int]) -> bool:
        """Keep one more secret; False where it follows already from what has been told."""
        row = self._reduced(_whole(secret))
        self._secrets += [row] if row else []
        return bool(row)

    def follows(self, figure: Mapping[str, int]) -> bool:
        """Whether a figure follows from what has been told."""
        return not self._reduced(_whole(figure))

    def _reduced(self, row: Row) -> Row:
        for pivot in [name for name in row if name in self._known]:
            row = _without(row, self._known[pivot], pivot)
        return row


def withheld(counts: Mapping[str, int], parts: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The figures that are not shown. ``parts`` are what each figure is the sum of; of those that could be
    shown, sums of many parts are shown first, and large counts before small ones."""
    small = [figure for figure, count in counts.items() if 0 < count < SMALLEST]
    told = ToldSums(dict.fromkeys(parts[figure], 1) for figure in small)
    order = sorted(counts, key=lambda one: (counts[one] > 0, -len(parts[one]), -counts[one], one))
    return frozenset(each for each in order if each in small or not told.tell(dict.fromkeys(parts[each], 1)))


def _whole(row: Mapping[str, int]) -> Row:
    return {name: number % _MODULUS for name, number in row.items() if number % _MODULUS}


def _scaled(row: Row, pivot: str) -> Row:
    by = pow(row[pivot], -1, _MODULUS)
    return {name: number * by % _MODULUS for name, number in row.items()}


def _without(row: Row, other: Row, pivot: str) -> Row:
    """A row less as much of another as takes the pivot away; the other has the pivot once."""
    if not (by := row.get(pivot)):
        return row
    found = dict(row)
    for name, number in other.items():
        if left := (found.get(name, 0) - by * number) % _MODULUS:
            found[name] = left
        else:
            found.pop(name, None)
    return found
