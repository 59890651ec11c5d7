"""What the cases have tried of every rule, and what they have not.

Coverage counts, for every rule, that it has applied and not applied, and for every part of its condition,
also inside ``finns``, ``summa`` and their like, that it has held and not held. A part that the limits of the
vocabulary settle (an amount is never below zero) has but one answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rules.book import Rulebook
from rules.bounds import bounds
from rules.evaluated import Evaluation, RuleState
from rules.language import tree
from rules.language.joining import ALWAYS
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule

Tried = tuple[str, str | None, str]
"""A rule in one of its wordings: its id, its municipality and the first month."""


@dataclass
class Coverage:
    """What the cases have tried, by rule and by part of condition."""

    states: dict[Tried, set[RuleState]] = field(default_factory=dict)
    parts: dict[tuple[Tried, str], set[bool]] = field(default_factory=dict)

    def add(self, evaluation: Evaluation) -> None:
        """Count an evaluation."""
        for key, instance in evaluation.instances.items():
            rule = _tried(instance.rule)
            self.states.setdefault(rule, set()).add(instance.state)
            leaves = _leaf_nodes(instance.rule.condition)
            for leaf, (holds, *_) in zip(leaves, evaluation.trace(key), strict=True):
                if isinstance(holds, bool):
                    self.parts.setdefault((rule, leaf.text), set()).add(holds)

    def untried(self, book: Rulebook) -> Iterator[str]:
        """What no case has tried, in words."""
        for rule in book.rules:
            place = f"{rule.file}:{rule.line}: {rule.id}"
            states = self.states.get(_tried(rule), set())
            if RuleState.FIRED not in states:
                yield f"{place} gäller inte i något fall"
            if rule.condition == ALWAYS:
                continue
            if not states & {RuleState.NOT_FIRED, RuleState.DEFEATED}:
                yield f"{place} gäller i varje fall"
            for tried in (rule, *inner_rules(rule)):
                about = place if tried is rule else f"{place}, i {tried.title}"
                for leaf in _leaf_nodes(tried.condition):
                    seen = self.parts.get((_tried(tried), leaf.text), set())
                    for missing in sorted(_possible(leaf, book.vocabulary) - seen):
                        yield f"{about}: ”{leaf.text}” är aldrig {'sant' if missing else 'falskt'}"


def _tried(rule: Rule) -> Tried:
    return rule.id, rule.municipality, str(rule.span.first)


def inner_rules(rule: Rule) -> Iterator[Rule]:
    """The conditions inside ``finns``, ``summa`` … of a rule, each as a rule of its own about the members."""
    seen: set[str] = set()
    for root in rule.expressions:
        for node in tree.walk(root):
            if isinstance(node, tree.Collect) and node.where is not None and node.text not in seen:
                seen.add(node.text)
                yield replace(
                    rule,
                    id=f"{rule.id} {node.text}",
                    title=node.text,
                    subject=node.kind,
                    condition=node.where,
                    effects=(),
                    defeats=(),
                )


def _leaf_nodes(node: tree.Expression) -> list[tree.Expression]:
    match node:
        case tree.And(parts=parts) | tree.Or(parts=parts):
            return [leaf for part in parts for leaf in _leaf_nodes(part)]
        case tree.Not(inner=inner):
            return _leaf_nodes(inner)
        case _:
            return [node]


def _possible(leaf: tree.Expression, vocabulary: Vocabulary) -> set[bool]:
    """The answers that a part can have, as far as the declared limits tell."""
    if isinstance(leaf, tree.Compare) and leaf.comparison is tree.Comparison.GE:
        low, high = bounds(leaf.left, vocabulary).low, bounds(leaf.right, vocabulary).high
        if low is not None and high is not None and low >= high:
            return {True}
    return {True, False}
