"""The exact evaluator: a case through its stages, with three values and whole öre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from norms.table import Cell
from rules.calculation import DEFICIT, RESULT, SURPLUS, TOTALS, of_result
from rules.engines.exact.compile import Case, CompiledRule, Scope, compile_rule
from rules.evaluated import Evaluation, Instance, RuleState, Trace, Value
from rules.facts import Cause, Disputed, Facts, Known, Lack, Unknown
from rules.language.vocabulary import Stage
from rules.law import Law
from rules.outcome import HOUSEHOLD, EngineOutcome, InstanceKey, Line, Question, Requirement
from rules.rule import AskEffect, RequireEffect, Rule, Section

_NOWHERE: Trace = []
_NO_LACKS: frozenset[Cause] = frozenset()


class ExactEngine:
    """The evaluator of one law. Reusable and without state of its own."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._rules = {
            stage: tuple(compile_rule(rule, law) for rule in rules) for stage, rules in law.stages.items()
        }

    def evaluate(self, facts: Facts, stages: Iterable[Stage] = Stage) -> Evaluation:
        """Evaluate the stages in order. ``facts`` do not hold what the law itself gives."""
        case = _open_case(self.law, facts)
        run = _Run(case)
        for stage in sorted(stages, key=lambda stage: stage.position):
            run.stage(stage, self._rules[stage])
        return run.evaluation()


class _Tried(NamedTuple):
    """A rule whose condition holds or is not known, before its exceptions are looked at."""

    compiled: CompiledRule
    scope: Scope
    holds: Value


class _Conclusion(NamedTuple):
    value: Value
    state: RuleState
    lacks: set[Cause]


