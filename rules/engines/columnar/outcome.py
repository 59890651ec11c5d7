"""What comes of a population: states, lines, conclusions and sums as columns, and one household of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from rules.calculation import RESULT
from rules.engines.columnar.population import ChoiceNumbers, Population
from rules.engines.columnar.values import Holds, Mask, Number, Whole
from rules.evaluated import RuleState
from rules.facts import Known
from rules.law import Law
from rules.outcome import HOUSEHOLD, EngineOutcome, InstanceKey, Line, Question, Requirement
from rules.rule import AskEffect, RequireEffect, Rule, Section

STATES = (RuleState.NOT_FIRED, RuleState.FIRED, RuleState.DEFEATED, RuleState.UNDECIDED)
"""The state that each number stands for."""


@dataclass(frozen=True)
class LineColumn:
    """A line of a rule for every subject: in öre, where ``there``."""

    section: Section
    rule: Rule
    there: Mask
    amount: Whole
    applied: Whole | None


@dataclass(frozen=True)
class ColumnarOutcome:
    """Everything that columns say of a population under a law."""

    law: Law
    population: Population
    words: ChoiceNumbers
    fired: dict[str, Mask] = field(default_factory=dict)
    defeated: dict[str, Mask] = field(default_factory=dict)
    undecided: dict[str, Mask] = field(default_factory=dict)
    lines: list[LineColumn] = field(default_factory=list)
    conclusions: dict[str, Holds | Number] = field(default_factory=dict)
    conflicts: dict[str, Mask] = field(default_factory=dict)
    lacking: dict[tuple[str, str], Mask] = field(default_factory=dict)
    totals: dict[str, Number] = field(default_factory=dict)

    @property
    def result(self) -> Number:
        """Incomes less norm, costs and other costs of every household, in öre."""
        return self.totals[RESULT]

    def length(self, subject: str | None) -> int:
        """How many a rule about a kind, or about the household, was evaluated for."""
        return self.population.size if subject is None else len(self.population.of(subject))


@dataclass(frozen=True)
class HouseholdOutcome:
    """One household of an outcome, in the shape of the other engines."""

    outcome: EngineOutcome
    states: Mapping[InstanceKey, RuleState]
    totals: Mapping[str, int | None]


class Reader:
    """Reads households out of an outcome."""

    def __init__(self, found: ColumnarOutcome) -> None:
        self._found = found

    def household(self, number: int) -> HouseholdOutcome:
        """What came of one household. Members are named as ``Population.facts`` names them."""
        found = self._found
        states = dict(self._states(number))
        outcome = EngineOutcome(
            fired=frozenset(key for key, state in states.items() if state is RuleState.FIRED),
            undecided=frozenset(key for key, state in states.items() if state is RuleState.UNDECIDED),
            lines=frozenset(self._lines(number)),
            conclusions=dict(self._conclusions(number)),
            conflicts=frozenset(
                place
                for path, mask in found.conflicts.items()
                for place, at in self._concluded(path, number)
                if _at(mask, at)
            ),
            requirements=frozenset(self._requirements(number, states)),
            questions=frozenset(
                Question(effect.asked, effect.reason, rule_id, subject)
                for (rule_id, subject), state in states.items()
                if state is RuleState.FIRED
                for effect in found.law.rule[rule_id].effects
                if isinstance(effect, AskEffect)
            ),
        )
        totals = {
            path: _at(each.parts, number) if _at(each.known, number) else None
            for path, each in found.totals.items()
        }
        return HouseholdOutcome(outcome, states, totals)

    def _kind_of(self, path: str) -> str | None:
        """The kind that a path is said of; None where there is one of it."""
        kind = path.partition(".")[0]
        return None if self._found.law.vocabulary.kinds[kind].single else kind

    def _places(self, subject: str | None, number: int) -> Iterator[tuple[str, int]]:
        """The members of a household, each with its row; the household itself for no kind."""
        if subject is None:
            yield HOUSEHOLD, number
            return
        low, high = np.searchsorted(self._found.population.of(subject).household, (number, number + 1))
        yield from ((f"{subject}{at}", at) for at in range(int(low), int(high)))

    def _concluded(self, path: str, number: int) -> Iterator[tuple[tuple[str, str], int]]:
        """Of whom a path is concluded in a household, each with its row."""
        kind = self._kind_of(path)
        for entity, at in self._places(kind, number):
            yield (path.partition(".")[0] if kind is None else entity, path), at

    def _states(self, number: int) -> Iterator[tuple[InstanceKey, RuleState]]:
        found = self._found
        masks = (found.fired, found.defeated, found.undecided)
        for rule in found.law.rules:
            for entity, at in self._places(rule.subject, number):
                state = next((n for n, mask in enumerate(masks, 1) if _at(mask[rule.id], at)), 0)
                yield (rule.id, entity), STATES[state]

    def _lines(self, number: int) -> Iterator[Line]:
        for line in self._found.lines:
            for entity, at in self._places(line.rule.subject, number):
                if _at(line.there, at):
                    applied = None if line.applied is None else _at(line.applied, at)
                    yield Line(line.section, line.rule.id, entity, applied, _at(line.amount, at))

    def _conclusions(self, number: int) -> Iterator[tuple[tuple[str, str], Known]]:
        terms = self._found.law.vocabulary.terms
        for path, column in self._found.conclusions.items():
            for place, at in self._concluded(path, number):
                if isinstance(column, Holds):
                    if _at(column.known, at):
                        yield place, bool(_at(column.true, at))
                elif _at(column.known, at):
                    yield place, self._found.words.value(terms[path], _at(column.parts, at))

    def _requirements(self, number: int, states: Mapping[InstanceKey, RuleState]) -> Iterator[Requirement]:
        found = self._found
        for rule in found.law.rules:
            paths = [path for each in rule.effects if isinstance(each, RequireEffect) for path in each.paths]
            for entity, at in self._places(rule.subject, number) if paths else ():
                if states[rule.id, entity] is not RuleState.FIRED:
                    continue
                for path in paths:
                    if _at(found.lacking[rule.id, path], at):
                        kind = path.partition(".")[0]
                        yield Requirement(rule.id, entity if kind == rule.subject else kind, path)


def _at(column: Mask | Whole, row: int) -> int:
    """The value of a row, of a column that may be the same for all."""
    return int(column[row] if column.ndim else column[()])
