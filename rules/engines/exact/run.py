"""The exact evaluator: a case through its stages, with three values and whole öre."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple

from norms.table import Cell
from rules.calculation import DEFICIT, RESULT, SURPLUS, TOTALS, of_result
from rules.engines.exact.case import Scope, ScopedCase
from rules.engines.exact.compile import CompiledRule, CompiledStage, compile_stage
from rules.evaluated import Evaluation, Instance, Instances, RuleState, Silent, Trace, Value
from rules.facts import Cause, Facts, Known, Lack, Unknown
from rules.language.vocabulary import Stage
from rules.law import Law
from rules.outcome import HOUSEHOLD, EngineOutcome, InstanceKey, Line, Question, Requirement
from rules.rule import AskEffect, Rule, Section

_NO_LACKS: frozenset[Cause] = frozenset()
_NO_CELLS: list[Cell] = []
_IN_ORDER = itemgetter(0, 1)
"""As rules and subjects come."""


class ExactEngine:
    """The evaluator of one law. Reusable and without state of its own."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._stages = {stage: compile_stage(rules, law) for stage, rules in law.stages.items()}
        self._compiled = {each.rule.id: each for stage in self._stages.values() for each in stage.rules}
        self._said_nothing: dict[tuple[Stage, ...], Silent] = {}

    def under(self, law: Law) -> ExactEngine:
        """The same engine under another law with the same rules: other amounts, other settings."""
        engine = copy(self)
        engine.law = law
        return engine

    def changed(self, changes: Mapping[str, Rule]) -> ExactEngine:
        """The engine of the same law with some rules, by id, in other words; a rule that does not hold in the
        month of the law is none of it. The rest is not compiled anew."""
        rules = tuple(
            each
            for rule in self.law.rules
            if (each := changes.get(rule.id, rule)) is rule or each.span.holds(self.law.month)
        )
        touched = {
            *changes,
            *(name for rule in (*changes.values(), *self.law.rules) for name in rule.defeats),
        }
        engine = self.under(replace(self.law, rules=rules))
        kept = {id(rule): self._compiled[rule.id] for rule in rules if rule.id not in touched}
        engine._stages = {
            stage: compile_stage(of_stage, engine.law, kept) for stage, of_stage in engine.law.stages.items()
        }
        engine._compiled = {each.rule.id: each for stage in engine._stages.values() for each in stage.rules}
        engine._said_nothing = {}
        return engine

    def evaluate(self, facts: Facts, stages: Iterable[Stage] = Stage) -> Evaluation:
        """Evaluate the stages in order. ``facts`` do not hold what the law itself gives."""
        run = _Run(ScopedCase(self.law, facts))
        in_order = tuple(sorted(stages, key=lambda stage: stage.position))
        for stage in in_order:
            run.stage(self._stages[stage])
            if stage is Stage.INCOMES:
                run.add_up()
        return run.evaluation(self._silent(in_order), self._trace)

    def _silent(self, stages: tuple[Stage, ...]) -> Silent:
        """Every rule of some stages, in their order, where it says nothing."""
        found = self._said_nothing.get(stages)
        if found is None:
            found = self._said_nothing[stages] = {
                rule: each for stage in stages for rule, each in self._stages[stage].silent.items()
            }
        return found

    def _trace(self, case: ScopedCase, key: InstanceKey) -> Trace:
        """What the condition of a rule saw. Nothing that it reads has changed since its stage."""
        rule_id, entity = key
        compiled = self._compiled[rule_id]
        [scope] = (scope for scope in case.of(compiled.rule.subject) if scope.entity == entity)
        return compiled.trace(case, scope)


class _Tried(NamedTuple):
    """A rule whose condition holds or is not known, before its exceptions are looked at."""

    compiled: CompiledRule
    scope: Scope
    holds: Value
    cells: list[Cell]


class _Conclusion(NamedTuple):
    value: Value
    state: RuleState
    lacks: set[Cause]


