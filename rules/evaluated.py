"""What became of every rule for every subject, with every value it saw: what explanations are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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


Silent: TypeAlias = "Mapping[str, tuple[str | None, Instance]]"
"""By the id of each rule the kind that it is about, and what becomes of it where it says nothing."""


class Instances(Mapping[InstanceKey, Instance]):
    """Every rule for every subject, as stages, rules and subjects come.

    Of most rules nothing is said but that they do not apply. Such an instance is the same for all subjects
    and is kept once a rule, in ``silent``. ``subjects`` are those there are of each kind, ``spoken`` by rule
    and subject all other instances.
    """

    __slots__ = ("silent", "spoken", "subjects")

    def __init__(
        self,
        silent: Silent,
        subjects: Mapping[str | None, Sequence[str]],
        spoken: Mapping[str, Mapping[str, Instance]],
    ) -> None:
        self.silent, self.subjects, self.spoken = silent, subjects, spoken

    def __getitem__(self, key: InstanceKey) -> Instance:
        rule, subject = key
        found = self.spoken.get(rule, _NOTHING).get(subject)
        if found is None:
            kind, found = self.silent[rule]
            if subject not in self.subjects.get(kind, ()):
                raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[InstanceKey]:
        for rule, (kind, _) in self.silent.items():
            for subject in self.subjects.get(kind, ()):
                yield rule, subject

    def __len__(self) -> int:
        return sum(len(self.subjects.get(kind, ())) for kind, _ in self.silent.values())


_NOTHING: Mapping[str, Instance] = {}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome, and what the explanation needs: every rule with every value it saw.

    ``fired`` are the rules that fired, as they stand among the instances. ``trace`` gives what every part of
    the condition of an evaluated rule saw.
    """

    law: Law
    facts: Facts
    outcome: EngineOutcome
    instances: Instances
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
