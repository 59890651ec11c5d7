"""The names under which the sums of the calculation are read by later stages."""

from __future__ import annotations

from collections.abc import Mapping

from rules.rule import Section

TOTALS: Mapping[str, tuple[Section, ...]] = {
    "kalkyl.norm": (Section.PERSONAL, Section.COMMON),
    "kalkyl.kostnader": (Section.COST,),
    "kalkyl.övriga_kostnader": (Section.OTHER_COST,),
    "kalkyl.inkomster": (Section.INCOME,),
}
"""The sections that each sum adds up. Known from the stage after inkomster."""

RESULT = "kalkyl.resultat"
"""Incomes less norm, costs and other costs: negative is a deficit."""
DEFICIT = "kalkyl.underskott"
"""What is lacking, never below zero."""
SURPLUS = "kalkyl.överskott"
"""What is left over, never below zero."""


def of_result(result: int) -> Mapping[str, int]:
    """The result, and the deficit or surplus that it is, in öre."""
    return {RESULT: result, DEFICIT: max(0, -result), SURPLUS: max(0, result)}


def sections(path: str) -> frozenset[Section]:
    """The sections of the calculation that a sum adds up; empty for any other path."""
    return frozenset(Section) if path == RESULT else frozenset(TOTALS.get(path, ()))
