"""Numbers and questions to all members, for the facts that durable-rules matches on.

Independent of the exact evaluator on purpose. An expression becomes a Python text: what is not known is
``None``, and every step asks for it. A number that never needs a denominator is whole; any other is a pair of
whole numbers, numerator and denominator. ``kostnad.belopp <= norm.kommun.hyresgräns`` becomes ::

    (None if (t1 := own.get('kostnad.belopp')) is None
     or (t2 := amount(view, 'kommun.hyresgräns')) is None else t1 <= t2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from rules.facts import Known
from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.language.types import Base
from rules.law import Law

Ratio: TypeAlias = "tuple[int, int]"
"""A number as (numerator, denominator > 0)."""

Values: TypeAlias = "Mapping[str, Known]"
"""What is known; nothing of what is disputed."""


class View(NamedTuple):
    """What an expression reads: the amounts of a law, one fact's own values, those there is one of, and all
    members by kind, each with its owner."""

    law: Law
    own: Values
    single: Values
    members: Mapping[str, Sequence[tuple[str | None, Values]]]
    incomplete: frozenset[str]
    subject: str


Reader: TypeAlias = Callable[[View], "Known | None"]
Counter: TypeAlias = Callable[[View], "int | None"]


class Text(NamedTuple):
    """The text of an expression; ``pair`` where its value is a numerator and a denominator, ``fixed`` where
    it is written in the rule."""

    text: str
    pair: bool = False
    fixed: bool = False

    @property
    def as_pair(self) -> str:
        """The text of the same as a pair."""
        return self.text if self.pair else f"over({self.text}, 1)"

    @property
    def as_whole(self) -> str:
        """The text of the same as a whole number, not known where it does not come out even."""
        return f"whole({self.text})" if self.pair else self.text


def compile_value(node: Expression, law: Law) -> Reader:
    """A function from a view to the value of any expression; a number is whole or not known."""
    found: Reader = compile_text("    return " + text_of(node, law).as_whole)
    return found


def compile_amount(node: Expression, law: Law) -> Counter:
    """A function from a view to the whole number that an expression of an amount comes to."""
    found: Counter = compile_text("    return " + text_of(node, law).as_whole)
    return found


def compile_text(body: str) -> Any:
    """The function of a view whose body is a text that uses ``view``, ``own`` and ``single``."""
    found: dict[str, Any] = {}
    text = f"def read(view):\n    own, single = view.own, view.single\n{body}\n"
    exec(compile(text, "an expression for durable-rules", "exec"), _NAMES, found)
    return found["read"]


def text_of(node: Expression, law: Law) -> Text:
    """The text of any expression."""
    return _Writer(law).text(node)


def text_of_sign(node: tree.Compare, law: Law) -> str:
    """The text of -1, 0 or 1 as the left side is below, equal to or above the right. Equal choices are 0."""
    writer = _Writer(law)
    left, right = writer.text(node.left), writer.text(node.right)
    if left.pair or right.pair:
        return f"sign({left.as_pair}, {right.as_pair})"
    if _is_number(node.left):
        return writer.known("({} > {}) - ({} < {})", left, right, left, right)
    return writer.known("int({} != {})", left, right)


def _is_number(node: Expression) -> bool:
    return node.type.base in (Base.NUMBER, Base.DAY)


class _Writer:
    """Writes the text of one expression. What is looked at twice has a name of its own."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._names: Iterator[str] = (f"t{number}" for number in count(1))

    def known(self, pattern: str, *parts: Text) -> str:
        """A text in which parts are put, for when all of them are known; None otherwise."""
        names = {part: next(self._names) for part in parts if not part.fixed}
        lacking = " or ".join(f"({name} := {part.text}) is None" for part, name in names.items())
        computed = pattern.format(*(names.get(part, part.text) for part in parts))
        return f"(None if {lacking} else {computed})" if lacking else f"({computed})"

    def text(self, node: Expression) -> Text:
        match node:
            case tree.Literal(value=Fraction() as value) if value.denominator != 1:
                return Text(repr((value.numerator, value.denominator)), pair=True)
            case tree.Literal(value=Fraction() as value):
                return Text(repr(value.numerator), fixed=True)
            case tree.Literal(value=value):
                return Text(repr(value), fixed=True)
            case tree.TermUsed(kind=kind, name=name):
                held = "single" if self._law.vocabulary.kinds[kind].single else "own"
                return self._share(f"{held}.get({f'{kind}.{name}'!r})", node)
            case tree.Norm(series=series, keys=keys):
                listed = "".join(f", {self.text(key).as_whole}" for key in keys)
                return self._share(f"amount(view, {series!r}{listed})", node)
            case tree.NormGiven(series=series):
                return Text(f"(view.law.norms.series({series!r}) is not None)")
            case tree.Arithmetic(operator=operator, left=left, right=right):
                return self._arithmetic(operator, self.text(left), self.text(right))
            case tree.Round(rounding=rounding, inner=inner):
                step = 100 if rounding is Rounding.KRONA else 1
                return Text(f"rounded({self.text(inner).as_pair}, {step})")
            case tree.Pick(extreme=extreme, parts=parts):
                return self._pick(extreme, [self.text(part) for part in parts])
            case tree.Collect():
                return self._collect(node)
            case tree.Compare(comparison=comparison, left=left, right=right):
                return self._compare(comparison, self.text(left), self.text(right))
            case tree.OneOf(inner=inner, choices=choices):
                return Text(self.known(f"{{}} in {choices!r}", self.text(inner)))
            case tree.And(parts=parts):
                return self._joined([self.text(part) for part in parts], all_of=True)
            case tree.Or(parts=parts):
                return self._joined([self.text(part) for part in parts], all_of=False)
            case tree.Not(inner=inner):
                return Text(self.known("{} is False", self.text(inner)))

    @staticmethod
    def _share(text: str, node: Expression) -> Text:
        """A value as it is held; a share in hundredths of a percent is a pair."""
        return Text(f"over({text}, 10_000)", pair=True) if node.type.fraction else Text(text)

    def _arithmetic(self, operator: Operator, left: Text, right: Text) -> Text:
        if operator is Operator.DIV or left.pair or right.pair:
            return Text(f"{_OPERATIONS[operator]}({left.as_pair}, {right.as_pair})", pair=True)
        return Text(self.known(f"{{}} {_SIGNS[operator]} {{}}", left, right))

    def _pick(self, extreme: Extreme, parts: list[Text]) -> Text:
        of_wholes, of_pairs = _PICKS[extreme]
        if any(part.pair for part in parts):
            return Text(f"{of_pairs}({', '.join(part.as_pair for part in parts)})", pair=True)
        return Text(self.known(f"{of_wholes}({', '.join('{}' for _ in parts)})", *parts))

    def _compare(self, comparison: Comparison, left: Text, right: Text) -> Text:
        if left.pair or right.pair:
            sign = Text(f"sign({left.as_pair}, {right.as_pair})")
            return Text(self.known(f"{{}} {_COMPARISONS[comparison]} 0", sign))
        return Text(self.known(f"{{}} {_COMPARISONS[comparison]} {{}}", left, right))

    def _joined(self, parts: list[Text], *, all_of: bool) -> Text:
        """All of some parts, or any: one that decides it does so whatever the rest would be."""
        names = [next(self._names) for _ in parts]
        decided = [
            f"({name} := {part.text}) is {not all_of}" for name, part in zip(names, parts, strict=True)
        ]
        lacking = " or ".join(f"{name} is None" for name in names)
        return Text(f"({not all_of} if {' or '.join(decided)} else None if {lacking} else {all_of})")

    def _collect(self, node: tree.Collect) -> Text:
        owned = node.owner is not None
        where = "None" if node.where is None else f"lambda own: {self.text(node.where).text}"
        asked = f"view, {node.kind!r}, {owned}, {where}"
        if node.fold is Fold.SUM and node.value is not None:
            value = self.text(node.value)
            return Text(f"summed({asked}, lambda own: {value.as_pair})", pair=True)
        return Text(f"{_FOLDS[node.fold]}({asked})")


