"""Whether conditions can hold together: as far as can be proven without knowing the case.

A condition becomes alternatives of atoms. An atom restricts one thing: a number to ranges, a choice to
values, a yes/no, the order of two expressions. Atoms about different things are taken to be independent,
so *satisfiable* may be wrong for them and *unsatisfiable* never is. An atom is plain when it restricts
one given term to constants; only alternatives of plain atoms prove that a case exists. A term that rules
conclude is not given: whether it can have a value depends on those rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from rules.language import tree
from rules.language.tree import Comparison, Expression
from rules.language.types import YES_NO, Base
from rules.language.vocabulary import Source, Vocabulary

_MOST_ALTERNATIVES = 5000
_MOST_PAIRS = 100_000
_SIGNS = frozenset({-1, 0, 1})


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from ``low`` to and including ``high``; None is without limit."""

    low: int | None
    high: int | None

    def overlap(self, other: Range) -> Range | None:
        """The numbers in both ranges, or None when there are none."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        low, high = (max(lows) if lows else None), (min(highs) if highs else None)
        return Range(low, high) if low is None or high is None or low <= high else None


Allowed: TypeAlias = "tuple[Range, ...] | frozenset[object]"
"""The ranges of a number, or the values of anything else, that an atom allows."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One restriction. ``key`` is what is restricted."""

    key: str
    allowed: Allowed
    plain: bool


Alternative: TypeAlias = Mapping[str, Atom]
"""Atoms that must all hold, by key, already narrowed against each other."""


def alternatives(condition: Expression, vocabulary: Vocabulary) -> list[Alternative] | None:
    """Every way the condition can hold; empty when it cannot, None when there are too many ways."""
    try:
        found = list(_ways(condition, True, vocabulary))
    except _TooManyError:
        return None
    return found


def merged(one: Alternative, other: Alternative) -> Alternative | None:
    """The way in which two ways are both taken, or None when they exclude each other."""
    found = dict(one)
    for key, atom in other.items():
        if key in found:
            allowed = _common(found[key].allowed, atom.allowed)
            if not allowed:
                return None
            atom = Atom(key, allowed, atom.plain and found[key].plain)
        found[key] = atom
    return found


def negation(condition: Expression) -> Expression:
    """The condition that holds when the given one does not."""
    return tree.Not(condition, YES_NO, f"inte ({condition.text})")


def conjunction(*parts: Expression) -> Expression:
    """The condition that holds when all parts do."""
    return tree.And(parts, YES_NO, " och ".join(part.text for part in parts))


class _TooManyError(Exception):
    pass


def _ways(node: Expression, holds: bool, vocabulary: Vocabulary) -> Iterator[Alternative]:
    match node:
        case tree.Not(inner=inner):
            yield from _ways(inner, not holds, vocabulary)
        case tree.And(parts=parts) if holds:
            yield from _all(parts, True, vocabulary)
        case tree.Or(parts=parts) if not holds:
            yield from _all(parts, False, vocabulary)
        case tree.And(parts=parts) | tree.Or(parts=parts):
            for part in parts:
                yield from _ways(part, holds, vocabulary)
        case tree.Literal(value=value):
            if value is holds:
                yield {}
        case _:
            atom = _atom(node, holds, vocabulary)
            if atom.allowed:
                yield {atom.key: atom}


def _all(parts: tuple[Expression, ...], holds: bool, vocabulary: Vocabulary) -> Iterator[Alternative]:
    found: list[Alternative] = [{}]
    for part in parts:
        ways = list(_ways(part, holds, vocabulary))
        if len(found) * len(ways) > _MOST_PAIRS:
            raise _TooManyError
        pairs = (merged(one, other) for one, other in product(found, ways))
        found = [way for way in pairs if way is not None]
        if len(found) > _MOST_ALTERNATIVES:
            raise _TooManyError
    yield from found


def _common(one: Allowed, other: Allowed) -> Allowed:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one & other
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    overlaps = (first.overlap(second) for first in one for second in other)
    return tuple(overlap for overlap in overlaps if overlap is not None)