class _Run:
    def __init__(self, case: ScopedCase) -> None:
        self.case = case
        self.spoken: dict[str, dict[str, Instance]] = {}
        self.fired: list[InstanceKey] = []
        self.undecided: list[InstanceKey] = []
        self.lines: list[Line] = []
        self.unknown_sections: dict[Section, set[Cause]] = {}
        self.requirements: list[Requirement] = []
        self.questions: list[Question] = []
        self.conclusions: dict[tuple[str, str], Known] = {}
        self.conflicts: set[tuple[str, str]] = set()

    def stage(self, stage: CompiledStage) -> None:
        tried = self.conditions(stage)
        concluded: dict[tuple[str, str], list[_Conclusion]] = {}
        for key, each in tried.items():
            self.say(key, self.apply(key, each, tried, concluded))
        self.conclude(stage, concluded)

    def conditions(self, stage: CompiledStage) -> dict[InstanceKey, _Tried]:
        """Evaluate every condition for every subject. Where it does not hold that is all there is to it; the
        rest is returned."""
        case, household = self.case, self.case.household.known
        found = [
            (numbers[number], place, scope, holds, cells)
            for kind, numbers, short in stage.trials
            for place, scope in enumerate(case.of(kind))
            for number, holds, cells in short(scope.known, household, case, scope.entity)
        ]
        found.sort(key=_IN_ORDER)
        tried: dict[InstanceKey, _Tried] = {}
        for number, _, scope, answer, read in found:
            compiled, cells = stage.rules[number], _NO_CELLS if read is None else read
            holds: Value = compiled.holds(case, scope, cells) if answer is None else answer
            key = compiled.rule.id, scope.entity
            if cells:
                self.say(key, Instance(compiled.rule, RuleState.NOT_FIRED, _NO_LACKS, (), cells))
            if holds is not False:
                tried[key] = _Tried(compiled, scope, holds, cells)
        return tried

    def say(self, key: InstanceKey, instance: Instance) -> None:
        """Note what became of a rule that says something."""
        self.spoken.setdefault(key[0], {})[key[1]] = instance

    def holds(self, key: InstanceKey, tried: Mapping[InstanceKey, _Tried]) -> tuple[Value, tuple[str, ...]]:
        """Whether a rule applies, its exceptions counted, and the exceptions that defeat it."""
        if key not in tried:
            return False, ()
        value = tried[key].holds
        defeaters: list[str] = []
        lacks: set[Cause] = set(value.causes) if isinstance(value, Unknown) else set()
        for exception in tried[key].compiled.exceptions:
            applies, _ = self.holds((exception.id, key[1] if exception.subject else HOUSEHOLD), tried)
            if applies is True:
                defeaters.append(exception.id)
            elif isinstance(applies, Unknown):
                lacks |= applies.causes
        if defeaters:
            return False, tuple(defeaters)
        return (Unknown(frozenset(lacks)) if lacks else True), ()

    def apply(
        self,
        key: InstanceKey,
        each: _Tried,
        tried: Mapping[InstanceKey, _Tried],
        concluded: dict[tuple[str, str], list[_Conclusion]],
    ) -> Instance:
        rule, cells = each.compiled.rule, each.cells
        applies, defeaters = self.holds(key, tried)
        if applies is False:
            state = RuleState.DEFEATED if each.holds is True else RuleState.NOT_FIRED
            return Instance(rule, state, _NO_LACKS, defeaters, cells)
        lacks = set(applies.causes) if isinstance(applies, Unknown) else set()
        lines, conclusions = self.effects(each, lacks)
        state = RuleState.UNDECIDED if lacks else RuleState.FIRED
        for place, value in conclusions:
            concluded.setdefault(place, []).append(_Conclusion(value, state, lacks))
        if lacks:
            self.undecided.append(key)
            for section, _, amount in lines:
                if amount != 0:
                    self.unknown_sections.setdefault(section, set()).update(lacks)
        else:
            self.fired.append(key)
            self.ask(each.compiled, each.scope)
            for section, applied, amount in lines:
                assert isinstance(amount, int)
                assert applied is None or isinstance(applied, int)
                self.lines.append(Line(section, key[0], key[1], applied, amount))
        return Instance(rule, state, frozenset(lacks), (), cells)

    def effects(
        self, each: _Tried, lacks: set[Cause]
    ) -> tuple[list[tuple[Section, Value | None, Value]], list[tuple[tuple[str, str], Value]]]:
        """Amounts and conclusions; what is unknown in them is added to ``lacks``."""
        compiled, scope, cells = each.compiled, each.scope, each.cells
        lines: list[tuple[Section, Value | None, Value]] = []
        for section, amount, applied in compiled.lines:
            value = amount.of(self.case, scope, cells)
            asked = applied.of(self.case, scope, cells) if applied is not None else None
            lines.append((section, asked, value))
            for found in (value, asked):
                if isinstance(found, Unknown):
                    lacks |= found.causes
        conclusions: list[tuple[tuple[str, str], Value]] = []
        for path, single, concludes in compiled.conclusions:
            value = concludes.of(self.case, scope, cells)
            entity = path.partition(".")[0] if single else scope.entity
            conclusions.append(((entity, path), value))
            if isinstance(value, Unknown):
                lacks |= value.causes
        return lines, conclusions

    def ask(self, compiled: CompiledRule, scope: Scope) -> None:
        rule = compiled.rule
        for effect in compiled.asks:
            if isinstance(effect, AskEffect):
                self.questions.append(Question(effect.asked, effect.reason, rule.id, scope.entity))
                continue
            for path in effect.paths:
                kind = path.partition(".")[0]
                own = kind == rule.subject
                if path not in (scope if own else self.case.household).known:
                    self.requirements.append(Requirement(rule.id, scope.entity if own else kind, path))

    def conclude(self, stage: CompiledStage, concluded: Mapping[tuple[str, str], list[_Conclusion]]) -> None:
        """Give every derived fact of the stage its value, or say why it has none."""
        for path, single, kind in stage.conclusions:
            for scope in (self.case.household,) if single else self.case.of(kind):
                place = (kind if single else scope.entity, path)
                value = self.agreed(place, concluded.get(place, []))
                scope.conclude(path, value)
                if not isinstance(value, Unknown):
                    self.conclusions[place] = value

    def agreed(self, place: tuple[str, str], found: list[_Conclusion]) -> Known | Unknown:
        entity, path = place
        fired: set[Known] = {_known(value) for value, state, _ in found if state is RuleState.FIRED}
        if len(fired) > 1:
            self.conflicts.add(place)
            return Unknown(frozenset({Cause(entity, path, Lack.CONFLICT)}))
        open_causes: set[Cause] = set()
        for value, state, lacks in found:
            if state is RuleState.UNDECIDED and (isinstance(value, Unknown) or value not in fired):
                open_causes |= lacks
        if open_causes:
            return Unknown(frozenset(open_causes))
        if fired:
            return next(iter(fired))
        default = self.case.law.vocabulary.term(path).default
        if default is not None:
            return default
        return Unknown(frozenset({Cause(entity, path, Lack.NOT_CONCLUDED)}))

    def add_up(self) -> None:
        """Make the sums of the calculation readable, as far as they are known."""
        for kind in self.case.facts.incomplete:
            for rule in self.case.law.rules:
                if rule.subject == kind:
                    for line in rule.lines:
                        self.unknown_sections.setdefault(line.section, set()).add(
                            Cause(kind, kind, Lack.INCOMPLETE)
                        )
        totals: list[int | Unknown] = []
        for path, sections in TOTALS.items():
            causes = set().union(*(self.unknown_sections.get(section, set()) for section in sections))
            total = sum(line.amount for line in self.lines if line.section in sections)
            totals.append(Unknown(frozenset(causes)) if causes else total)
            self.case.household.conclude(path, totals[-1])
        for path, value in _results(totals).items():
            self.case.household.conclude(path, value)

    def evaluation(
        self,
        silent: Silent,
        trace: Callable[[ScopedCase, InstanceKey], Trace],
    ) -> Evaluation:
        outcome = EngineOutcome(
            fired=frozenset(self.fired),
            undecided=frozenset(self.undecided),
            lines=frozenset(self.lines),
            conclusions=self.conclusions,
            conflicts=frozenset(self.conflicts),
            requirements=frozenset(self.requirements),
            questions=frozenset(self.questions),
        )
        case = self.case
        scopes = [case.household, *(scope for members in case.members.values() for scope in members)]
        values = {scope.entity: scope.values for scope in scopes}
        subjects = {kind: [scope.entity for scope in case.of(kind)] for kind in (None, *case.members)}
        totals = {
            path: value
            for path in (*TOTALS, RESULT)
            if isinstance(value := values[HOUSEHOLD].get(path), int | Unknown)
        }
        return Evaluation(
            case.law,
            case.facts,
            outcome,
            Instances(silent, subjects, self.spoken),
            tuple(self.fired),
            values,
            totals,
            lambda key: trace(case, key),
        )


def _results(totals: list[int | Unknown]) -> Mapping[str, int | Unknown]:
    """What the sums come to: incomes less norm, costs and other costs, as far as they are known."""
    lacks = frozenset(cause for total in totals if isinstance(total, Unknown) for cause in total.causes)
    if lacks:
        return dict.fromkeys((RESULT, DEFICIT, SURPLUS), Unknown(lacks))
    norm, costs, other, incomes = (total for total in totals if isinstance(total, int))
    return of_result(incomes - norm - costs - other)


def _known(value: Value) -> Known:
    assert isinstance(value, int | str)
    return value
