"""How small and how large a number can be, as far as the rule itself tells."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import floor
from typing import NamedTuple

from rules.language import tree
from rules.language.tree import Expression, Extreme, Fold, Operator, Rounding
from rules.language.vocabulary import Vocabulary


class Bounds(NamedTuple):
    """Both ends included; None is without limit."""

    low: Fraction | None
    high: Fraction | None


_ANY = Bounds(None, None)
_POSITIVE = Bounds(Fraction(0), None)


def bounds(node: Expression, vocabulary: Vocabulary) -> Bounds:
    """The bounds of a number, in smallest parts. Amounts in norm tables are never negative."""
    match node:
        case tree.Literal(value=int() | Fraction() as value):
            return Bounds(Fraction(value), Fraction(value))
        case tree.TermUsed(kind=kind, name=name):
            term = vocabulary.terms[f"{kind}.{name}"]
            scale = 100 if any(dimension == "kr" for dimension, _ in term.type.unit) else 1
            one = Fraction(1, 100) if term.percent else Fraction(scale)
            return Bounds(*(None if end is None else end * one for end in (term.lowest, term.highest)))
        case tree.Norm():
            return _POSITIVE
        case tree.Round(rounding=rounding, inner=inner):
            return Bounds(*(_rounded(end, rounding) for end in bounds(inner, vocabulary)))
        case tree.Pick(extreme=extreme, parts=parts):
            return _pick(extreme, [bounds(part, vocabulary) for part in parts])
        case tree.Collect(fold=Fold.COUNT):
            return _POSITIVE
        case tree.Collect(fold=Fold.SUM, value=value) if value is not None:
            each = bounds(value, vocabulary)
            return _POSITIVE if each.low is not None and each.low >= 0 else _ANY
        case tree.Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, bounds(left, vocabulary), bounds(right, vocabulary))
        case _:
            return _ANY


def _rounded(end: Fraction | None, rounding: Rounding) -> Fraction | None:
    step = 100 if rounding is Rounding.KRONA else 1
    if end is None:
        return None
    size = Fraction(floor(abs(end) / step + Fraction(1, 2)) * step)
    return size if end >= 0 else -size


def _pick(extreme: Extreme, parts: list[Bounds]) -> Bounds:
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    if extreme is Extreme.LOWEST:
        low = min(known_lows) if len(known_lows) == len(lows) else None
        return Bounds(low, min(known_highs) if known_highs else None)
    high = max(known_highs) if len(known_highs) == len(highs) else None
    return Bounds(max(known_lows) if known_lows else None, high)


def _arithmetic(operator: Operator, left: Bounds, right: Bounds) -> Bounds:
    match operator:
        case Operator.ADD:
            return Bounds(_plus(left.low, right.low), _plus(left.high, right.high))
        case Operator.SUB:
            return Bounds(_minus(left.low, right.high), _minus(left.high, right.low))
        case Operator.MUL | Operator.DIV if None in left or None in right:
            both_positive = (
                left.low is not None and left.low >= 0 and right.low is not None and right.low >= 0
            )
            return _POSITIVE if both_positive else _ANY
        case Operator.MUL:
            found = [a * b for a, b in product(left, right) if a is not None and b is not None]
            return Bounds(min(found), max(found))
        case Operator.DIV:
            if right.low is None or right.high is None or right.low <= 0 <= right.high:
                return _POSITIVE if _never_negative(left) and _never_negative(right) else _ANY
            found = [a / b for a, b in product(left, right) if a is not None and b is not None]
            return Bounds(min(found), max(found))


def _never_negative(found: Bounds) -> bool:
    return found.low is not None and found.low >= 0


def _plus(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    return None if left is None or right is None else left + right


def _minus(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    return None if left is None or right is None else left - right
