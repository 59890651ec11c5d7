"""The smallest change: which single known fact would have to be what for another outcome.

Every known fact that a rule reads is tried alone: the other answer of a yes/no, each other choice, and for
numbers and days the nearest value on either side at which the outcome turns. Between two tried values the
outcome is taken to turn once; the answer is always a value that was really evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, replace

from rules.calculation import RESULT
from rules.engines.exact.run import ExactEngine
from rules.evaluated import Evaluation
from rules.facts import Disputed, Entity, Facts, Known
from rules.language import tree
from rules.language.tree import walk
from rules.language.types import KRONOR, Base
from rules.language.vocabulary import LARGEST, Stage, Term
from rules.law import Law

OutcomeOf = Callable[[Evaluation], Hashable]
"""The outcome of an evaluation, or None where it has none: a change to no outcome is not an answer."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact, what it is, what it would have to be, and the outcome it would give."""

    entity: str
    label: str
    path: str
    before: Known
    after: Known
    outcome: Hashable


def smallest_changes(
    engine: ExactEngine,
    facts: Facts,
    outcome_of: OutcomeOf,
    stages: tuple[Stage, ...] = tuple(Stage),
    paths: Collection[str] | None = None,
) -> tuple[Change, ...]:
    """For each fact, or each of some, the nearest value that gives another outcome, in the order of the
    facts."""
    law = engine.law
    first = engine.evaluate(facts, stages)
    now = outcome_of(first)
    found: list[Change] = []
    for entity in facts.entities:
        for path, value in entity.values.items():
            term = law.vocabulary.term(path)
            wanted = paths is None or path in paths
            if not wanted or isinstance(value, Disputed) or not _is_read(law, path):
                continue

            def outcome(tried: Known, entity: Entity = entity, path: str = path) -> Hashable:
                return outcome_of(engine.evaluate(_with(facts, entity, path, tried), stages))

            for other, then in _nearest(law, term, value, now, outcome, first):
                found.append(Change(entity.id, entity.label, path, value, other, then))
    return tuple(found)


def _is_read(law: Law, path: str) -> bool:
    return any(path in rule.reads for rule in law.rules)


def _with(facts: Facts, entity: Entity, path: str, value: Known) -> Facts:
    changed = replace(entity, values={**entity.values, path: value})
    entities = tuple(changed if each is entity else each for each in facts.entities)
    return Facts(entities, facts.incomplete)


def _nearest(
    law: Law, term: Term, value: Known, now: Hashable, outcome: Callable[[Known], Hashable], first: Evaluation
) -> Iterator[tuple[Known, Hashable]]:
    if isinstance(value, bool):
        others: list[Known] = [not value]
    elif isinstance(value, str):
        others = [choice for choice in term.type.choices if choice != value]
    else:
        yield from _numbers(law, term, value, now, outcome, first)
        return
    for other in others:
        then = outcome(other)
        if then not in (now, None):
            yield other, then


def _numbers(
    law: Law, term: Term, value: int, now: Hashable, outcome: Callable[[Known], Hashable], first: Evaluation
) -> Iterator[tuple[Known, Hashable]]:
    """The nearest turning point below and above."""
    tries = sorted(_tries(law, term, value, first))
    for side in ([t for t in reversed(tries) if t < value], [t for t in tries if t > value]):
        same = value
        for tried in side:
            then = outcome(tried)
            if then not in (now, None):
                yield _bisect(same, tried, then, now, outcome)
                break
            same = tried


def _bisect(
    same: int, other: int, then: Hashable, now: Hashable, outcome: Callable[[Known], Hashable]
) -> tuple[Known, Hashable]:
    """The value nearest to ``same`` at which the outcome is another, and that outcome."""
    while abs(other - same) > 1:
        middle = (same + other) // 2
        found = outcome(middle)
        if found in (now, None):
            same = middle
        else:
            other, then = middle, found
    return other, then


def _tries(law: Law, term: Term, value: int, first: Evaluation) -> set[int]:
    """Values worth trying: limits that rules compare the term with, its bounds, what the result asks."""
    scale = 100 if term.type.unit == KRONOR else 1
    low = 0 if term.lowest is None else term.lowest * scale
    tries = {low}
    if term.highest is not None:
        tries.add(term.highest * scale)
    elif term.type.base is Base.DAY:
        tries |= {value - 366, value + 366}
    for rule in law.rules:
        if term.path in rule.reads:
            for root in rule.expressions:
                tries |= {limit + step for limit in _limits(root, term.path) for step in (-1, 0, 1)}
    result = first.totals.get(RESULT)
    if term.type.unit == KRONOR and isinstance(result, int):
        tries |= {
            value + sign * step
            for sign in (-1, 1)
            for step in (abs(result), abs(result) + 1, 8 * abs(result) + 8)
        }
    ends = (low, term.highest * scale if term.highest is not None else LARGEST)
    return {tried for tried in tries if ends[0] <= tried <= ends[1]}


def _limits(root: tree.Expression, path: str) -> Iterator[int]:
    for node in walk(root):
        if isinstance(node, tree.Compare) and isinstance(node.right, tree.Literal):
            reads = any(isinstance(inner, tree.TermUsed) and inner.text == path for inner in walk(node.left))
            if reads and isinstance(node.right.value, int) and not isinstance(node.right.value, bool):
                yield node.right.value
