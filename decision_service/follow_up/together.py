"""Figures over the same decisions, on several tables and pages, told one after the other.

Of no group under the smallest count can the size be had by adding and taking away what is shown. A group is
what a figure counts, what two of them have in common, what one counts and another does not, and the decisions
that all figures count alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations
from typing import TypeVar

from decision_service.follow_up.small_cells import SMALLEST
from decision_service.follow_up.sums import ToldSums

Name = TypeVar("Name", bound=Hashable)


def shown_together(figures: Mapping[Name, Mapping[str, int]]) -> frozenset[Name]:
    """The figures that can be shown, where those that come first are shown first. ``figures`` says how often
    each counts which decision."""
    kinds: dict[str, list[tuple[int, int]]] = {}
    for number, counted in enumerate(figures.values()):
        for decision, times in counted.items():
            kinds.setdefault(decision, []).append((number, times))
    names: dict[tuple[tuple[int, int], ...], str] = {}
    sizes: dict[str, int] = {}
    rows: list[dict[str, int]] = [{} for _ in figures]
    for kind in map(tuple, kinds.values()):
        name = names.setdefault(kind, str(len(names)))
        sizes[name] = sizes.get(name, 0) + 1
        for number, times in kind:
            rows[number][name] = times
    told = ToldSums(dict.fromkeys(sorted(group), 1) for group in sorted(_small(rows, sizes), key=sorted))
    return frozenset(name for name, row in zip(figures, rows, strict=True) if told.tell(row))


def _small(rows: list[dict[str, int]], sizes: Mapping[str, int]) -> set[frozenset[str]]:
    """The groups under the smallest count, as the kinds of decisions that they are made of."""
    counted = {frozenset(row) for row in rows} | {frozenset([kind]) for kind in sizes}
    return {each for each in _groups(counted) if 0 < sum(sizes[kind] for kind in each) < SMALLEST}


def _groups(counted: set[frozenset[str]]) -> Iterator[frozenset[str]]:
    yield from counted
    for one, other in combinations([each for each in counted if len(each) > 1], 2):
        if not one.isdisjoint(other):
            yield one & other
            yield one - other
            yield other - one
