"""What became of every rule for every subject, with every value it saw: what explanations are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from norms.table import Cell
from rules.facts import Cause, Disputed, Facts, Known, Unknown
from rules.law import Law
from rules.outcome import EngineOutcome, InstanceKey, Line
from rules.rule import Rule, Section

Value: TypeAlias = "int | bool | str | Fraction | Unknown"
Trace: TypeAlias = "list[tuple[Value, ...]]"
"""For each leaf of a condition, in the order written: its result and the values that gave it."""


class RuleState(StrEnum):
    """What became of a rule for one subject."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    DEFEATED = "defeated"
    UNDECIDED = "undecided"


class Instance(NamedTuple):
    """A rule evaluated for a subject. ``lacks`` says what made it undecided, ``cells`` which amounts
    of the norm tables it read."""

    rule: Rule
    state: RuleState
    lacks: frozenset[Cause]
    defeated_by: tuple[str, ...]
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome, and what the explanation needs: every rule with every value it saw.

    ``fired`` are the rules that fired, as they stand among the instances. ``trace`` gives what every part of
    the condition of an evaluated rule saw.
    """

    law: Law
    facts: Facts
    outcome: EngineOutcome
    instances: Mapping[InstanceKey, Instance]
    fired: tuple[InstanceKey, ...]
    values: Mapping[str, Mapping[str, Known | Disputed | Unknown]]
    totals: Mapping[str, int | Unknown]
    trace: Callable[[InstanceKey], Trace]

    @property
    def lines_in_order(self) -> tuple[Line, ...]:
        """The lines in the order of the calculation: by section, then as rules and subjects come."""
        order = {key: number for number, key in enumerate(self.fired)}
        sections = list(Section)
        return tuple(
            sorted(
                self.outcome.lines,
                key=lambda line: (sections.index(line.section), order[line.rule, line.subject]),
            )
        )

    @property
    def unconfirmed_cells(self) -> tuple[Cell, ...]:
        """Amounts of the norm tables that nobody has confirmed and that a fired rule read."""
        found = {
            (cell.series, cell.label): cell
            for key in self.fired
            for cell in self.instances[key].cells
            if not cell.status.confirmed
        }
        return tuple(found[key] for key in sorted(found))
