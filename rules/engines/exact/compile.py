"""From checked tree to functions that keep three values apart and whole öre exact.

Every part of every condition is evaluated, so that the explanation can show all of them. Numbers are
``int`` or, inside an amount before it is rounded, ``Fraction``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import NamedTuple, TypeAlias

from norms.table import Cell
from rules.evaluated import Trace, Value
from rules.facts import Cause, Disputed, Entity, Facts, Known, Lack, Unknown
from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.language.vocabulary import Vocabulary
from rules.law import Law
from rules.rule import ConcludeEffect, LineEffect, Rule


@dataclass(slots=True)
class Case:
    """The values of one case as the stages add to them."""

    law: Law
    facts: Facts
    entities: Mapping[str, tuple[Entity, ...]]
    values: dict[str, dict[str, Known | Disputed | Unknown]]
    single: dict[str, Known | Disputed | Unknown]


@dataclass(slots=True)
class Scope:
    """Where an expression reads: the subject's values, the member's, and those there is one of."""

    subject: str
    values: Mapping[str, Known | Disputed | Unknown]
    case: Case
    cells: list[Cell]
    member: str = ""
    member_values: Mapping[str, Known | Disputed | Unknown] = field(default_factory=dict)


_Evaluator: TypeAlias = Callable[[Scope, Trace], Value]


class CompiledRule(NamedTuple):
    rule: Rule
    condition: _Evaluator
    amounts: tuple[tuple[LineEffect, _Evaluator, _Evaluator | None], ...]
    conclusions: tuple[tuple[ConcludeEffect, bool, _Evaluator], ...]


def compile_rule(rule: Rule, law: Law) -> CompiledRule:
    compiler = _Compiler(law, rule.subject)
    kinds = law.vocabulary.kinds
    return CompiledRule(
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

        def of_case(scope: Scope, trace: Trace) -> Value:
            value = scope.case.single.get(path)
            return value if isinstance(value, _READY) else _unready(value, kind, path)

        def of_member(scope: Scope, trace: Trace) -> Value:
            value = scope.member_values.get(path)
            return value if isinstance(value, _READY) else _unready(value, scope.member, path)

        def of_subject(scope: Scope, trace: Trace) -> Value:
            value = scope.values.get(path)
            return value if isinstance(value, _READY) else _unready(value, scope.subject, path)

        if self.vocabulary.kinds[kind].single:
            read = of_case
        else:
            read = of_subject if self.member is None else of_member
        return _as_share(read) if percent else read

    def norm(self, series: str, keys: tuple[_Evaluator, ...], percent: bool) -> _Evaluator:
        law = self.law

        def read(scope: Scope, trace: Trace) -> Value:
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

        def read(scope: Scope, trace: Trace) -> Value:
            answers: list[tuple[Value, Value]] = []
            for entity in scope.case.entities.get(kind, ()):
                if owned and entity.owner != scope.subject:
                    continue
                own = scope.case.values[entity.id]
                within = Scope(scope.subject, scope.values, scope.case, scope.cells, entity.id, own)
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

    def share(scope: Scope, trace: Trace) -> Value:
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
    def evaluate(scope: Scope, trace: Trace) -> Value:
        values = [part(scope, trace) for part in parts]
        return False if False in values else (_first_unknown(values) or True)

    return evaluate


def _any_of(parts: tuple[_Evaluator, ...]) -> _Evaluator:
    def evaluate(scope: Scope, trace: Trace) -> Value:
        values = [part(scope, trace) for part in parts]
        return True if True in values else (_first_unknown(values) or False)

    return evaluate


def _not(inner: _Evaluator) -> _Evaluator:
    def evaluate(scope: Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        return value if isinstance(value, Unknown) else value is False

    return evaluate


def _noted(inner: _Evaluator) -> _Evaluator:
    def evaluate(scope: Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        trace.append((value,))
        return value

    return evaluate


def _compare(comparison: Comparison, left: _Evaluator, right: _Evaluator) -> _Evaluator:
    test = _TESTS[comparison]

    def evaluate(scope: Scope, trace: Trace) -> Value:
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

    def evaluate(scope: Scope, trace: Trace) -> Value:
        value = left(scope, trace)
        result: Value = value if isinstance(value, Unknown) else test(value, fixed)
        trace.append((result, value, fixed))
        return result

    return evaluate


def _one_of(inner: _Evaluator, choices: frozenset[str]) -> _Evaluator:
    def evaluate(scope: Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        result: Value = value if isinstance(value, Unknown) else value in choices
        trace.append((result, value))
        return result

    return evaluate


def _arithmetic(operator: Operator, left: _Evaluator, right: _Evaluator) -> _Evaluator:
    def evaluate(scope: Scope, trace: Trace) -> Value:
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

    def evaluate(scope: Scope, trace: Trace) -> Value:
        value = inner(scope, trace)
        if isinstance(value, Unknown):
            return value
        assert isinstance(value, int | Fraction)
        return floor(Fraction(value) / step + Fraction(1, 2)) * step

    return evaluate


def _pick(extreme: Extreme, parts: tuple[_Evaluator, ...]) -> _Evaluator:
    choose = min if extreme is Extreme.LOWEST else max

    def evaluate(scope: Scope, trace: Trace) -> Value:
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
