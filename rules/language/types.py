"""Types and units of the rule language.

A value is a number with a unit, yes or no, one of a list of choices, a day, or text. Inside the
program a number is counted in the unit's smallest whole part: kronor in öre, everything else in ones.
A share in percent is a plain fraction (25 % is 1/4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias


class Base(StrEnum):
    """What sort of value it is, with the word a rule author uses for it."""

    NUMBER = "tal"
    YES_NO = "ja/nej"
    CHOICE = "val"
    DAY = "datum"
    TEXT = "text"


Unit: TypeAlias = tuple[tuple[str, int], ...]
"""Dimension and exponent, sorted: kr/vecka is ``(("kr", 1), ("vecka", -1))``, a plain count is ``()``."""

PLAIN: Unit = ()

# How each written unit is counted: dimension and how many of the smallest part one is.
_WRITTEN: Mapping[str, tuple[str | None, int]] = {
    "kr": ("kr", 100),
    "öre": ("kr", 1),
    "år": ("år", 1),
    "månader": ("månader", 1),
    "månad": ("månader", 1),
    "veckor": ("veckor", 1),
    "vecka": ("veckor", 1),
    "dagar": ("dagar", 1),
    "dag": ("dagar", 1),
    "timmar": ("timmar", 1),
    "timme": ("timmar", 1),
    "st": (None, 1),
    "personer": (None, 1),
    "procent": (None, 1),
    "%": (None, 1),
}


def parse_unit(text: str) -> Unit:
    """Read a unit such as ``kr`` or ``timmar/vecka``. Raises ValueError naming the unknown word."""
    unit = PLAIN
    for position, word in enumerate(text.split("/")):
        if word not in _WRITTEN:
            raise ValueError(word)
        dimension, _ = _WRITTEN[word]
        if dimension is not None:
            unit = combine(unit, ((dimension, 1),), -1 if position else 1)
    return unit


def key_unit(text: str) -> Unit:
    """The unit of a norm table's key; what is no unit of the language (``vuxna``) is a plain count."""
    return parse_unit(text) if text in _WRITTEN else PLAIN


def scale(text: str) -> int:
    """How many smallest parts one of the unit is: 100 for kr, 1 otherwise."""
    return _WRITTEN[text.split("/", maxsplit=1)[0]][1]


def combine(left: Unit, right: Unit, sign: int) -> Unit:
    """The unit of a product (sign 1) or of a quotient (sign -1)."""
    exponents = dict(left)
    for dimension, exponent in right:
        exponents[dimension] = exponents.get(dimension, 0) + sign * exponent
    return tuple(sorted((dimension, exponent) for dimension, exponent in exponents.items() if exponent))


_EACH = {"månader": "månad", "veckor": "vecka", "dagar": "dag", "timmar": "timme"}


def unit_text(unit: Unit) -> str:
    """The unit as a rule author writes it."""
    above = [dimension for dimension, exponent in unit for _ in range(exponent)]
    below = [_EACH.get(dimension, dimension) for dimension, exponent in unit for _ in range(-exponent)]
    return "/".join(["·".join(above) or "1", *below]) if unit else "antal"


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an expression.

    ``any_unit`` marks a bare number, which takes the unit of what it stands beside. ``fraction`` marks a
    number that a division or a percentage may have left with a part smaller than one.
    """

    base: Base
    unit: Unit = PLAIN
    choices: tuple[str, ...] = ()
    any_unit: bool = False
    fraction: bool = False

    def __str__(self) -> str:
        if self.base is Base.NUMBER:
            return f"tal ({unit_text(self.unit)})"
        if self.base is Base.CHOICE:
            return f"val ({', '.join(self.choices)})"
        return str(self.base)


YES_NO = Type(Base.YES_NO)
DAY = Type(Base.DAY)
TEXT = Type(Base.TEXT)
KRONOR: Unit = (("kr", 1),)
DAYS: Unit = (("dagar", 1),)


def number(unit: Unit, *, fraction: bool = False, any_unit: bool = False) -> Type:
    """A number with a unit."""
    return Type(Base.NUMBER, unit, fraction=fraction, any_unit=any_unit)


class Misfit(StrEnum):
    """Why two values cannot be reckoned with together."""

    UNIT = "unit"
    TYPE = "type"


def agree(left: Type, right: Type) -> bool:
    """Whether two numbers can be compared. A bare number takes any unit but kronor, which is written out."""
    if left.any_unit or right.any_unit:
        other = right if left.any_unit else left
        return other.any_unit or other.unit != KRONOR
    return left.unit == right.unit


def of_sum(left: Type, right: Type) -> Type | Misfit:
    """The type of a sum: numbers of one unit, or a day and a number of days."""
    if left.base is Base.DAY:
        return _day_moved(right)
    if left.base is not Base.NUMBER or right.base is not Base.NUMBER:
        return Misfit.TYPE
    if not agree(left, right):
        return Misfit.UNIT
    unit = right.unit if left.any_unit else left.unit
    return number(unit, fraction=left.fraction or right.fraction, any_unit=left.any_unit and right.any_unit)


def of_difference(left: Type, right: Type) -> Type | Misfit:
    """The type of a difference: as a sum, and between two days a number of days."""
    return number(DAYS) if left.base is right.base is Base.DAY else of_sum(left, right)


def of_product(left: Type, right: Type) -> Type | Misfit:
    """The type of a product of two numbers."""
    return _scaled(left, right, 1)


def of_quotient(left: Type, right: Type) -> Type | Misfit:
    """The type of a quotient of two numbers: never sure to be whole."""
    quotient = _scaled(left, right, -1)
    return replace(quotient, fraction=True) if isinstance(quotient, Type) else quotient


def _day_moved(by: Type) -> Type | Misfit:
    if by.base is not Base.NUMBER:
        return Misfit.TYPE
    return DAY if by.unit == DAYS and not by.any_unit else Misfit.UNIT


def _scaled(left: Type, right: Type, sign: int) -> Type | Misfit:
    if left.base is not Base.NUMBER or right.base is not Base.NUMBER:
        return Misfit.TYPE
    return number(
        combine(left.unit, right.unit, sign),
        fraction=left.fraction or right.fraction,
        any_unit=left.any_unit and right.any_unit,
    )
