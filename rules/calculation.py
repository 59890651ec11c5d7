"""The names under which the sums of the calculation are read by later stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rules.outcome import Line
from rules.rule import Section

TOTALS: Mapping[str, tuple[Section, ...]] = {
    "kalkyl.norm": (Section.PERSONAL, Section.COMMON),
    "kalkyl.kostnader": (Section.COST,),
    "kalkyl.övriga_kostnader": (Section.OTHER_COST,),
    "kalkyl.inkomster": (Section.INCOME,),
}
"""The sections that each sum adds up. Known from the stage after inkomster."""

COUNTED_ONCE = (Section.COST, Section.OTHER_COST, Section.INCOME)
"""The sections where each thing is counted on one line, of one rule."""

RESULT = "kalkyl.resultat"
"""Incomes less norm, costs and other costs: negative is a deficit."""
DEFICIT = "kalkyl.underskott"
"""What is lacking, never below zero."""
SURPLUS = "kalkyl.överskott"
"""What is left over, never below zero."""


def of_result(result: int) -> Mapping[str, int]:
    """The result, and the deficit or surplus that it is, in öre."""
    return {RESULT: result, DEFICIT: max(0, -result), SURPLUS: max(0, result)}


def counted_twice(lines: Iterable[Line]) -> frozenset[str]:
    """The costs and incomes that two rules count, the one as if there were not the other. A line that takes
    from another has the other sign."""
    counted = Counter(
        (line.subject, line.amount > 0)
        for line in lines
        if line.section in COUNTED_ONCE and line.subject and line.amount
    )
    return frozenset(subject for (subject, _), times in counted.items() if times > 1)


def sections(path: str) -> frozenset[Section]:
    """The sections of the calculation that a sum adds up; empty for any other path."""
    return frozenset(Section) if path == RESULT else frozenset(TOTALS.get(path, ()))
