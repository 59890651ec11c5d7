"""A tree, or a rule, with one node in the place of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from rules.language import tree
from rules.language.tree import Comparison, Expression, Extreme, Fold, Operator, Rounding
from rules.language.types import KRONOR, PLAIN, Base, number
from rules.rule import ConcludeEffect, Effect, LineEffect, Rule


def rewritten(node: Expression, old: Expression, new: Expression) -> Expression:
    """The tree with ``new`` wherever ``old`` stands."""
    if node == old:
        return new
    parts = tree.children(node)
    inner = tuple(rewritten(part, old, new) for part in parts)
    return node if all(a is b for a, b in zip(parts, inner, strict=True)) else with_children(node, inner)


def with_children(node: Expression, parts: tuple[Expression, ...]) -> Expression:
    """The node with other parts."""
    match node:
        case tree.Norm():
            return replace(node, keys=parts)
        case tree.Arithmetic() | tree.Compare():
            return replace(node, left=parts[0], right=parts[1])
        case tree.Round() | tree.OneOf() | tree.Not():
            return replace(node, inner=parts[0])
        case tree.Pick() | tree.And() | tree.Or():
            return replace(node, parts=parts)
        case tree.Collect(value=value, where=where):
            left = list(parts)
            return replace(
                node,
                value=left.pop(0) if value is not None else None,
                where=left.pop(0) if where is not None else None,
            )
        case _:
            raise TypeError(f"{type(node).__name__} has no parts.")


def rule_rewritten(rule: Rule, old: Expression, new: Expression) -> Rule:
    """The rule with ``new`` wherever ``old`` stands in its condition or effects; itself where it does not."""
    condition = rewritten(rule.condition, old, new)
    effects = tuple(_effect(effect, old, new) for effect in rule.effects)
    if condition is rule.condition and all(a is b for a, b in zip(effects, rule.effects, strict=True)):
        return rule
    return replace(rule, condition=condition, effects=effects)


def _effect(effect: Effect, old: Expression, new: Expression) -> Effect:
    match effect:
        case LineEffect(amount=amount, applied=applied):
            changed = rewritten(amount, old, new)
            asked = None if applied is None else rewritten(applied, old, new)
            return (
                effect
                if (changed, asked) == (amount, applied)
                else LineEffect(effect.section, changed, asked)
            )
        case ConcludeEffect(value=value):
            changed = rewritten(value, old, new)
            return effect if changed is value else ConcludeEffect(effect.path, changed)
    return effect


# --- what each node can be mistaken for

_BESIDE = {
    Comparison.LT: Comparison.LE,
    Comparison.LE: Comparison.LT,
    Comparison.GT: Comparison.GE,
    Comparison.GE: Comparison.GT,
    Comparison.EQ: Comparison.NE,
    Comparison.NE: Comparison.EQ,
}


def mistakes(node: Expression) -> Iterator[tuple[Expression, str]]:
    """What a node itself can be mistaken for, its parts left as they are, and how that reads."""
    match node:
        case tree.Compare(comparison=comparison, left=left, right=right):
            other = _BESIDE[comparison]
            yield replace(node, comparison=other), f"{left.text} {other.value} {right.text}"
        case tree.Literal(value=value, type=type_) if type_.base is Base.NUMBER:
            if isinstance(value, Fraction):
                yield replace(node, value=value + Fraction(1, 100)), _one_more(node.text)
            elif isinstance(value, int):
                yield replace(node, value=value + (100 if type_.unit == KRONOR else 1)), _one_more(node.text)
        case tree.And(parts=parts):
            yield tree.Or(parts, node.type, node.text), "eller"
        case tree.Or(parts=parts):
            yield tree.And(parts, node.type, node.text), "och"
        case tree.Not(inner=inner):
            yield inner, inner.text
        case tree.TermUsed(type=type_) if type_.base is Base.YES_NO:
            yield tree.Not(node, node.type, f"inte {node.text}"), f"inte {node.text}"
        case tree.OneOf(inner=inner, choices=choices) if len(choices) > 1:
            for choice in choices:
                left_over = tuple(each for each in choices if each != choice)
                yield replace(node, choices=left_over), f"{node.text} utan {choice}"
        case tree.Norm(keys=keys):
            for index, key in enumerate(keys):
                one = tree.Literal(1, number(PLAIN), "1")
                moved = tree.Arithmetic(Operator.ADD, key, one, key.type, f"{key.text} + 1")
                changed = (*keys[:index], moved, *keys[index + 1 :])
                yield replace(node, keys=changed), f"norm.{node.series}[{', '.join(k.text for k in changed)}]"
        case tree.NormGiven():
            yield tree.Not(node, node.type, f"inte {node.text}"), f"inte {node.text}"
        case tree.Collect(fold=Fold.EXISTS | Fold.ALL as fold):
            other_fold = Fold.ALL if fold is Fold.EXISTS else Fold.EXISTS
            if node.where is not None:
                yield replace(node, fold=other_fold), node.text.replace(fold.value, other_fold.value, 1)
        case tree.Arithmetic(operator=Operator.ADD | Operator.SUB as operator, left=left, right=right):
            turned = Operator.SUB if operator is Operator.ADD else Operator.ADD
            yield replace(node, operator=turned), f"{left.text} {turned.value} {right.text}"
        case tree.Pick(extreme=extreme):
            turned_extreme = Extreme.HIGHEST if extreme is Extreme.LOWEST else Extreme.LOWEST
            yield (
                replace(node, extreme=turned_extreme),
                node.text.replace(extreme.value, turned_extreme.value, 1),
            )
        case tree.Round(rounding=Rounding.KRONA):
            yield replace(node, rounding=Rounding.ORE), node.text.replace("krona", "öre", 1)


def _one_more(text: str) -> str:
    digits = "".join(each for each in text.split(",")[0] if each.isdigit())
    unit = "".join(each for each in text if not each.isdigit() and each not in "  ,").strip()
    return f"{int(digits) + 1}{f' {unit}' if unit else ''}"
