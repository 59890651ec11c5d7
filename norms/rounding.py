"""How an upgraded amount is rounded, in the words of the files."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

NO_ROUNDING = "ingen"

_TEN_KRONOR = 1000


def _up(exact: Fraction) -> Fraction:
    return Fraction(math.ceil(exact / _TEN_KRONOR) * _TEN_KRONOR)


def _nearest(exact: Fraction) -> Fraction:
    """The nearest ten kronor, half up."""
    return Fraction(math.floor(exact / _TEN_KRONOR + Fraction(1, 2)) * _TEN_KRONOR)


def _none(exact: Fraction) -> Fraction:
    return exact


ROUNDINGS: Mapping[str, Callable[[Fraction], Fraction]] = {
    "uppåt till tiotal": _up,
    "närmaste tiotal": _nearest,
    NO_ROUNDING: _none,
}
