"""A checked tree as functions that keep three values apart: known, false and not known.

Every part of every condition is evaluated, so that the explanation can show all of them. Numbers are
``int`` or, inside an amount before it is rounded, ``Fraction``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from rules.engines.exact.case import Notes, Scope
from rules.engines.exact.source import STEPS, rounded
from rules.evaluated import Value
from rules.facts import Cause, Disputed, Lack, Unknown
from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.language.vocabulary import Vocabulary

Evaluator: TypeAlias = Callable[[Scope, Notes], Value]


def compile_condition(node: Expression, vocabulary: Vocabulary) -> Evaluator:
    """A condition that notes in the trace what each of its leaves saw."""
    return _Compiler(vocabulary).condition(node)


def compile_value(node: Expression, vocabulary: Vocabulary) -> Evaluator:
    """A value; conditions inside it leave no trace."""
    return _Compiler(vocabulary).value(node)


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Turns tree nodes into functions."""

    vocabulary: Vocabulary

    def condition(self, node: Expression) -> Evaluator:
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

    def value(self, node: Expression) -> Evaluator:
        """A value; conditions inside it leave no trace."""
        match node:
            case tree.Literal(value=value):
                return lambda scope, notes: value
            case tree.TermUsed():
                return self.term(node)
            case tree.Norm(series=series, keys=keys):
                return self.norm(series, tuple(self.value(key) for key in keys), node.type.fraction)
            case tree.NormGiven(series=series):
                return lambda scope, notes: notes.case.gives(series)
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
                return lambda scope, notes: condition(scope, Notes(notes.case, [], notes.cells))

    def term(self, node: tree.TermUsed) -> Evaluator:
        path = f"{node.kind}.{node.name}"
        kind, percent = node.kind, node.type.fraction

        def of_case(scope: Scope, notes: Notes) -> Value:
            return _read(notes.case.household, kind, path)

        def of_subject(scope: Scope, notes: Notes) -> Value:
            return _read(scope, scope.entity, path)

        read = of_case if self.vocabulary.kinds[kind].single else of_subject
        return _as_share(read) if percent else read

    def norm(self, series: str, keys: tuple[Evaluator, ...], percent: bool) -> Evaluator:
        def read(scope: Scope, notes: Notes) -> Value:
            found = [key(scope, notes) for key in keys]
            lacks = _lacks(found)
            if lacks is not None:
                return lacks
            cell = notes.case.law.amount(series, tuple(key for key in found if isinstance(key, int)))
            if cell is not None:
                notes.cells.append(cell)
            else:
                shown = f"{series}[{', '.join(map(str, found))}]" if found else series
                return Unknown(frozenset({Cause("", f"norm.{shown}", Lack.NO_AMOUNT)}))
            return Fraction(cell.value, 10_000) if percent else cell.value

        return read

    def collect(self, node: tree.Collect) -> Evaluator:
        where = self.condition(node.where) if node.where is not None else None
        value = self.value(node.value) if node.value is not None else None
        kind, owned, fold = node.kind, node.owner is not None, node.fold

        def read(scope: Scope, notes: Notes) -> Value:
            inner = Notes(notes.case, [], notes.cells)
            answers: list[tuple[Value, Value]] = []
            for member in notes.case.of(kind):
                if not owned or member.owner == scope.entity:
                    holds = where(member, inner) if where is not None else True
                    answers.append((holds, value(member, inner) if value is not None else 0))
            incomplete = kind in notes.case.facts.incomplete
            return _fold(fold, answers, Cause(kind, kind, Lack.INCOMPLETE) if incomplete else None)

        return read


def _read(scope: Scope, entity: str, path: str) -> Value:
    """The value of a term: known, or what is the matter with it."""
    known = scope.known.get(path)
    if known is not None:
        return known
    found = scope.unknown.get(path)
    if isinstance(found, Unknown):
        return found
    if isinstance(found, Disputed):
        return Unknown(frozenset({Cause(entity, path, Lack.DISPUTED)}))
    return _missing(entity, path)


@lru_cache(10_000)
def _missing(entity: str, path: str) -> Unknown:
    """A value that nobody has given, asked for by one rule after the other."""
    return Unknown(frozenset({Cause(entity, path, Lack.MISSING)}))


def _as_share(read: Evaluator) -> Evaluator:
    """A percentage, kept in hundredths of a percent, as a fraction."""

    def share(scope: Scope, notes: Notes) -> Value:
        value = read(scope, notes)
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


def _all_of(parts: tuple[Evaluator, ...]) -> Evaluator:
    def evaluate(scope: Scope, notes: Notes) -> Value:
        values = [part(scope, notes) for part in parts]
        return False if False in values else (_first_unknown(values) or True)

    return evaluate


def _any_of(parts: tuple[Evaluator, ...]) -> Evaluator:
    def evaluate(scope: Scope, notes: Notes) -> Value:
        values = [part(scope, notes) for part in parts]
        return True if True in values else (_first_unknown(values) or False)

    return evaluate


def _not(inner: Evaluator) -> Evaluator:
    def evaluate(scope: Scope, notes: Notes) -> Value:
        value = inner(scope, notes)
        return value if isinstance(value, Unknown) else value is False

    return evaluate


def _noted(inner: Evaluator) -> Evaluator:
    def evaluate(scope: Scope, notes: Notes) -> Value:
        value = inner(scope, notes)
        notes.trace.append((value,))
        return value

    return evaluate


def _compare(comparison: Comparison, left: Evaluator, right: Evaluator) -> Evaluator:
    test = _TESTS[comparison]

    def evaluate(scope: Scope, notes: Notes) -> Value:
        first, second = left(scope, notes), right(scope, notes)
        result: Value
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            result = _lacks((first, second)) or False
        else:
            result = test(first, second)
        notes.trace.append((result, first, second))
        return result

    return evaluate


def _compare_with(comparison: Comparison, left: Evaluator, fixed: int | bool | str | Fraction) -> Evaluator:
    """A comparison with a value written in the rule: the most common leaf, and so the shortest."""
    test = _TESTS[comparison]

    def evaluate(scope: Scope, notes: Notes) -> Value:
        value = left(scope, notes)
        result: Value = value if isinstance(value, Unknown) else test(value, fixed)
        notes.trace.append((result, value, fixed))
        return result

    return evaluate


def _one_of(inner: Evaluator, choices: frozenset[str]) -> Evaluator:
    def evaluate(scope: Scope, notes: Notes) -> Value:
        value = inner(scope, notes)
        result: Value = value if isinstance(value, Unknown) else value in choices
        notes.trace.append((result, value))
        return result

    return evaluate


def _arithmetic(operator: Operator, left: Evaluator, right: Evaluator) -> Evaluator:
    def evaluate(scope: Scope, notes: Notes) -> Value:
        first, second = left(scope, notes), right(scope, notes)
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


def _round(rounding: Rounding, inner: Evaluator) -> Evaluator:
    step = STEPS[rounding]

    def evaluate(scope: Scope, notes: Notes) -> Value:
        value = inner(scope, notes)
        if isinstance(value, Unknown):
            return value
        assert isinstance(value, int | Fraction)
        return rounded(value, step)

    return evaluate


def _pick(extreme: Extreme, parts: tuple[Evaluator, ...]) -> Evaluator:
    choose = min if extreme is Extreme.LOWEST else max

    def evaluate(scope: Scope, notes: Notes) -> Value:
        values = [part(scope, notes) for part in parts]
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