def _atom(node: Expression, holds: bool, vocabulary: Vocabulary) -> Atom:
    match node:
        case tree.OneOf(inner=tree.TermUsed() as term, choices=choices):
            every = frozenset(term.type.choices)
            allowed = frozenset(choices) if holds else every - frozenset(choices)
            return Atom(term.text, allowed, _given(term, vocabulary))
        case tree.Compare(left=tree.TermUsed() as term, right=tree.Literal() as literal):
            return _term_atom(term, node.comparison, literal, holds, vocabulary)
        case tree.Compare(left=tree.Literal() as literal, right=tree.TermUsed() as term):
            return _term_atom(term, _MIRRORED[node.comparison], literal, holds, vocabulary)
        case tree.Compare(left=left, right=right, comparison=comparison):
            signs = _signs(comparison)
            if left.text <= right.text:
                return Atom(f"{left.text} ? {right.text}", signs if holds else _SIGNS - signs, False)
            turned = frozenset(-sign for sign in signs)
            return Atom(f"{right.text} ? {left.text}", turned if holds else _SIGNS - turned, False)
        case tree.TermUsed():
            return Atom(node.text, frozenset({holds}), _given(node, vocabulary))
        case _:
            return Atom(node.text, frozenset({holds}), False)


def _given(term: tree.TermUsed, vocabulary: Vocabulary) -> bool:
    """Whether the value comes from outside the rules, so that any declared value is possible."""
    return vocabulary.term(term.text).source not in (Source.RULE, Source.CALCULATION)


def _term_atom(
    term: tree.TermUsed, comparison: Comparison, literal: tree.Literal, holds: bool, vocabulary: Vocabulary
) -> Atom:
    if term.type.base in (Base.CHOICE, Base.YES_NO):
        every: frozenset[object] = frozenset(term.type.choices or (True, False))
        one: frozenset[object] = frozenset({literal.value})
        equal = (comparison is Comparison.EQ) is holds
        return Atom(term.text, one if equal else every - one, _given(term, vocabulary))
    assert isinstance(literal.value, int | Fraction)
    if term.type.fraction or isinstance(literal.value, Fraction):
        signs = _signs(comparison)
        key = f"{term.text} ? {literal.value}"
        return Atom(key, signs if holds else _SIGNS - signs, False)
    ranges = _ranges(_signs(comparison) if holds else _SIGNS - _signs(comparison), literal.value)
    declared = vocabulary.term(term.text)
    scale = 100 if any(dimension == "kr" for dimension, _ in term.type.unit) else 1
    possible = Range(
        None if declared.lowest is None else declared.lowest * scale,
        None if declared.highest is None else declared.highest * scale,
    )
    narrowed = (possible.overlap(one) for one in ranges)
    allowed = tuple(found for found in narrowed if found is not None)
    return Atom(term.text, allowed, _given(term, vocabulary))


_MIRRORED: Mapping[Comparison, Comparison] = {
    Comparison.EQ: Comparison.EQ,
    Comparison.NE: Comparison.NE,
    Comparison.LT: Comparison.GT,
    Comparison.LE: Comparison.GE,
    Comparison.GT: Comparison.LT,
    Comparison.GE: Comparison.LE,
}


def _signs(comparison: Comparison) -> frozenset[int]:
    return {
        Comparison.EQ: frozenset({0}),
        Comparison.NE: frozenset({-1, 1}),
        Comparison.LT: frozenset({-1}),
        Comparison.LE: frozenset({-1, 0}),
        Comparison.GT: frozenset({1}),
        Comparison.GE: frozenset({0, 1}),
    }[comparison]


def _ranges(signs: frozenset[int], value: int) -> list[Range]:
    """The numbers below, at or above a value, adjoining ranges joined."""
    low = None if -1 in signs else (value if 0 in signs else value + 1)
    high = None if 1 in signs else (value if 0 in signs else value - 1)
    if signs == frozenset({-1, 1}):
        return [Range(None, value - 1), Range(value + 1, None)]
    return [Range(low, high)] if signs else []
