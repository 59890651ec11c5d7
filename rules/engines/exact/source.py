"""A checked tree as Python source: the short way, for expressions in which everything they read is known.

``vuxen.ålder >= 18 och inte hushåll.lma`` becomes
``((own['vuxen.ålder'] >= 18) and (not household['hushåll.lma']))``. What such a function cannot answer raises
NotKnownError, and the expression is then evaluated with three values. It answers only what is known whatever
the rest would be: a part that decides a condition decides it, whether or not the others are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from norms.table import Cell
from rules.engines.exact.case import NotKnownError, ScopedCase
from rules.facts import Known
from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.language.vocabulary import Vocabulary

Values: TypeAlias = Mapping[str, Known]
Short: TypeAlias = Callable[[Values, Values, ScopedCase, str, "list[Cell]"], Any]
"""An expression of the subject's known values, the household's, the case, the subject and a list for the
cells read."""
Found: TypeAlias = "tuple[int, bool | None, list[Cell] | None]"
"""The number of a condition, whether it holds or, where the short way does not answer, None, and the cells
that it has read, where it reads any."""
Together: TypeAlias = Callable[[Values, Values, ScopedCase, str], "list[Found]"]
"""Of several conditions those that may hold or have read cells."""

NOT_ANSWERED = (KeyError, ZeroDivisionError)
"""What a short way raises when it cannot answer."""


def compile_short(node: Expression, vocabulary: Vocabulary) -> Short:
    """The short way of an expression."""
    return _function(_text(node, vocabulary))


def compile_together(conditions: Iterable[tuple[Expression, bool]], vocabulary: Vocabulary) -> Together:
    """The short ways of several conditions about one kind as one function: to call one for each takes longer
    than to answer it. With each, whether it looks up amounts."""
    return _together(
        "".join(
            _tried(number, _text(condition, vocabulary), looks_up)
            for number, (condition, looks_up) in enumerate(conditions)
        )
    )


def _tried(number: int, text: str, looks_up: bool) -> str:
    cells, noted = "cells", f"\n        elif cells: found.append(({number}, False, cells))"
    if not looks_up:
        cells, noted = "None", ""
    return f"""
    {"cells = []" if looks_up else ""}
    try:
        if {text}: found.append(({number}, True, {cells})){noted}
    except NOT_ANSWERED: found.append(({number}, None, {cells}))"""


@cache
def _together(tried: str) -> Together:
    """The function of a text. Equal ones of all laws are one."""
    text = f"def short(own, household, case, subject):\n    found = []{tried}\n    return found\n"
    found: Together = _defined(text)
    return found


@cache
def _function(text: str) -> Short:
    """The function of a text. Equal expressions of all laws share one."""
    found: Short = _defined(f"def short(own, household, case, subject, cells):\n    return {text}\n")
    return found


def _defined(text: str) -> Any:
    found: dict[str, Any] = {}
    exec(compile(text, "the short way", "exec"), _NAMES, found)
    return found["short"]


def _text(node: Expression, vocabulary: Vocabulary) -> str:
    def text(inner: Expression) -> str:
        return _text(inner, vocabulary)

    match node:
        case tree.Literal(value=Fraction() as value):
            return f"Fraction({value.numerator}, {value.denominator})"
        case tree.Literal(value=value):
            return repr(value)
        case tree.TermUsed(kind=kind, name=name):
            values = "household" if vocabulary.kinds[kind].single else "own"
            return _share(f"{values}[{f'{kind}.{name}'!r}]", node)
        case tree.Norm(series=series, keys=keys):
            listed = "".join(f", {text(key)}" for key in keys)
            return _share(f"case.amount(cells, {series!r}{listed})", node)
        case tree.NormGiven(series=series):
            return f"case.gives({series!r})"
        case tree.Arithmetic(operator=Operator.DIV, left=left, right=right):
            return f"(Fraction({text(left)}) / {text(right)})"
        case tree.Arithmetic(operator=operator, left=left, right=right):
            return f"({text(left)} {_OPERATORS[operator]} {text(right)})"
        case tree.Round(rounding=rounding, inner=inner):
            return f"rounded({text(inner)}, {STEPS[rounding]})"
        case tree.Pick(extreme=extreme, parts=parts):
            return f"{_EXTREMES[extreme]}({', '.join(map(text, parts))})"
        case tree.Collect(fold=fold, kind=kind, owner=owner, where=where, value=value):
            condition = f"lambda own: {text(where)}" if where is not None else "None"
            summed = f", lambda own: {text(value)}" if value is not None else ""
            owned_by = "subject" if owner is not None else "None"
            return f"{_FOLDS[fold]}(case, {kind!r}, {owned_by}, {condition}{summed})"
        case tree.Compare(comparison=comparison, left=left, right=right):
            return f"({text(left)} {_COMPARISONS[comparison]} {text(right)})"
        case tree.OneOf(inner=inner, choices=choices):
            return f"({text(inner)} in ({''.join(f'{choice!r}, ' for choice in choices)}))"
        case tree.And(parts=parts):
            return f"({' and '.join(map(text, parts))})"
        case tree.Or(parts=parts) if any(map(_looks_up, parts)):
            return f"any([{', '.join(map(text, parts))}])"
        case tree.Or(parts=parts):
            return f"({' or '.join(map(text, parts))})"
        case tree.Not(inner=inner):
            return f"(not {text(inner)})"


def _share(read: str, node: tree.TermUsed | tree.Norm) -> str:
    """A percentage is kept in hundredths of a percent."""
    return f"Fraction({read}, 10_000)" if node.type.fraction else read


def _looks_up(node: Expression) -> bool:
    """Whether a part looks at amounts of the norm tables. All that a fired rule looks at are noted, so such
    a part is not left out when another has already decided."""
    return any(isinstance(inner, tree.Norm) for inner in tree.walk(node))


# --- what the texts call


def rounded(value: int | Fraction, step: int) -> int:
    """The nearest multiple of a step; halves go away from zero."""
    size = value if value >= 0 else -value
    below = size // step * step
    nearest = int(below if 2 * (size - below) < step else below + step)
    return nearest if value >= 0 else -nearest


Condition: TypeAlias = "Callable[[Values], bool] | None"


def _held(case: ScopedCase, kind: str, owner: str | None, where: Condition) -> list[Values]:
    """The members that a condition holds for. Raises NotKnownError where that is not known of one."""
    return [
        each.known
        for each in case.of(kind)
        if (owner is None or each.owner == owner) and (where is None or where(each.known))
    ]


def _closed(case: ScopedCase, kind: str) -> None:
    """Raise NotKnownError when there may be members that nobody has told of."""
    if kind in case.facts.incomplete:
        raise NotKnownError(kind)


def _exists(case: ScopedCase, kind: str, owner: str | None, where: Condition) -> bool:
    found = bool(_held(case, kind, owner, where))
    if not found:
        _closed(case, kind)
    return found


def _all(case: ScopedCase, kind: str, owner: str | None, where: Condition) -> bool:
    holds = len(_held(case, kind, owner, where)) == len(_held(case, kind, owner, None))
    if holds:
        _closed(case, kind)
    return holds


def _count(case: ScopedCase, kind: str, owner: str | None, where: Condition) -> int:
    _closed(case, kind)
    return len(_held(case, kind, owner, where))


def _sum(
    case: ScopedCase,
    kind: str,
    owner: str | None,
    where: Condition,
    value: Callable[[Values], int | Fraction],
) -> int | Fraction:
    _closed(case, kind)
    return sum((value(each) for each in _held(case, kind, owner, where)), 0)


STEPS: Mapping[Rounding, int] = {Rounding.KRONA: 100, Rounding.ORE: 1}
"""What each rounding rounds to, in öre."""

_OPERATORS: Mapping[Operator, str] = {Operator.ADD: "+", Operator.SUB: "-", Operator.MUL: "*"}
_EXTREMES: Mapping[Extreme, str] = {Extreme.LOWEST: "min", Extreme.HIGHEST: "max"}
_FOLDS: Mapping[Fold, str] = {
    Fold.EXISTS: "exists",
    Fold.ALL: "every",
    Fold.COUNT: "count",
    Fold.SUM: "total",
}
_COMPARISONS: Mapping[Comparison, str] = {
    Comparison.EQ: "==",
    Comparison.NE: "!=",
    Comparison.LT: "<",
    Comparison.LE: "<=",
    Comparison.GT: ">",
    Comparison.GE: ">=",
}
_NAMES: dict[str, Any] = {
    "Fraction": Fraction,
    "rounded": rounded,
    "exists": _exists,
    "every": _all,
    "count": _count,
    "total": _sum,
    "NOT_ANSWERED": NOT_ANSWERED,
}
