"""From a condition to a pattern of durable-rules, in negation normal form.

A comparison with a missing property matches nothing in the library. With every negation pushed down to
the comparisons, a pattern therefore matches exactly when the condition is *known* to hold. Nothing is ever
compiled to absence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from rules.engines.durable.arithmetic import Reader, compile_text, text_of, text_of_sign
from rules.language import tree
from rules.language.tree import Comparison, Expression
from rules.language.types import Base
from rules.law import Law

Pattern: TypeAlias = Mapping[str, Any]

ALWAYS: Pattern = {"$always": 1}
NEVER: Pattern = {"$never": 1}

_NEGATED: Mapping[Comparison, Comparison] = {
    Comparison.EQ: Comparison.NE,
    Comparison.NE: Comparison.EQ,
    Comparison.LT: Comparison.GE,
    Comparison.GE: Comparison.LT,
    Comparison.GT: Comparison.LE,
    Comparison.LE: Comparison.GT,
}
_SIGNS: Mapping[Comparison, str] = {
    Comparison.NE: "$neq",
    Comparison.LT: "$lt",
    Comparison.LE: "$lte",
    Comparison.GT: "$gt",
    Comparison.GE: "$gte",
}


@dataclass
class Properties:
    """The properties that the facts of one kind carry, by name: how each is read that is a term,
    and how the text of any other is made, by which it is computed."""

    law: Law
    terms: dict[str, str] = field(default_factory=dict)
    computed: dict[str, Callable[[], str]] = field(default_factory=dict)
    _names: dict[Expression, str] = field(default_factory=dict)
    _readers: dict[str, Reader] = field(default_factory=dict)

    def name(self, node: Expression) -> str:
        """The property that carries the value of a term, a choice or a yes/no; equal nodes share one."""
        name = self._named(node)
        if isinstance(node, tree.TermUsed):
            held = "single" if self.law.vocabulary.kinds[node.kind].single else "own"
            self.terms[name] = f"{held}.get({f'{node.kind}.{node.name}'!r})"
        else:
            self.computed[name] = lambda: text_of(node, self.law).text
        return name

    def sign(self, node: tree.Compare) -> str:
        """The property that carries how the sides of a comparison compare."""
        name = self._named(node)
        self.computed[name] = lambda: text_of_sign(node, self.law)
        return name

    def reader(self, name: str) -> Reader:
        """How the value of a property is found, compiled when it is first asked for."""
        found = self._readers.get(name)
        if found is None:
            text = self.terms[name] if name in self.terms else self.computed[name]()
            found = self._readers[name] = compile_text(f"    return {text}")
        return found

    def _named(self, node: Expression) -> str:
        return self._names.setdefault(node, f"p{len(self._names)}")

    def pattern(self, node: Expression, holds: bool = True) -> Pattern:
        """The pattern that matches when the condition is known to hold, or known not to."""
        match node:
            case tree.And(parts=parts):
                return (_and if holds else _or)([self.pattern(part, holds) for part in parts])
            case tree.Or(parts=parts):
                return (_or if holds else _and)([self.pattern(part, holds) for part in parts])
            case tree.Not(inner=inner):
                return self.pattern(inner, not holds)
            case tree.Literal(value=value):
                return ALWAYS if value is holds else NEVER
            case tree.Compare():
                return self._comparison(node, holds)
            case tree.OneOf(inner=inner, choices=choices):
                name = self.name(inner)
                if holds:
                    return _or([{name: choice} for choice in choices])
                return _and([{"$neq": {name: choice}} for choice in choices])
            case _:
                return {self.name(node): holds}

    def _comparison(self, node: tree.Compare, holds: bool) -> Pattern:
        comparison = node.comparison if holds else _NEGATED[node.comparison]
        right = node.right
        if isinstance(node.left, tree.TermUsed) and isinstance(right, tree.Literal) and _plain(right):
            return _test(comparison, self.name(node.left), right.value)
        return _test(comparison, self.sign(node), 0)


def _plain(literal: tree.Literal) -> bool:
    """Whether a term beside the literal is held in the same whole parts as the literal is written in."""
    return not literal.type.fraction and not (
        literal.type.base is Base.NUMBER and not isinstance(literal.value, int)
    )


def _test(comparison: Comparison, name: str, value: object) -> Pattern:
    if comparison is Comparison.EQ:
        return {name: value}
    return {_SIGNS[comparison]: {name: value}}


def _and(parts: Sequence[Pattern]) -> Pattern:
    if NEVER in parts:
        return NEVER
    kept = [part for part in parts if part is not ALWAYS]
    return {"$and": kept} if len(kept) > 1 else (kept[0] if kept else ALWAYS)


def _or(parts: Sequence[Pattern]) -> Pattern:
    if ALWAYS in parts:
        return ALWAYS
    kept = [part for part in parts if part is not NEVER]
    return {"$or": kept} if len(kept) > 1 else (kept[0] if kept else NEVER)
