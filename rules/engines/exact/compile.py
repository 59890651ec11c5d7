"""A rule compiled: each expression with its short way and, when that does not answer, three values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from norms.table import Cell
from rules.engines.exact.case import Notes, Scope, ScopedCase
from rules.engines.exact.source import (
    NOT_ANSWERED,
    Short,
    Together,
    compile_short,
    compile_together,
)
from rules.engines.exact.three_valued import Evaluator, compile_condition, compile_value
from rules.evaluated import Instance, RuleState, Silent, Trace, Value
from rules.language.tree import Expression
from rules.language.vocabulary import Vocabulary
from rules.law import Law
from rules.rule import AskEffect, RequireEffect, Rule, Section


class CompiledValue:
    """An amount or a conclusion of a rule."""

    def __init__(self, node: Expression, vocabulary: Vocabulary) -> None:
        self._node = node
        self._vocabulary = vocabulary

    @cached_property
    def _short(self) -> Short:
        return compile_short(self._node, self._vocabulary)

    @cached_property
    def _long(self) -> Evaluator:
        return compile_value(self._node, self._vocabulary)

    def of(self, case: ScopedCase, scope: Scope, cells: list[Cell]) -> Value:
        """The value, or what is not known in it. Amounts of the norm tables are noted in ``cells``."""
        try:
            value: Value = self._short(scope.known, case.household.known, case, scope.entity, cells)
        except NOT_ANSWERED:
            return self._long(scope, Notes(case, [], cells))
        return value


@dataclass(frozen=True)
class CompiledRule:
    """A rule, ready to be evaluated for one subject after the other. ``looks_up`` is whether it looks up
    amounts in the norm tables; ``silent`` what becomes of it where the condition does not hold and no amount
    was looked up."""

    rule: Rule
    silent: Instance
    vocabulary: Vocabulary
    exceptions: tuple[Rule, ...]
    looks_up: bool
    lines: tuple[tuple[Section, CompiledValue, CompiledValue | None], ...]
    conclusions: tuple[tuple[str, bool, CompiledValue], ...]
    asks: tuple[AskEffect | RequireEffect, ...]

    @cached_property
    def _long(self) -> Evaluator:
        return compile_condition(self.rule.condition, self.vocabulary)

    def holds(self, case: ScopedCase, scope: Scope, cells: list[Cell]) -> Value:
        """Whether the condition holds, or what would have to become known, with three values."""
        return self._long(scope, Notes(case, [], cells))

    def trace(self, case: ScopedCase, scope: Scope) -> Trace:
        """What every part of the condition sees. What a rule reads does not change after its stage."""
        notes = Notes(case, [], [])
        self._long(scope, notes)
        return notes.trace


class Trials(NamedTuple):
    """The conditions of some rules of a stage that are about one kind, and the numbers of those in it."""

    kind: str | None
    numbers: tuple[int, ...]
    short: Together


@dataclass(frozen=True)
class CompiledStage:
    """The rules of a stage, and what they may conclude: each path, whether there is one of it, its kind."""

    rules: tuple[CompiledRule, ...]
    conclusions: tuple[tuple[str, bool, str], ...]

    @cached_property
    def silent(self) -> Silent:
        """What becomes of each rule where it says nothing."""
        return {each.rule.id: (each.rule.subject, each.silent) for each in self.rules}

    @cached_property
    def trials(self) -> tuple[Trials, ...]:
        """The rules, ready to be tried: those that begin with one word together, so that what another law has
        in common with this one, or this one with one rule in other words, is not compiled anew."""
        together: dict[tuple[str | None, str], list[int]] = {}
        for number, each in enumerate(self.rules):
            together.setdefault((each.rule.subject, each.rule.id.partition(".")[0]), []).append(number)
        return tuple(
            Trials(kind, tuple(numbers), self._short(numbers)) for (kind, _), numbers in together.items()
        )

    def _short(self, numbers: list[int]) -> Together:
        tried = [self.rules[number] for number in numbers]
        conditions = [(each.rule.condition, each.looks_up) for each in tried]
        return compile_together(conditions, tried[0].vocabulary)


def compile_stage(
    rules: tuple[Rule, ...], law: Law, kept: Mapping[int, CompiledRule] = MappingProxyType({})
) -> CompiledStage:
    """The rules of one stage of a law. ``kept`` are those that are compiled already, by their identity."""
    compiled = tuple(kept.get(id(rule)) or compile_rule(rule, law) for rule in rules)
    paths = sorted({(path, single) for each in compiled for path, single, _ in each.conclusions})
    return CompiledStage(compiled, tuple((path, single, path.partition(".")[0]) for path, single in paths))


def compile_rule(rule: Rule, law: Law) -> CompiledRule:
    """A rule of a law. Everything that is the same for all subjects is found here."""
    vocabulary = law.vocabulary

    def value(node: Expression) -> CompiledValue:
        return CompiledValue(node, vocabulary)

    return CompiledRule(
        rule,
        Instance(rule, RuleState.NOT_FIRED, frozenset(), (), ()),
        vocabulary,
        law.exceptions[rule.id],
        rule.looks_up,
        tuple(
            (line.section, value(line.amount), value(line.applied) if line.applied is not None else None)
            for line in rule.lines
        ),
        tuple(
            (effect.path, vocabulary.kinds[effect.path.partition(".")[0]].single, value(effect.value))
            for effect in rule.concludes
        ),
        tuple(effect for effect in rule.effects if isinstance(effect, AskEffect | RequireEffect)),
    )
