"""What the cases have tried of every rule, and what they have not.

Coverage counts, for every rule, that it has applied and not applied, and for every part of its condition,
also inside ``finns``, ``summa`` and their like, that it has held and not held. A part that the limits of the
vocabulary settle (an amount is never below zero) has but one answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rules.book import Rulebook
from rules.bounds import bounds
from rules.evaluated import Evaluation, RuleState
from rules.language import tree
from rules.language.joining import ALWAYS
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule

Tried = tuple[str, str | None, str]
"""A rule in one of its wordings: its id, its municipality and the first month."""


@dataclass(frozen=True, slots=True)
class Untried:
    """A rule, or a part of its condition, that no case has tried, and where the rule stands."""

    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


class Coverage:
    """What the cases have tried, by rule and by part of condition."""

    def __init__(self) -> None:
        self.states: dict[Tried, set[RuleState]] = {}
        self.parts: dict[tuple[Tried, str], set[bool]] = {}
        self._rules: dict[int, _OfRule] = {}

    def add(self, evaluation: Evaluation) -> None:
        """Count an evaluation. A condition whose every part has held and not held is looked into no more."""
        for key, instance in evaluation.instances.items():
            rule = self._rules.get(id(instance.rule)) or self._of(instance.rule)
            rule.states.add(instance.state)
            if rule.open:
                for seen, (holds, *_) in zip(rule.parts, evaluation.trace(key), strict=True):
                    if isinstance(holds, bool):
                        seen.add(holds)
                rule.open = any(len(seen) < 2 for seen in rule.parts)

    def _of(self, rule: Rule) -> _OfRule:
        tried = _tried(rule)
        parts = [self.parts.setdefault((tried, each.text), set()) for each in _leaf_nodes(rule.condition)]
        found = self._rules[id(rule)] = _OfRule(rule, self.states.setdefault(tried, set()), parts)
        return found

    def untried(self, book: Rulebook) -> Iterator[Untried]:
        """What no case has tried."""
        for rule in book.rules:
            states = self.states.get(_tried(rule), set())
            if RuleState.FIRED not in states:
                yield _untried(rule, "gäller inte i något fall")
            if rule.condition == ALWAYS:
                continue
            if not states & {RuleState.NOT_FIRED, RuleState.DEFEATED}:
                yield _untried(rule, "gäller i varje fall")
            for tried in (rule, *inner_rules(rule)):
                about = "" if tried is rule else f"i {tried.title}: "
                for leaf in _leaf_nodes(tried.condition):
                    seen = self.parts.get((_tried(tried), leaf.text), set())
                    for missing in sorted(_possible(leaf, book.vocabulary) - seen):
                        answer = "sant" if missing else "falskt"
                        yield _untried(rule, f"{about}”{leaf.text}” är aldrig {answer}")


@dataclass(slots=True)
class _OfRule:
    """What is noted of a rule, which is kept so that no other has its identity."""

    rule: Rule
    states: set[RuleState]
    parts: list[set[bool]]
    open: bool = True


def _untried(rule: Rule, message: str) -> Untried:
    return Untried(rule.file, rule.line, rule.id, message)


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