# --- what the texts call


def over(number: int | None, denominator: int) -> Ratio | None:
    """A whole number of parts."""
    return None if number is None else (number, denominator)


def whole(value: Ratio | None) -> int | None:
    """The whole number of a ratio that has come out even, or None."""
    if value is not None:
        quotient, remainder = divmod(value[0], value[1])
        if remainder == 0:
            return quotient
    return None


def amount(view: View, series: str, *keys: int | None) -> int | None:
    """An amount of the norm tables in its smallest parts."""
    cell = None if None in keys else view.law.amount(series, keys)  # type: ignore[arg-type]
    return None if cell is None else cell.value


def sign(left: Ratio | None, right: Ratio | None) -> int | None:
    """-1, 0 or 1 as the left is below, equal to or above the right."""
    if left is None or right is None:
        return None
    difference = left[0] * right[1] - right[0] * left[1]
    return (difference > 0) - (difference < 0)


def plus(left: Ratio | None, right: Ratio | None) -> Ratio | None:
    """The sum."""
    if left is None or right is None:
        return None
    return left[0] * right[1] + right[0] * left[1], left[1] * right[1]


def minus(left: Ratio | None, right: Ratio | None) -> Ratio | None:
    """The difference."""
    return plus(left, None if right is None else (-right[0], right[1]))


