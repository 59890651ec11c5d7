"""A checked tree over columns: for every member of a kind, or for every household, at once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce

import numpy as np

from rules.engines.columnar import values
from rules.engines.columnar.population import ChoiceNumbers, Population
from rules.engines.columnar.values import (
    FALSE,
    ONE,
    TRUE,
    UNKNOWN,
    UNKNOWN_NUMBER,
    Column,
    Holds,
    Mask,
    NotInColumnsError,
    Number,
    Whole,
    both,
    either,
    neither,
    whole,
)
from rules.engines.exact.source import STEPS
from rules.facts import Known
from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator
from rules.language.types import Base
from rules.law import Law

_TESTS = {
    Comparison.EQ: np.equal,
    Comparison.NE: np.not_equal,
    Comparison.LT: np.less,
    Comparison.LE: np.less_equal,
    Comparison.GT: np.greater,
    Comparison.GE: np.greater_equal,
}
_WIDEST = 4096
"""How far apart the keys of a norm table may be before each is looked up for itself."""


class Columns:
    """The columns of a population under a law, as its stages add to them, and expressions over them."""

    def __init__(
        self, law: Law, population: Population, words: ChoiceNumbers, places: Mapping[int, int]
    ) -> None:
        """``places`` has for every node, by its identity, a number that it shares with its equals only."""
        self.law = law
        self._places = places
        self.population = population
        self.words = words
        self._single = {name for name, kind in law.vocabulary.kinds.items() if kind.single}
        self._terms: dict[str, Column] = {}
        self._kept: dict[tuple[str | None, int], Column] = {}
        self._groups: dict[tuple[str, str | None], Groups] = {}
        for kind, members in population.members.items():
            for path, given in members.terms.items():
                yes_no = law.vocabulary.terms[path].type.base is Base.YES_NO
                self._terms[path] = self._spread(kind, given.holds if yes_no else given.number)
        for entity in law.given:
            for path, value in entity.values.items():
                self.set(path, constant(value, words))  # type: ignore[arg-type]

    def _spread(self, kind: str, column: Column) -> Column:
        """What there is one of, for every household, also those that do not have it."""
        members = self.population.of(kind)
        if kind not in self._single or len(members) == self.population.size:
            return column
        if isinstance(column, Holds):
            return Holds(*(self._placed(members.household, each) for each in column))
        parts, known = (self._placed(members.household, each) for each in (column.parts, column.known))
        return Number(parts, ONE, known)

    def _placed(self, household: Whole, column: np.ndarray) -> np.ndarray:
        found = np.zeros(self.population.size, column.dtype)
        found[household] = column
        return found

    def set(self, path: str, column: Column) -> None:
        """Take in what the law says or rules have concluded."""
        self._terms[path] = column

    def given(self, path: str) -> Column:
        """A term as it is known now, of a kind or of the household."""
        yes_no = self.law.vocabulary.terms[path].type.base is Base.YES_NO
        return self._terms.get(path, UNKNOWN if yes_no else UNKNOWN_NUMBER)

    def length(self, subject: str | None) -> int:
        """How many a rule about a kind, or about the household, is evaluated for."""
        return self.population.size if subject is None else len(self.population.of(subject))

    def to_subject(self, column: Column, subject: str | None) -> Column:
        """A column of households for every member of a kind."""
        if subject is None:
            return column
        index = self.population.of(subject).household
        if isinstance(column, Holds):
            return Holds(*(_taken(each, index) for each in column))
        return Number(*(_taken(each, index) for each in column))

    # --- expressions

    def holds(self, node: Expression, subject: str | None) -> Holds:
        """A condition."""
        found = self.column(node, subject)
        assert isinstance(found, Holds)
        return found

    def number(self, node: Expression, subject: str | None) -> Number:
        """A number, a choice or a day."""
        found = self.column(node, subject)
        assert isinstance(found, Number)
        return found

    def column(self, node: Expression, subject: str | None) -> Column:
        """The value of an expression for every member of its subject. Nothing that it reads changes later."""
        key = (subject, self._places[id(node)])
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._column(node, subject)
        return found

    def _column(self, node: Expression, subject: str | None) -> Column:
        match node:
            case tree.Literal(value=value):
                return constant(value, self.words)
            case tree.TermUsed():
                return self._term(node, subject)
            case tree.Norm():
                return self._norm(node, subject)
            case tree.NormGiven(series=series):
                return constant(self.law.norms.series(series) is not None, self.words)
            case tree.Arithmetic(operator=operator, left=left, right=right):
                one, other = self.number(left, subject), self.number(right, subject)
                match operator:
                    case Operator.ADD:
                        return values.added(one, other)
                    case Operator.SUB:
                        return values.added(one, other, -1)
                    case Operator.MUL:
                        return values.multiplied(one, other)
                    case Operator.DIV:
                        return values.divided(one, other)
            case tree.Round(rounding=rounding, inner=inner):
                return values.rounded(self.number(inner, subject), STEPS[rounding])
            case tree.Pick(extreme=extreme, parts=parts):
                numbers = [self.number(part, subject) for part in parts]
                return values.extreme(numbers, highest=extreme is Extreme.HIGHEST)
            case tree.Collect():
                return self._collect(node, subject)
            case tree.Compare(comparison=comparison, left=left, right=right):
                return self._compare(comparison, left, right, subject)
            case tree.OneOf(inner=inner, choices=choices):
                found = self.number(inner, subject)
                listed = [self.words.numbers[choice] for choice in choices]
                among = reduce(either, (np.asarray(found.parts == each) for each in listed), FALSE)
                return Holds(both(found.known, among), both(found.known, neither(among)))
            case tree.And(parts=parts):
                conditions = [self.holds(part, subject) for part in parts]
                return Holds(
                    reduce(both, (each.true for each in conditions)),
                    reduce(either, (each.false for each in conditions)),
                )
            case tree.Or(parts=parts):
                conditions = [self.holds(part, subject) for part in parts]
                return Holds(
                    reduce(either, (each.true for each in conditions)),
                    reduce(both, (each.false for each in conditions)),
                )
            case tree.Not(inner=inner):
                condition = self.holds(inner, subject)
                return Holds(condition.false, condition.true)

    def _term(self, node: tree.TermUsed, subject: str | None) -> Column:
        found = self._terms.get(f"{node.kind}.{node.name}")
        if found is None:
            return UNKNOWN if node.type.base is Base.YES_NO else UNKNOWN_NUMBER
        if node.type.base is Base.TEXT:
            raise NotInColumnsError(f"texten {node.text}")
        if node.kind in self._single:
            found = self.to_subject(found, subject)
        if isinstance(found, Number) and node.type.fraction:
            return Number(found.parts, values.times(found.over, whole(10_000)), found.known)
        return found

    def _norm(self, node: tree.Norm, subject: str | None) -> Number:
        keys = [self.number(key, subject) for key in node.keys]
        known = reduce(both, (key.known for key in keys), TRUE)
        over = whole(10_000) if node.type.fraction else ONE
        numbers = [values.in_whole(key, f"nyckeln till {node.series}") for key in keys]
        if all(not each.ndim for each in numbers):
            cell = self.law.amount(node.series, tuple(map(int, numbers)))
            return values.number(whole(cell.value), over, known) if cell is not None else UNKNOWN_NUMBER
        length = self.length(subject)
        columns = [np.broadcast_to(each, (length,)) for each in numbers]
        lowest = [int(each.min()) if length else 0 for each in columns]
        widths = [
            (int(each.max()) if length else 0) - low + 1 for each, low in zip(columns, lowest, strict=True)
        ]
        if np.prod(widths, dtype=object) > _WIDEST:
            raise NotInColumnsError(f"nycklar till {node.series} som ligger för långt isär")
        amounts, there = self._table(node.series, lowest, widths)
        at = np.zeros(length, np.int64)
        for column, low, width in zip(columns, lowest, widths, strict=True):
            at = at * width + (column - low)
        return values.number(amounts[at], over, both(known, there[at]))

    def _table(self, series: str, lowest: list[int], widths: list[int]) -> tuple[Whole, Mask]:
        cells = [
            self.law.amount(series, tuple(low + step for low, step in zip(lowest, steps, strict=True)))
            for steps in np.ndindex(*widths)
        ]
        amounts = np.array([0 if cell is None else cell.value for cell in cells], np.int64)
        return amounts, np.array([cell is not None for cell in cells], bool)

    def _compare(
        self, comparison: Comparison, left: Expression, right: Expression, subject: str | None
    ) -> Holds:
        one, other = self.column(left, subject), self.column(right, subject)
        if isinstance(one, Holds) and isinstance(other, Holds):
            known = both(one.known, other.known)
            same = either(both(one.true, other.true), both(one.false, other.false))
            if comparison not in (Comparison.EQ, Comparison.NE):
                raise NotInColumnsError(f"ja och nej jämförda med {comparison.value}")
            found = same if comparison is Comparison.EQ else neither(same)
        else:
            assert isinstance(one, Number)
            assert isinstance(other, Number)
            known = both(one.known, other.known)
            found = np.asarray(_TESTS[comparison](*values.ordered(one, other)))
        return Holds(both(known, found), both(known, neither(found)))

    # --- questions to all members

    def _collect(self, node: tree.Collect, subject: str | None) -> Column:
        owner = subject if node.owner is not None else None
        groups = self.groups(node.kind, owner)
        condition = self.holds(node.where, node.kind) if node.where is not None else Holds(TRUE, FALSE)
        incomplete = self.population.incomplete.get(node.kind, FALSE)
        if owner is not None:
            incomplete = _taken(incomplete, self.population.of(owner).household)
        unknown = either(groups.any(neither(condition.known)), incomplete)
        found: Column
        match node.fold:
            case Fold.EXISTS:
                some = groups.any(condition.true)
                found = Holds(some, both(neither(some), neither(unknown)))
            case Fold.ALL:
                some = groups.any(condition.false)
                found = Holds(both(neither(some), neither(unknown)), some)
            case Fold.COUNT:
                found = values.number(groups.total(condition.true.astype(np.int64)), ONE, neither(unknown))
            case Fold.SUM:
                assert node.value is not None
                value = self.number(node.value, node.kind)
                if value.over.ndim:
                    raise NotInColumnsError(f"summan av bråk med olika nämnare i {node.text}")
                counted = neither(condition.false)
                unknown = either(unknown, groups.any(both(counted, neither(value.known))))
                total = groups.total(values.chosen(condition.true, value.parts, whole(0)))
                found = values.number(total, value.over, neither(unknown))
        return found if owner is not None else self.to_subject(found, subject)

    def groups(self, kind: str, owner: str | None) -> Groups:
        """The members of a kind by household, or by the owner of another kind."""
        key = (kind, owner)
        if key not in self._groups:
            members = self.population.of(kind)
            if owner is None:
                index = members.household
            else:
                index = members.owners.get(owner, np.full(len(members), -1, np.int64))
            self._groups[key] = Groups(index, self.length(owner))
        return self._groups[key]


class Groups:
    """Members put in groups: the group of each, -1 for none of them."""

    def __init__(self, index: Whole, size: int) -> None:
        self._length, self._size = len(index), size
        ordered = bool(np.all(index[1:] >= index[:-1])) and bool(np.all(index >= 0))
        self._order = None if ordered else np.argsort(index, kind="stable")
        in_order = index if self._order is None else index[self._order]
        self._cuts = np.searchsorted(in_order, np.arange(size + 1))

    def total(self, column: Whole) -> Whole:
        """The sum of every group. Raises NotInColumnsError where 64 bits are too few."""
        if not self._length:
            return whole(0)
        spread = np.broadcast_to(column, (self._length,))
        if self._order is not None:
            spread = spread[self._order]
        if values._largest(column) * self._length > values._ROOM:
            raise NotInColumnsError("en summa som inte ryms i 64 bitar")
        sums = np.concatenate(([0], np.cumsum(spread, dtype=np.int64)))
        return np.asarray(sums[self._cuts[1:]] - sums[self._cuts[:-1]])

    def any(self, mask: Mask) -> Mask:
        """Whether it holds for any member of every group."""
        if not self._length or (not mask.ndim and not mask):
            return FALSE
        return np.asarray(self.total(mask.astype(np.int64)) > 0)


def constant(value: Known | Fraction, words: ChoiceNumbers) -> Column:
    """The same value for all."""
    match value:
        case bool():
            return Holds(TRUE, FALSE) if value else Holds(FALSE, TRUE)
        case Fraction():
            return Number(whole(value.numerator), whole(value.denominator), TRUE)
        case int():
            return Number(whole(value), ONE, TRUE)
        case str() if value in words.numbers:
            return Number(whole(words.numbers[value]), ONE, TRUE)
    raise NotInColumnsError(f"texten ”{value}”")


def _taken(column: np.ndarray, index: Whole) -> np.ndarray:
    return column[index] if column.ndim else column
