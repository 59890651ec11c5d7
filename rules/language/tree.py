"""The checked tree of a condition or an amount: what both engines read.

Every node knows its type and the text the author wrote. A tree that exists is well typed: names are
declared, units agree, choices are in their lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from rules.language.types import Type


class Comparison(StrEnum):
    """The six comparisons, as written."""

    EQ = "="
    NE = "≠"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class Operator(StrEnum):
    """The four operations on numbers."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"


class Rounding(StrEnum):
    """Rounding to the nearest whole, halves away from zero: to one öre or to one krona."""

    ORE = "öre"
    KRONA = "krona"


class Extreme(StrEnum):
    """The lowest or the highest of several numbers."""

    LOWEST = "lägsta"
    HIGHEST = "högsta"


class Fold(StrEnum):
    """What is asked of all members of a kind."""

    EXISTS = "finns"
    ALL = "alla"
    COUNT = "antal"
    SUM = "summa"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rule. Numbers are in smallest parts (öre); percentages are fractions."""

    value: int | bool | str | Fraction
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class TermUsed:
    """A declared term of the vocabulary, e.g. ``barn.ålder``."""

    kind: str
    name: str
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Norm:
    """An amount from the norm tables, e.g. ``norm.riksnorm.gemensam[hushåll.personer]``."""

    series: str
    keys: tuple[Expression, ...]
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class NormGiven:
    """Whether the municipality has the table at all in the month: ``anges(norm.kommun.hyresgräns)``."""

    series: str
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference, product or quotient."""

    operator: Operator
    left: Expression
    right: Expression
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Round:
    """A number rounded to whole öre or whole kronor."""

    rounding: Rounding
    inner: Expression
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Pick:
    """The lowest or highest of several numbers."""

    extreme: Extreme
    parts: tuple[Expression, ...]
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Collect:
    """A question to all members of a kind.

    ``owner`` limits it to the members that belong to the rule's subject; ``value`` is what is summed;
    ``where`` limits it further and may read only the member and what there is one of.
    """

    fold: Fold
    kind: str
    owner: str | None
    value: Expression | None
    where: Expression | None
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values."""

    comparison: Comparison
    left: Expression
    right: Expression
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a choice is among those listed: ``inkomst.typ i {lön, a_kassa}``. ``listed`` is the notion that
    lists them, None where they are written out."""

    inner: Expression
    choices: tuple[str, ...]
    type: Type
    text: str
    listed: str | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold."""

    parts: tuple[Expression, ...]
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: tuple[Expression, ...]
    type: Type
    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    inner: Expression
    type: Type
    text: str


Expression: TypeAlias = (
    Literal
    | TermUsed
    | Norm
    | NormGiven
    | Arithmetic
    | Round
    | Pick
    | Collect
    | Compare
    | OneOf
    | And
    | Or
    | Not
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The parts that a node is made of, in the order written."""
    match node:
        case Norm(keys=keys):
            return keys
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Round(inner=inner) | OneOf(inner=inner) | Not(inner=inner):
            return (inner,)
        case Pick(parts=parts) | And(parts=parts) | Or(parts=parts):
            return parts
        case Collect(value=value, where=where):
            return tuple(part for part in (value, where) if part is not None)
        case _:
            return ()


def is_named(node: Expression) -> bool:
    """Whether a compound condition goes by the name of a notion: no other text is one word."""
    return isinstance(node, And | Or | Not) and " " not in node.text


def size(node: Expression) -> int:
    """How many parts an expression has, itself counted."""
    return sum(1 for _ in walk(node))


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)
