"""A rule compiled: each expression with its short way and, when that does not answer, three values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from norms.table import Cell
from rules.engines.exact.case import Case, Notes, Scope
from rules.engines.exact.source import NOT_ANSWERED, Short, compile_short
from rules.engines.exact.three_valued import Evaluator, compile_condition, compile_value
from rules.evaluated import Instance, RuleState, Trace, Value
from rules.language.tree import Expression
from rules.language.vocabulary import Vocabulary
from rules.law import Law
from rules.rule import AskEffect, RequireEffect, Rule, Section


class CompiledValue:
    """An amount or a conclusion of a rule."""

    def __init__(self, node: Expression, vocabulary: Vocabulary) -> None:
        self._node = node
        self._vocabulary = vocabulary
        self._short: Short = compile_short(node, vocabulary)

    @cached_property
    def _long(self) -> Evaluator:
        return compile_value(self._node, self._vocabulary)

    def of(self, case: Case, scope: Scope, cells: list[Cell]) -> Value:
        """The value, or what is not known in it. Amounts of the norm tables are noted in ``cells``."""
        try:
            value: Value = self._short(scope.known, case.household.known, case, scope.entity, cells)
        except NOT_ANSWERED:
            return self._long(scope, Notes(case, [], cells))
        return value


@dataclass(frozen=True)
class CompiledRule:
    """A rule, ready to be evaluated for one subject after the other. ``short`` is its condition's short way;
    ``looks_up`` whether the rule looks up amounts in the norm tables; ``silent`` what becomes of it where the
    condition does not hold and no amount was looked up."""

    rule: Rule
    silent: Instance
    vocabulary: Vocabulary
    exceptions: tuple[Rule, ...]
    short: Short
    looks_up: bool
    lines: tuple[tuple[Section, CompiledValue, CompiledValue | None], ...]
    conclusions: tuple[tuple[str, bool, CompiledValue], ...]
    asks: tuple[AskEffect | RequireEffect, ...]

    @cached_property
    def _long(self) -> Evaluator:
        return compile_condition(self.rule.condition, self.vocabulary)

    def holds(self, case: Case, scope: Scope, cells: list[Cell]) -> Value:
        """Whether the condition holds, or what would have to become known, with three values."""
        return self._long(scope, Notes(case, [], cells))

    def trace(self, case: Case, scope: Scope) -> Trace:
        """What every part of the condition sees. What a rule reads does not change after its stage."""
        notes = Notes(case, [], [])
        self._long(scope, notes)
        return notes.trace


class Trial(NamedTuple):
    """What a rule is tried by, once for each subject: its id, and what of it is looked at every time."""

    compiled: CompiledRule
    rule: str
    short: Short
    silent: Instance
    looks_up: bool


Trials: TypeAlias = "tuple[tuple[str | None, tuple[Trial, ...]], ...]"
"""Trials by the kind that they are about; those of one kind that stand together, together."""


@dataclass(frozen=True)
class CompiledStage:
    """The rules of a stage, and what they may conclude: each path, whether there is one of it, its kind."""

    rules: tuple[CompiledRule, ...]
    conclusions: tuple[tuple[str, bool, str], ...]

    @cached_property
    def trials(self) -> Trials:
        """The rules, ready to be tried."""
        return tuple(
            (
                kind,
                tuple(Trial(each, each.rule.id, each.short, each.silent, each.looks_up) for each in together),
            )
            for kind, together in groupby(self.rules, lambda each: each.rule.subject)
        )


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
        compile_short(rule.condition, vocabulary),
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