def times(left: Ratio | None, right: Ratio | None) -> Ratio | None:
    """The product."""
    return None if left is None or right is None else (left[0] * right[0], left[1] * right[1])


def divided(left: Ratio | None, right: Ratio | None) -> Ratio | None:
    """The quotient; not known where the right is zero."""
    if right is None or right[0] == 0:
        return None
    return times(left, (right[1], right[0]) if right[0] > 0 else (-right[1], -right[0]))


def rounded(value: Ratio | None, step: int) -> int | None:
    """The nearest whole number of steps, a half away from zero."""
    if value is None:
        return None
    above, below = value
    size = (2 * abs(above) + step * below) // (2 * step * below) * step
    return size if above >= 0 else -size


def lowest(*values: Ratio | None) -> Ratio | None:
    """The lowest, when all are known."""
    return _picked(values, -1)


def highest(*values: Ratio | None) -> Ratio | None:
    """The highest, when all are known."""
    return _picked(values, 1)


def _picked(values: tuple[Ratio | None, ...], wanted: int) -> Ratio | None:
    best: Ratio | None = None
    for value in values:
        if value is None:
            return None
        if best is None or (value[0] * best[1] - best[0] * value[1]) * wanted > 0:
            best = value
    return best


_Where: TypeAlias = "Callable[[Values], bool | None] | None"


def _members(view: View, kind: str, owned: bool) -> list[Values]:
    """The values of the members of a kind, or of those that the subject owns."""
    return [own for owner, own in view.members.get(kind, ()) if not owned or owner == view.subject]


def _answers(view: View, kind: str, owned: bool, where: _Where) -> list[bool | None]:
    """What each member answers; None also for those there may be that nobody has told of."""
    answers = [where is None or where(own) for own in _members(view, kind, owned)]
    return [*answers, None] if kind in view.incomplete else answers


def exists(view: View, kind: str, owned: bool, where: _Where) -> bool | None:
    """Whether some member answers yes."""
    answers = _answers(view, kind, owned, where)
    return True if True in answers else None if None in answers else False


def every(view: View, kind: str, owned: bool, where: _Where) -> bool | None:
    """Whether no member answers no."""
    answers = _answers(view, kind, owned, where)
    return False if False in answers else None if None in answers else True


def number(view: View, kind: str, owned: bool, where: _Where) -> int | None:
    """How many members answer yes."""
    answers = _answers(view, kind, owned, where)
    return None if None in answers else answers.count(True)


def summed(
    view: View, kind: str, owned: bool, where: _Where, value: Callable[[Values], Ratio | None]
) -> Ratio | None:
    """The sum over the members that answer yes."""
    if kind in view.incomplete:
        return None
    total: Ratio | None = (0, 1)
    for own in _members(view, kind, owned):
        holds = where is None or where(own)
        if holds is None:
            return None
        if holds:
            total = plus(total, value(own))
    return total


_PICKS = {Extreme.LOWEST: ("min", "lowest"), Extreme.HIGHEST: ("max", "highest")}
"""Of whole numbers, and of pairs."""
_FOLDS = {Fold.EXISTS: "exists", Fold.ALL: "every", Fold.COUNT: "number"}
_SIGNS = {Operator.ADD: "+", Operator.SUB: "-", Operator.MUL: "*"}
_OPERATIONS = {
    Operator.ADD: "plus",
    Operator.SUB: "minus",
    Operator.MUL: "times",
    Operator.DIV: "divided",
}
_COMPARISONS = {
    Comparison.EQ: "==",
    Comparison.NE: "!=",
    Comparison.LT: "<",
    Comparison.LE: "<=",
    Comparison.GT: ">",
    Comparison.GE: ">=",
}
_NAMES: dict[str, Any] = {
    each.__name__: each
    for each in (
        *(amount, over, whole, rounded, sign),
        *(plus, minus, times, divided, lowest, highest),
        *(exists, every, number, summed),
    )
}
"""What the texts call by name."""
