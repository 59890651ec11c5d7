"""Numbers and questions to all members, for the facts that durable-rules matches on.

Independent of the exact evaluator on purpose: a number is a pair of whole numbers (numerator and
denominator), and anything that is not known is ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from rules.facts import Entity, Facts, Known
from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.law import Law

Ratio: TypeAlias = "tuple[int, int]"
Plain: TypeAlias = "Ratio | bool | str | None"
"""A number as (numerator, denominator > 0), a yes/no, a choice or text, or None: not known."""

Values: TypeAlias = "Mapping[str, Known]"
"""What is known; nothing of what is disputed."""


class View(NamedTuple):
    """What an expression reads: the amounts of a law, one fact's own values, those there is one of, and all
    members."""

    law: Law
    own: Values
    single: Values
    members: Mapping[str, tuple[Entity, ...]]
    values: Mapping[str, Values]
    facts: Facts
    subject: str


Reader: TypeAlias = Callable[[View], Plain]


def compile_value(node: Expression, law: Law) -> Reader:
    """A function from a view to the value of any expression."""
    match node:
        case tree.Literal(value=value):
            fixed: Plain = value if isinstance(value, bool | str) else (value.numerator, value.denominator)
            return lambda view: fixed
        case tree.Term(kind=kind, name=name):
            return _term(f"{kind}.{name}", law.vocabulary.kinds[kind].single, node.type.fraction)
        case tree.Norm(series=series, keys=keys):
            return _norm(series, tuple(compile_value(key, law) for key in keys), node.type.fraction)
        case tree.NormGiven(series=series):
            return lambda view: view.law.norms.series(series) is not None
        case tree.Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, compile_value(left, law), compile_value(right, law))
        case tree.Round(rounding=rounding, inner=inner):
            return _round(100 if rounding is Rounding.KRONA else 1, compile_value(inner, law))
        case tree.Pick(extreme=extreme, parts=parts):
            return _pick(extreme, tuple(compile_value(part, law) for part in parts))
        case tree.Collect():
            return _collect(node, law)
        case tree.Compare(comparison=comparison, left=left, right=right):
            return _compare(comparison, compile_value(left, law), compile_value(right, law))
        case tree.OneOf(inner=inner, choices=choices):
            return _one_of(compile_value(inner, law), choices)
        case tree.And(parts=parts):
            return _every(tuple(compile_value(part, law) for part in parts))
        case tree.Or(parts=parts):
            return _some(tuple(compile_value(part, law) for part in parts))
        case tree.Not(inner=inner):
            return _inverse(compile_value(inner, law))


def compile_sign(node: tree.Compare, law: Law) -> Callable[[View], int | None]:
    """-1, 0 or 1 as the left side is below, equal to or above the right. Equal choices are 0."""
    if _is_whole(node.left) and _is_whole(node.right):
        return _sign_of_wholes(_compile_whole(node.left, law), _compile_whole(node.right, law))
    left, right = compile_value(node.left, law), compile_value(node.right, law)

    def sign(view: View) -> int | None:
        first, second = left(view), right(view)
        if first is None or second is None:
            return None
        if isinstance(first, tuple) and isinstance(second, tuple):
            difference = first[0] * second[1] - second[0] * first[1]
            return (difference > 0) - (difference < 0)
        return int(first != second)

    return sign


def _is_whole(node: Expression) -> bool:
    """Whether a value needs no arithmetic, and no denominator."""
    return isinstance(node, tree.Term | tree.Norm) and not node.type.fraction and not tree.children(node)


def _compile_whole(node: Expression, law: Law) -> Callable[[View], Known | None]:
    if isinstance(node, tree.Norm):
        series = node.series

        def amount(view: View) -> Known | None:
            cell = view.law.amount(series, ())
            return None if cell is None else cell.value

        return amount
    assert isinstance(node, tree.Term)
    path = f"{node.kind}.{node.name}"
    if law.vocabulary.kinds[node.kind].single:
        return lambda view: view.single.get(path)
    return lambda view: view.own.get(path)


def _sign_of_wholes(
    left: Callable[[View], Known | None], right: Callable[[View], Known | None]
) -> Callable[[View], int | None]:
    def sign(view: View) -> int | None:
        first, second = left(view), right(view)
        if first is None or second is None:
            return None
        return (first > second) - (first < second)  # type: ignore[operator]

    return sign


def whole(value: Plain) -> int | None:
    """The whole number of a ratio that has come out even, or None."""
    if isinstance(value, tuple):
        quotient, remainder = divmod(value[0], value[1])
        if remainder == 0:
            return quotient
    return None


def _term(path: str, single: bool, percent: bool) -> Reader:
    denominator = 10_000 if percent else 1

    def read(view: View) -> Plain:
        value = (view.single if single else view.own).get(path)
        if value is None or isinstance(value, bool | str):
            return value
        return value, denominator

    return read


def _norm(series: str, keys: tuple[Reader, ...], percent: bool) -> Reader:
    denominator = 10_000 if percent else 1

    def read(view: View) -> Plain:
        found = []
        for key in keys:
            number = whole(key(view))
            if number is None:
                return None
            found.append(number)
        cell = view.law.amount(series, tuple(found))
        return None if cell is None else (cell.value, denominator)

    return read


def _arithmetic(operator: Operator, left: Reader, right: Reader) -> Reader:
    def compute(view: View) -> Plain:
        first, second = left(view), right(view)
        if not isinstance(first, tuple) or not isinstance(second, tuple):
            return None
        (a, b), (c, d) = first, second
        match operator:
            case Operator.ADD:
                return a * d + c * b, b * d
            case Operator.SUB:
                return a * d - c * b, b * d
            case Operator.MUL:
                return a * c, b * d
            case Operator.DIV:
                if c == 0:
                    return None
                return (a * d, b * c) if c > 0 else (-a * d, -b * c)

    return compute


def _round(step: int, inner: Reader) -> Reader:
    def compute(view: View) -> Plain:
        value = inner(view)
        if not isinstance(value, tuple):
            return None
        above, below = value
        size = (2 * abs(above) + step * below) // (2 * step * below) * step
        return (size if above >= 0 else -size), 1

    return compute


def _pick(extreme: Extreme, parts: tuple[Reader, ...]) -> Reader:
    wanted = -1 if extreme is Extreme.LOWEST else 1

    def compute(view: View) -> Plain:
        best: Ratio | None = None
        for part in parts:
            value = part(view)
            if not isinstance(value, tuple):
                return None
            if best is None or (value[0] * best[1] - best[0] * value[1]) * wanted > 0:
                best = value
        return best

    return compute


def _compare(comparison: Comparison, left: Reader, right: Reader) -> Reader:
    def compute(view: View) -> Plain:
        first, second = left(view), right(view)
        if first is None or second is None:
            return None
        if not isinstance(first, tuple) or not isinstance(second, tuple):
            return (first == second) is (comparison is Comparison.EQ)
        difference = first[0] * second[1] - second[0] * first[1]
        match comparison:
            case Comparison.EQ:
                return difference == 0
            case Comparison.NE:
                return difference != 0
            case Comparison.LT:
                return difference < 0
            case Comparison.LE:
                return difference <= 0
            case Comparison.GT:
                return difference > 0
            case Comparison.GE:
                return difference >= 0

    return compute


def _one_of(inner: Reader, choices: tuple[str, ...]) -> Reader:
    def compute(view: View) -> Plain:
        value = inner(view)
        return None if value is None else value in choices

    return compute


def _every(parts: tuple[Reader, ...]) -> Reader:
    def compute(view: View) -> Plain:
        known = True
        for part in parts:
            value = part(view)
            if value is False:
                return False
            known = known and value is True
        return True if known else None

    return compute


def _some(parts: tuple[Reader, ...]) -> Reader:
    return _inverse(_every(tuple(_inverse(part) for part in parts)))


def _inverse(inner: Reader) -> Reader:
    def compute(view: View) -> Plain:
        value = inner(view)
        return None if value is None else value is False

    return compute


def _collect(node: tree.Collect, law: Law) -> Reader:
    where = compile_value(node.where, law) if node.where is not None else None
    summed = compile_value(node.value, law) if node.value is not None else None
    kind, owned, fold = node.kind, node.owner is not None, node.fold

    def compute(view: View) -> Plain:
        true = false = unknown = 0
        numerator, denominator, lost = 0, 1, False
        for entity in view.members.get(kind, ()):
            if owned and entity.owner != view.subject:
                continue
            inner = View(view.law, view.values[entity.id], *view[2:])
            holds = where(inner) if where is not None else True
            if holds is None:
                unknown += 1
            elif holds is False:
                false += 1
            else:
                true += 1
                if summed is not None:
                    value = summed(inner)
                    if isinstance(value, tuple):
                        numerator = numerator * value[1] + value[0] * denominator
                        denominator *= value[1]
                    else:
                        lost = True
        open_end = kind in view.facts.incomplete or unknown > 0
        match fold:
            case Fold.EXISTS:
                return True if true else (None if open_end else False)
            case Fold.ALL:
                return False if false else (None if open_end else True)
            case Fold.COUNT:
                return None if open_end else (true, 1)
            case Fold.SUM:
                return None if open_end or lost else (numerator, denominator)

    return compute
