"""The exact evaluator: interprets the checked tree with three values and whole öre.

Every part of every condition is evaluated, so that the explanation can show all of them. Numbers are
``int`` or, inside an amount before it is rounded, ``Fraction``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import NamedTuple, TypeAlias

from norms.table import Cell
from rules.calculation import RESULT, TOTALS
from rules.engines.outcome import HOUSEHOLD, InstanceKey, Line, Outcome, Question, Requirement
from rules.facts import Cause, Disputed, Entity, Facts, Known, Lack, Unknown
from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.law import Law
from rules.rule import AskEffect, ConcludeEffect, LineEffect, RequireEffect, Rule, Section
from rules.vocabulary import Stage, Vocabulary

Value: TypeAlias = "int | bool | str | Fraction | Unknown"
Trace: TypeAlias = "list[tuple[Value, ...]]"
"""For each leaf of a condition, in the order written: its result and the values that gave it."""


class State(StrEnum):
    """What became of a rule for one subject."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    DEFEATED = "defeated"
    UNDECIDED = "undecided"


class Instance(NamedTuple):
    """A rule evaluated for one subject. ``lacks`` says what made it undecided, ``cells`` which amounts
    of the norm tables it read."""

    rule: Rule
    subject: str
    state: State
    trace: Trace
    lacks: frozenset[Cause]
    defeated_by: tuple[str, ...]
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome, and what the explanation needs: every rule with every value it saw."""

    law: Law
    facts: Facts
    outcome: Outcome
    instances: Mapping[InstanceKey, Instance]
    values: Mapping[str, Mapping[str, Known | Disputed | Unknown]]
    totals: Mapping[str, int | Unknown]

    @property
    def lines_in_order(self) -> tuple[Line, ...]:
        """The lines in the order of the calculation: by section, then as rules and subjects come."""
        order = {key: number for number, key in enumerate(self.instances)}
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
            for instance in self.instances.values()
            if instance.state is State.FIRED
            for cell in instance.cells
            if not cell.status.confirmed
        }
        return tuple(found[key] for key in sorted(found))

    @staticmethod
    def sections(path: str) -> frozenset[Section]:
        """The sections of the calculation that a sum adds up; empty for any other path."""
        return frozenset(Section) if path == RESULT else frozenset(TOTALS.get(path, ()))


@dataclass(slots=True)
class _Scope:
    """Where an expression reads: the subject's values, the member's, and those there is one of."""

    subject: str
    values: Mapping[str, Known | Disputed | Unknown]
    case: _Case
    cells: list[Cell]
    member: str = ""
    member_values: Mapping[str, Known | Disputed | Unknown] = field(default_factory=dict)


_Evaluator: TypeAlias = Callable[[_Scope, Trace], Value]
_NOWHERE: Trace = []
_NO_LACKS: frozenset[Cause] = frozenset()


@dataclass(slots=True)
class _Case:
    """The values of one case as the stages add to them."""

    law: Law
    facts: Facts
    entities: Mapping[str, tuple[Entity, ...]]
    values: dict[str, dict[str, Known | Disputed | Unknown]]
    single: dict[str, Known | Disputed | Unknown]


class ExactEngine:
    """The evaluator of one law. Reusable and without state of its own."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._rules = {
            stage: tuple(_compile_rule(rule, law) for rule in rules) for stage, rules in law.stages.items()
        }

    def evaluate(self, facts: Facts, stages: Iterable[Stage] = Stage) -> Evaluation:
        """Evaluate the stages in order. ``facts`` do not hold what the law itself gives."""
        case = _open_case(self.law, facts)
        run = _Run(case)
        for stage in sorted(stages, key=lambda stage: stage.position):
            run.stage(stage, self._rules[stage])
        return run.evaluation()


# --- a case through its stages


class _CompiledRule(NamedTuple):
    rule: Rule
    condition: _Evaluator
    amounts: tuple[tuple[LineEffect, _Evaluator, _Evaluator | None], ...]
    conclusions: tuple[tuple[ConcludeEffect, bool, _Evaluator], ...]


