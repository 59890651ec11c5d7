"""Conditions put together from others, each with the text that an author would have written."""

from __future__ import annotations

from rules.language import tree
from rules.language.tree import Comparison, Expression
from rules.language.types import YES_NO

ALWAYS = tree.Literal(True, YES_NO, "alltid")
"""The condition of a rule that has none."""


def both(first: Expression, second: Expression) -> Expression:
    """The condition that holds when both do."""
    if first is ALWAYS:
        return second
    if second is ALWAYS:
        return first
    parts = first.parts if isinstance(first, tree.And) and not tree.is_named(first) else (first,)
    return tree.And((*parts, second), YES_NO, f"{_beside_and(first)} och {_beside_and(second)}")


def _beside_and(node: Expression) -> str:
    return f"({node.text})" if isinstance(node, tree.Or) and not tree.is_named(node) else node.text


def compared(comparison: Comparison, left: Expression, right: Expression) -> tree.Compare:
    """Two values compared."""
    return tree.Compare(comparison, left, right, YES_NO, f"{left.text} {comparison.value} {right.text}")


def otherwise(path: str, value: str) -> str:
    """The condition, as text, that a term has another value than the one demanded."""
    return {"ja": f"inte {path}", "nej": path}.get(value, f"{path} ≠ {value}")
