"""Small counts withheld, with as many others as it takes: no withheld count can be had by adding and taking
away what is shown, in one table or between several.

Each figure is a sum of parts that nobody shows by themselves. What is shown gives a figure away exactly where
the figure is a combination of those shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from decision_service.follow_up.small_cells import SMALLEST

Row = list[Fraction]


def withheld(counts: Mapping[str, int], parts: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The figures that are not shown. ``parts`` are what each figure is the sum of; zero is always shown.
    Where one more is enough it is the smallest that is."""
    names = sorted({part for each in parts.values() for part in each})
    rows = {figure: [Fraction(name in parts[figure]) for name in names] for figure in counts}
    hidden = {figure for figure, count in counts.items() if 0 < count < SMALLEST}
    small = sorted(hidden)
    while given := next((one for one in small if _given_away(rows, hidden, one)), None):
        shown = sorted(
            (one for one, count in counts.items() if count and one not in hidden),
            key=lambda one: (counts[one], one),
        )
        enough = (one for one in shown if not _given_away(rows, {*hidden, one}, given))
        related = (one for one in shown if _overlap(rows[one], rows[given]))
        hidden.add(next(enough, None) or next(related, shown[0]))
    return frozenset(hidden)


def can_be_had(figure: str, shown: Collection[str], parts: Mapping[str, Collection[str]]) -> bool:
    """Whether a figure is a combination of those that are shown."""
    names = sorted({part for each in parts.values() for part in each})
    rows = {one: [Fraction(name in parts[one]) for name in names] for one in {figure, *shown}}
    return _given_away(rows, {figure}, figure)


def _given_away(rows: Mapping[str, Row], hidden: Collection[str], figure: str) -> bool:
    known = [row for name, row in rows.items() if name not in hidden]
    return _rank([*known, rows[figure]]) == _rank(known)


def _overlap(one: Row, other: Row) -> bool:
    return any(a and b for a, b in zip(one, other, strict=True))


def _rank(rows: Sequence[Row]) -> int:
    """How many rows are no combination of the others."""
    left, rank = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        rank += 1
        left = [
            [a - b * row[column] / pivot[column] for a, b in zip(row, pivot, strict=True)] for row in left
        ]
    return rank