class _Tried(NamedTuple):
    """A rule whose condition holds or is not known, before its exceptions are looked at."""

    compiled: _CompiledRule
    scope: _Scope
    holds: Value


class _Conclusion(NamedTuple):
    value: Value
    state: State
    lacks: set[Cause]


class _Run:
    def __init__(self, case: _Case) -> None:
        self.case = case
        self.scopes_of: dict[str | None, list[_Scope]] = {}
        self.instances: dict[InstanceKey, Instance] = {}
        self.lines: list[Line] = []
        self.unknown_sections: dict[Section, set[Cause]] = {}
        self.requirements: list[Requirement] = []
        self.questions: list[Question] = []
        self.conclusions: dict[tuple[str, str], Known] = {}
        self.conflicts: set[tuple[str, str]] = set()

    def stage(self, stage: Stage, rules: tuple[_CompiledRule, ...]) -> None:
        tried: dict[InstanceKey, _Tried] = {}
        for compiled in rules:
            rule, condition = compiled.rule, compiled.condition
            for scope in self.scopes(rule.subject):
                trace: Trace = []
                cells: list[Cell] = []
                scope.cells = cells
                holds = condition(scope, trace)
                key = (rule.id, scope.subject)
                state = State.NOT_FIRED if holds is False else State.UNDECIDED
                self.instances[key] = Instance(rule, scope.subject, state, trace, _NO_LACKS, (), cells)
                if holds is not False:
                    tried[key] = _Tried(compiled, scope, holds)
        concluded: dict[tuple[str, str], list[_Conclusion]] = {}
        for key, each in tried.items():
            self.apply(key, each, tried, concluded)
        self.conclude(rules, concluded)
        if stage is Stage.INCOMES:
            self.add_up()

    def scopes(self, kind: str | None) -> list[_Scope]:
        """Where the expressions of a rule about a kind read, one for each member."""
        found = self.scopes_of.get(kind)
        if found is None:
            case = self.case
            members = case.entities.get(kind, ()) if kind is not None else ()
            found = [_Scope(entity.id, case.values[entity.id], case, []) for entity in members]
            self.scopes_of[kind] = found if kind is not None else [_Scope(HOUSEHOLD, {}, case, [])]
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
            state = State.DEFEATED if each.holds is True else State.NOT_FIRED
            self.instances[key] = instance._replace(state=state, defeated_by=defeaters)
            return
        lacks = set(applies.causes) if isinstance(applies, Unknown) else set()
        scope.cells = instance.cells
        lines, conclusions = self.effects(each.compiled, scope, lacks)
        state = State.UNDECIDED if lacks else State.FIRED
        self.instances[key] = instance._replace(state=state, lacks=frozenset(lacks))
        for place, value in conclusions:
            concluded.setdefault(place, []).append(_Conclusion(value, state, lacks))
        if state is State.UNDECIDED:
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
        self, compiled: _CompiledRule, scope: _Scope, lacks: set[Cause]
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

    def ask(self, rule: Rule, scope: _Scope) -> None:
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
        rules: tuple[_CompiledRule, ...],
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
        fired: set[Known] = {_known(value) for value, state, _ in found if state is State.FIRED}
        if len(fired) > 1:
            self.conflicts.add((entity, path))
            return Unknown(frozenset({Cause(entity, path, Lack.CONFLICT)}))
        open_causes: set[Cause] = set()
        for value, state, lacks in found:
            if state is State.UNDECIDED and (isinstance(value, Unknown) or value not in fired):
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
            single[RESULT] = Unknown(lacks)
        else:
            assert isinstance(norm, int)
            assert isinstance(costs, int)
            assert isinstance(other, int)
            assert isinstance(incomes, int)
            single[RESULT] = incomes - norm - costs - other

    def evaluation(self) -> Evaluation:
        instances = self.instances.items()
        outcome = Outcome(
            fired=frozenset(key for key, instance in instances if instance.state is State.FIRED),
            undecided=frozenset(key for key, instance in instances if instance.state is State.UNDECIDED),
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


def _open_case(law: Law, facts: Facts) -> _Case:
    kinds = law.vocabulary.kinds
    values: dict[str, dict[str, Known | Disputed | Unknown]] = {}
    single: dict[str, Known | Disputed | Unknown] = {}
    for entity in (*facts.entities, *law.given):
        if kinds[entity.kind].single:
            single.update(entity.values)
        else:
            values[entity.id] = dict(entity.values)
    return _Case(law, facts, facts.by_kind, values, single)


def _known(value: Value) -> Known:
    assert isinstance(value, int | str)
    return value


# --- expressions


def _compile_rule(rule: Rule, law: Law) -> _CompiledRule:
    compiler = _Compiler(law, rule.subject)
    kinds = law.vocabulary.kinds
    return _CompiledRule(
        rule,
        compiler.condition(rule.condition),
        tuple(
            (
                effect,
                compiler.value(effect.amount),
                compiler.value(effect.applied) if effect.applied is not None else None,
            )
            for effect in rule.lines
        ),
        tuple(
            (
                effect,
                kinds[effect.path.split(".", maxsplit=1)[0]].single,
                compiler.value(effect.value),
            )
            for effect in rule.concludes
        ),
    )


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Turns tree nodes into functions, once per law."""

    law: Law
    subject: str | None
    member: str | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        return self.law.vocabulary

    def condition(self, node: Expression) -> _Evaluator:
        """A condition whose leaves note in the trace what they saw."""
        match node:
            case tree.And(parts=parts):
                return _all_of(tuple(self.condition(part) for part in parts))
            case tree.Or(parts=parts):
                return _any_of(tuple(self.condition(part) for part in parts))
            case tree.Not(inner=inner):
                return _not(self.condition(inner))
            case tree.Compare(left=left, right=tree.Literal(value=fixed), comparison=comparison):
                return _compare_with(comparison, self.value(left), fixed)
            case tree.Compare(left=left, right=right, comparison=comparison):
                return _compare(comparison, self.value(left), self.value(right))
            case tree.OneOf(inner=inner, choices=choices):
                return _one_of(self.value(inner), frozenset(choices))
            case _:
                return _noted(self.value(node))

    def value(self, node: Expression) -> _Evaluator:
        """A value; conditions inside it leave no trace."""
        match node:
            case tree.Literal(value=value):
                return lambda scope, trace: value
            case tree.Term():
                return self.term(node)
            case tree.Norm(series=series, keys=keys):
                return self.norm(series, tuple(self.value(key) for key in keys), node.type.fraction)
            case tree.NormGiven(series=series):
                given = self.law.norms.series(series) is not None
                return lambda scope, trace: given
            case tree.Arithmetic(operator=operator, left=left, right=right):
                return _arithmetic(operator, self.value(left), self.value(right))
            case tree.Round(rounding=rounding, inner=inner):
                return _round(rounding, self.value(inner))
            case tree.Pick(extreme=extreme, parts=parts):
                return _pick(extreme, tuple(self.value(part) for part in parts))
            case tree.Collect():
                return self.collect(node)
            case _:
                condition = self.condition(node)
                return lambda scope, trace: condition(scope, [])

    def term(self, node: tree.Term) -> _Evaluator:
        path = f"{node.kind}.{node.name}"
        kind, percent = node.kind, node.type.fraction

        def of_case(scope: _Scope, trace: Trace) -> Value:
            value = scope.case.single.get(path)
            return value if isinstance(value, _READY) else _unready(value, kind, path)

        def of_member(scope: _Scope, trace: Trace) -> Value:
            value = scope.member_values.get(path)
            return value if isinstance(value, _READY) else _unready(value, scope.member, path)

        def of_subject(scope: _Scope, trace: Trace) -> Value:
            value = scope.values.get(path)
            return value if isinstance(value, _READY) else _unready(value, scope.subject, path)

        if self.vocabulary.kinds[kind].single:
            read = of_case
        else:
            read = of_subject if self.member is None else of_member
        return _as_share(read) if percent else read

    def norm(self, series: str, keys: tuple[_Evaluator, ...], percent: bool) -> _Evaluator:
        law = self.law

        def read(scope: _Scope, trace: Trace) -> Value:
            found = [key(scope, trace) for key in keys]
            lacks = _lacks(found)
            if lacks is not None:
                return lacks
            cell = law.amount(series, tuple(key for key in found if isinstance(key, int)))
            if cell is not None:
                scope.cells.append(cell)
            else:
                shown = f"{series}[{', '.join(map(str, found))}]" if found else series
                return Unknown(frozenset({Cause("", f"norm.{shown}", Lack.NO_AMOUNT)}))
            return Fraction(cell.value, 10_000) if percent else cell.value

        return read

    def collect(self, node: tree.Collect) -> _Evaluator:
        inner = _Compiler(self.law, self.subject, node.kind)
        where = inner.condition(node.where) if node.where is not None else None
        value = inner.value(node.value) if node.value is not None else None
        kind, owned, fold = node.kind, node.owner is not None, node.fold

        def read(scope: _Scope, trace: Trace) -> Value:
            answers: list[tuple[Value, Value]] = []
            for entity in scope.case.entities.get(kind, ()):
                if owned and entity.owner != scope.subject:
                    continue
                own = scope.case.values[entity.id]
                within = _Scope(scope.subject, scope.values, scope.case, scope.cells, entity.id, own)
                holds = where(within, []) if where is not None else True
                answers.append((holds, value(within, []) if value is not None else 0))
            incomplete = kind in scope.case.facts.incomplete
            return _fold(fold, answers, Cause(kind, kind, Lack.INCOMPLETE) if incomplete else None)

        return read


_READY = (int, str)


def _unready(value: object, entity: str, path: str) -> Value:
    """A value that is not plainly known: already unknown, missing or disputed."""
    if isinstance(value, Unknown):
        return value
    lack = Lack.DISPUTED if isinstance(value, Disputed) else Lack.MISSING
    return Unknown(frozenset({Cause(entity, path, lack)}))


def _as_share(read: _Evaluator) -> _Evaluator:
    """A percentage, kept in hundredths of a percent, as a fraction."""

    def share(scope: _Scope, trace: Trace) -> Value:
        value = read(scope, trace)
        return Fraction(value, 10_000) if isinstance(value, int) else value

    return share


def _lacks(values: Iterable[Value]) -> Unknown | None:
    causes = [value.causes for value in values if isinstance(value, Unknown)]
    if not causes:
        return None
    return Unknown(causes[0] if len(causes) == 1 else frozenset().union(*causes))


def _first_unknown(values: Iterable[Value]) -> Unknown | None:
    """What to ask first. An author writes what decides whether the rest matters before the rest."""
    return next((value for value in values if isinstance(value, Unknown)), None)


def _fold(fold: Fold, answers: list[tuple[Value, Value]], open_end: Cause | None) -> Value:
    """The answer of all members together; ``open_end`` stands for members nobody has told of."""
    conditions = [holds for holds, _ in answers]
    rest: list[Value] = [] if open_end is None else [Unknown(frozenset({open_end}))]
    if fold is Fold.EXISTS:
        return True if True in conditions else (_lacks([*conditions, *rest]) or False)
    if fold is Fold.ALL:
        return False if False in conditions else (_lacks([*conditions, *rest]) or True)
    counted = [value for holds, value in answers if holds is not False]
    lacks = _lacks([*conditions, *rest, *(counted if fold is Fold.SUM else [])])
    if lacks is not None:
        return lacks
    if fold is Fold.COUNT:
        return len(counted)
    total: int | Fraction = 0
    for value in counted:
        assert isinstance(value, int | Fraction)
        total += value
    return total


def _all_of(parts: tuple[_Evaluator, ...]) -> _Evaluator:
    def evaluate(scope: _Scope, trace: Trace) -> Value:
        values = [part(scope, trace) for part in parts]
        return False if False in values else (_first_unknown(values) or True)

    return evaluate


def _any_of(parts: tuple[_Evaluator, ...]) -> _Evaluator:
    def evaluate(scope: _Scope, trace: Trace) -> Value:
        values = [part(scope, trace) for part in parts]
        return True if True in values else (_first_unknown(values) or False)

    return evaluate


def _not(inner: _Evaluator) -> _Evaluator:
    def evaluate(scope: _Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        return value if isinstance(value, Unknown) else value is False

    return evaluate


def _noted(inner: _Evaluator) -> _Evaluator:
    def evaluate(scope: _Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        trace.append((value,))
        return value

    return evaluate


def _compare(comparison: Comparison, left: _Evaluator, right: _Evaluator) -> _Evaluator:
    test = _TESTS[comparison]

    def evaluate(scope: _Scope, trace: Trace) -> Value:
        first, second = left(scope, trace), right(scope, trace)
        result: Value
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            result = _lacks((first, second)) or False
        else:
            result = test(first, second)
        trace.append((result, first, second))
        return result

    return evaluate


def _compare_with(comparison: Comparison, left: _Evaluator, fixed: int | bool | str | Fraction) -> _Evaluator:
    """A comparison with a value written in the rule: the most common leaf, and so the shortest."""
    test = _TESTS[comparison]

    def evaluate(scope: _Scope, trace: Trace) -> Value:
        value = left(scope, trace)
        result: Value = value if isinstance(value, Unknown) else test(value, fixed)
        trace.append((result, value, fixed))
        return result

    return evaluate


def _one_of(inner: _Evaluator, choices: frozenset[str]) -> _Evaluator:
    def evaluate(scope: _Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        result: Value = value if isinstance(value, Unknown) else value in choices
        trace.append((result, value))
        return result

    return evaluate


def _arithmetic(operator: Operator, left: _Evaluator, right: _Evaluator) -> _Evaluator:
    def evaluate(scope: _Scope, trace: Trace) -> Value:
        first, second = left(scope, trace), right(scope, trace)
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            return _lacks((first, second)) or False
        assert not isinstance(first, str)
        assert not isinstance(second, str)
        match operator:
            case Operator.ADD:
                return first + second
            case Operator.SUB:
                return first - second
            case Operator.MUL:
                return first * second
            case Operator.DIV:
                if second == 0:
                    return Unknown(frozenset({Cause("", "", Lack.NO_QUOTIENT)}))
                return Fraction(first) / second

    return evaluate


def _round(rounding: Rounding, inner: _Evaluator) -> _Evaluator:
    step = 100 if rounding is Rounding.KRONA else 1

    def evaluate(scope: _Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        if isinstance(value, Unknown):
            return value
        assert isinstance(value, int | Fraction)
        return floor(Fraction(value) / step + Fraction(1, 2)) * step

    return evaluate


def _pick(extreme: Extreme, parts: tuple[_Evaluator, ...]) -> _Evaluator:
    choose = min if extreme is Extreme.LOWEST else max

    def evaluate(scope: _Scope, trace: Trace) -> Value:
        values = [part(scope, trace) for part in parts]
        lacks = _lacks(values)
        if lacks is not None:
            return lacks
        return choose(value for value in values if isinstance(value, int | Fraction))

    return evaluate


_TESTS: Mapping[Comparison, Callable[[object, object], bool]] = {
    Comparison.EQ: lambda left, right: left == right,
    Comparison.NE: lambda left, right: left != right,
    Comparison.LT: lambda left, right: left < right,  # type: ignore[operator]
    Comparison.LE: lambda left, right: left <= right,  # type: ignore[operator]
    Comparison.GT: lambda left, right: left > right,  # type: ignore[operator]
    Comparison.GE: lambda left, right: left >= right,  # type: ignore[operator]
}