class _Run:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.scopes_of: dict[str | None, list[Scope]] = {}
        self.instances: dict[InstanceKey, Instance] = {}
        self.lines: list[Line] = []
        self.unknown_sections: dict[Section, set[Cause]] = {}
        self.requirements: list[Requirement] = []
        self.questions: list[Question] = []
        self.conclusions: dict[tuple[str, str], Known] = {}
        self.conflicts: set[tuple[str, str]] = set()

    def stage(self, stage: Stage, rules: tuple[CompiledRule, ...]) -> None:
        tried: dict[InstanceKey, _Tried] = {}
        for compiled in rules:
            rule, condition = compiled.rule, compiled.condition
            for scope in self.scopes(rule.subject):
                trace: Trace = []
                cells: list[Cell] = []
                scope.cells = cells
                holds = condition(scope, trace)
                key = (rule.id, scope.subject)
                state = RuleState.NOT_FIRED if holds is False else RuleState.UNDECIDED
                self.instances[key] = Instance(rule, scope.subject, state, trace, _NO_LACKS, (), cells)
                if holds is not False:
                    tried[key] = _Tried(compiled, scope, holds)
        concluded: dict[tuple[str, str], list[_Conclusion]] = {}
        for key, each in tried.items():
            self.apply(key, each, tried, concluded)
        self.conclude(rules, concluded)
        if stage is Stage.INCOMES:
            self.add_up()

    def scopes(self, kind: str | None) -> list[Scope]:
        """Where the expressions of a rule about a kind read, one for each member."""
        found = self.scopes_of.get(kind)
        if found is None:
            case = self.case
            members = case.entities.get(kind, ()) if kind is not None else ()
            found = [Scope(entity.id, case.values[entity.id], case, []) for entity in members]
            self.scopes_of[kind] = found if kind is not None else [Scope(HOUSEHOLD, {}, case, [])]
        return self.scopes_of[kind]

    def holds(self, key: InstanceKey, tried: Mapping[InstanceKey, _Tried]) -> tuple[Value, tuple[str, ...]]:
        """Whether a rule applies, its exceptions counted, and the exceptions that defeat it."""
        if key not in tried:
            return False, ()
        value = tried[key].holds
        defeaters: list[str] = []
        lacks: set[Cause] = set(value.causes) if isinstance(value, Unknown) else set()
        for exception in self.case.law.exceptions[key[0]]:
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
    ) -> None:
        rule, scope, instance = each.compiled.rule, each.scope, self.instances[key]
        applies, defeaters = self.holds(key, tried)
        if applies is False:
            state = RuleState.DEFEATED if each.holds is True else RuleState.NOT_FIRED
            self.instances[key] = instance._replace(state=state, defeated_by=defeaters)
            return
        lacks = set(applies.causes) if isinstance(applies, Unknown) else set()
        scope.cells = instance.cells
        lines, conclusions = self.effects(each.compiled, scope, lacks)
        state = RuleState.UNDECIDED if lacks else RuleState.FIRED
        self.instances[key] = instance._replace(state=state, lacks=frozenset(lacks))
        for place, value in conclusions:
            concluded.setdefault(place, []).append(_Conclusion(value, state, lacks))
        if state is RuleState.UNDECIDED:
            for section, _, amount in lines:
                if amount != 0:
                    self.unknown_sections.setdefault(section, set()).update(lacks)
            return
        self.ask(rule, scope)
        for section, applied, amount in lines:
            assert isinstance(amount, int)
            assert applied is None or isinstance(applied, int)
            self.lines.append(Line(section, rule.id, key[1], applied, amount))

    def effects(
        self, compiled: CompiledRule, scope: Scope, lacks: set[Cause]
    ) -> tuple[list[tuple[Section, Value | None, Value]], list[tuple[tuple[str, str], Value]]]:
        """Amounts and conclusions; what is unknown in them is added to ``lacks``."""
        lines: list[tuple[Section, Value | None, Value]] = []
        for effect, amount, applied in compiled.amounts:
            value = amount(scope, _NOWHERE)
            asked = applied(scope, _NOWHERE) if applied is not None else None
            lines.append((effect.section, asked, value))
            for found in (value, asked):
                if isinstance(found, Unknown):
                    lacks |= found.causes
        conclusions: list[tuple[tuple[str, str], Value]] = []
        for conclusion, single, evaluate in compiled.conclusions:
            value = evaluate(scope, _NOWHERE)
            entity = conclusion.path.split(".", maxsplit=1)[0] if single else scope.subject
            conclusions.append(((entity, conclusion.path), value))
            if isinstance(value, Unknown):
                lacks |= value.causes
        return lines, conclusions

    def ask(self, rule: Rule, scope: Scope) -> None:
        for effect in rule.effects:
            if isinstance(effect, AskEffect):
                self.questions.append(Question(effect.asked, effect.reason, rule.id, scope.subject))
            elif isinstance(effect, RequireEffect):
                for path in effect.paths:
                    kind = path.split(".", maxsplit=1)[0]
                    own = kind == rule.subject
                    value = scope.values.get(path) if own else self.case.single.get(path)
                    if value is None or isinstance(value, Unknown | Disputed):
                        self.requirements.append(Requirement(rule.id, scope.subject if own else kind, path))

    def conclude(
        self,
        rules: tuple[CompiledRule, ...],
        concluded: Mapping[tuple[str, str], list[_Conclusion]],
    ) -> None:
        """Give every derived fact of the stage its value, or say why it has none."""
        paths = {effect.path: single for rule in rules for effect, single, _ in rule.conclusions}
        for path, single in sorted(paths.items()):
            kind, _, _ = path.partition(".")
            entities = [kind] if single else [entity.id for entity in self.case.entities.get(kind, ())]
            for entity in entities:
                value = self.agreed(entity, path, concluded.get((entity, path), []))
                target = self.case.single if single else self.case.values[entity]
                target[path] = value
                if not isinstance(value, Unknown):
                    self.conclusions[entity, path] = value

    def agreed(self, entity: str, path: str, found: list[_Conclusion]) -> Known | Unknown:
        fired: set[Known] = {_known(value) for value, state, _ in found if state is RuleState.FIRED}
        if len(fired) > 1:
            self.conflicts.add((entity, path))
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
        single = self.case.single
        for path, sections in TOTALS.items():
            causes = set().union(*(self.unknown_sections.get(section, set()) for section in sections))
            total = sum(line.amount for line in self.lines if line.section in sections)
            single[path] = Unknown(frozenset(causes)) if causes else total
        parts = [single[path] for path in TOTALS]
        lacks = frozenset(cause for part in parts if isinstance(part, Unknown) for cause in part.causes)
        norm, costs, other, incomes = parts
        if lacks:
            single |= dict.fromkeys((RESULT, DEFICIT, SURPLUS), Unknown(lacks))
        else:
            assert isinstance(norm, int)
            assert isinstance(costs, int)
            assert isinstance(other, int)
            assert isinstance(incomes, int)
            single |= of_result(incomes - norm - costs - other)

    def evaluation(self) -> Evaluation:
        instances = self.instances.items()
        outcome = EngineOutcome(
            fired=frozenset(key for key, instance in instances if instance.state is RuleState.FIRED),
            undecided=frozenset(key for key, instance in instances if instance.state is RuleState.UNDECIDED),
            lines=frozenset(self.lines),
            conclusions=self.conclusions,
            conflicts=frozenset(self.conflicts),
            requirements=frozenset(self.requirements),
            questions=frozenset(self.questions),
        )
        values: dict[str, Mapping[str, Known | Disputed | Unknown]] = dict(self.case.values)
        totals = {
            path: value
            for path in (*TOTALS, RESULT)
            if (value := self.case.single.get(path)) is not None and isinstance(value, int | Unknown)
        }
        values[HOUSEHOLD] = self.case.single
        return Evaluation(self.case.law, self.case.facts, outcome, self.instances, values, totals)


def _open_case(law: Law, facts: Facts) -> Case:
    kinds = law.vocabulary.kinds
    values: dict[str, dict[str, Known | Disputed | Unknown]] = {}
    single: dict[str, Known | Disputed | Unknown] = {}
    for entity in (*facts.entities, *law.given):
        if kinds[entity.kind].single:
            single.update(entity.values)
        else:
            values[entity.id] = dict(entity.values)
    return Case(law, facts, facts.by_kind, values, single)


def _known(value: Value) -> Known:
    assert isinstance(value, int | str)
    return value
