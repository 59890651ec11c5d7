"""Columns of values, each known or not: conditions as two masks, numbers as whole numbers over whole numbers.

A column that is the same for every row is one number or one mask without length. Nothing is a float; where a
whole number would outgrow 64 bits the calculation is refused, not wrapped.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Mask: TypeAlias = "NDArray[np.bool_]"
Whole: TypeAlias = "NDArray[np.int64]"

TRUE: Mask = np.array(True)
FALSE: Mask = np.array(False)
_ROOM = 2**62
"""No product or sum grows beyond it."""


class NotInColumnsError(Exception):
    """Something that columns cannot say. The message names it."""


class Holds(NamedTuple):
    """A condition: where it is known to hold, and where it is known not to."""

    true: Mask
    false: Mask

    @property
    def known(self) -> Mask:
        """Where it is known."""
        return either(self.true, self.false)


class Number(NamedTuple):
    """Numbers, or choices and days as numbers: ``over`` whole parts, and where they are known.

    What is not known is 0 over 1.
    """

    parts: Whole
    over: Whole
    known: Mask


Column: TypeAlias = "Holds | Number"
ONE: Whole = np.array(1, dtype=np.int64)
ZERO: Whole = np.array(0, dtype=np.int64)
UNKNOWN_NUMBER = Number(ZERO, ONE, FALSE)
UNKNOWN = Holds(FALSE, FALSE)


# --- masks


def both(one: Mask, other: Mask) -> Mask:
    """Where both hold."""
    if not one.ndim:
        return other if one else FALSE
    if not other.ndim:
        return one if other else FALSE
    return one & other


def either(one: Mask, other: Mask) -> Mask:
    """Where either holds."""
    if not one.ndim:
        return TRUE if one else other
    if not other.ndim:
        return TRUE if other else one
    return one | other


def neither(one: Mask) -> Mask:
    """Where it does not hold."""
    return ~one if one.ndim else (FALSE if one else TRUE)


def chosen(where: Mask, one: Whole, other: Whole) -> Whole:
    """``one`` where it holds, ``other`` elsewhere."""
    if not where.ndim:
        return one if where else other
    return np.where(where, one, other)


def number(parts: Whole, over: Whole, known: Mask) -> Number:
    """A number that is 0 where it is not known."""
    if not known.ndim:
        return Number(parts, over, known) if known else UNKNOWN_NUMBER
    return Number(chosen(known, parts, ZERO), over if not over.ndim else chosen(known, over, ONE), known)


def whole(value: int) -> Whole:
    """One whole number for every row."""
    return np.array(value, dtype=np.int64)


# --- arithmetic


def _largest(column: Whole) -> int:
    return int(np.abs(column).max()) if column.size else 0


def times(one: Whole, other: Whole) -> Whole:
    """The product. Raises NotInColumnsError where 64 bits are too few."""
    if not one.ndim and one == 1:
        return other
    if not other.ndim and other == 1:
        return one
    if _largest(one) * _largest(other) > _ROOM:
        raise NotInColumnsError("ett tal som inte ryms i 64 bitar")
    return np.asarray(one * other)


def plus(one: Whole, other: Whole) -> Whole:
    """The sum. Raises NotInColumnsError where 64 bits are too few."""
    if _largest(one) + _largest(other) > _ROOM:
        raise NotInColumnsError("ett tal som inte ryms i 64 bitar")
    return np.asarray(one + other)


def added(one: Number, other: Number, sign: int = 1) -> Number:
    """The sum, or with ``sign`` -1 the difference."""
    left, right, over = _alike(one, other)
    return number(plus(left, right if sign > 0 else -right), over, both(one.known, other.known))


def _alike(one: Number, other: Number) -> tuple[Whole, Whole, Whole]:
    """The parts of both over one and the same."""
    if not one.over.ndim and not other.over.ndim:
        common = gcd(int(one.over), int(other.over))
        left, right = whole(int(other.over) // common), whole(int(one.over) // common)
        return times(one.parts, left), times(other.parts, right), times(one.over, left)
    return times(one.parts, other.over), times(other.parts, one.over), times(one.over, other.over)


def multiplied(one: Number, other: Number) -> Number:
    """The product."""
    known = both(one.known, other.known)
    return number(times(one.parts, other.parts), times(one.over, other.over), known)


def divided(one: Number, other: Number) -> Number:
    """The quotient, not known where the divisor is 0."""
    zero = np.asarray(other.parts == 0)
    divisor = chosen(zero, ONE, other.parts)
    sign = np.sign(divisor)
    parts, over = times(times(one.parts, other.over), sign), times(one.over, np.abs(divisor))
    return number(parts, over, both(both(one.known, other.known), neither(zero)))


def rounded(one: Number, step: int) -> Number:
    """The nearest multiple of a step; halves go away from zero."""
    size = np.abs(one.parts)
    unit = times(one.over, whole(step))
    below = size // unit
    up = np.asarray(2 * (size - below * unit) >= unit)
    nearest = (below + up) * step
    return number(np.asarray(np.where(one.parts < 0, -nearest, nearest)), ONE, one.known)


def extreme(numbers: list[Number], *, highest: bool) -> Number:
    """The lowest or the highest of several, not known where one is not."""
    found = numbers[0]
    for each in numbers[1:]:
        left, right, over = _alike(found, each)
        take = np.asarray(left >= right if highest else left <= right)
        found = number(chosen(take, left, right), over, both(found.known, each.known))
    return found


def ordered(one: Number, other: Number) -> tuple[Whole, Whole]:
    """Two numbers as whole numbers that compare as they do."""
    left, right, _ = _alike(one, other)
    return left, right


def in_whole(one: Number, what: str) -> Whole:
    """A number that is known to be whole. Raises NotInColumnsError, which names ``what``, when it is not."""
    if not one.over.ndim and one.over == 1:
        return one.parts
    if np.any(one.parts % one.over):
        raise NotInColumnsError(f"{what}, som inte är ett helt tal")
    return np.asarray(one.parts // one.over)
