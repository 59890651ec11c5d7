"""Households at random: every fact that there is, known or not, near the limits of the rules."""

from __future__ import annotations

import numpy as np

from rules.engines.columnar.population import GIVEN, ChoiceNumbers, GivenColumn, Members, Population
from rules.facts import within
from rules.language import tree
from rules.language.types import KRONOR, Base
from rules.language.vocabulary import Term
from rules.law import Law


def random_population(law: Law, size: int, seed: int) -> Population:
    """So many households, the same for the same seed. Of every second one all is known."""
    random = np.random.default_rng(seed)
    vocabulary = law.vocabulary
    words = ChoiceNumbers(vocabulary)
    members: dict[str, Members] = {}
    whole = random.random(size) < 0.5
    kinds = sorted(vocabulary.kinds.values(), key=lambda kind: bool(kind.owners))
    for kind in kinds:
        terms = [
            term for term in kind.terms.values() if term.source in GIVEN and term.type.base is not Base.TEXT
        ]
        if not terms:
            continue
        counts = np.ones(size, np.int64) if kind.single else random.integers(0, 3, size)
        household = np.repeat(np.arange(size), counts)
        columns = {}
        for term in terms:
            known = whole[household] | (random.random(len(household)) < 0.85) | term.answered
            columns[term.path] = GivenColumn(_numbers(law, words, term, len(household), random), known)
        owners = {owner: np.full(len(household), -1, np.int64) for owner in kind.owners}
        for row, number in enumerate(household.tolist()):
            for owner in (
                random.permutation(list(kind.owners)) if kind.owners and random.random() < 0.8 else ()
            ):
                low, high = np.searchsorted(members[owner].household, (number, number + 1))
                if high > low:
                    owners[str(owner)][row] = random.integers(low, high)
                    break
        members[kind.name] = Members(household, columns, owners)
    incomplete = {
        kind.name: random.random(size) < 0.02 for kind in kinds if not kind.single and kind.name in members
    }
    return Population(size, members, incomplete)


def _numbers(
    law: Law, words: ChoiceNumbers, term: Term, size: int, random: np.random.Generator
) -> np.ndarray:  # type: ignore[type-arg]
    match term.type.base:
        case Base.YES_NO:
            return random.integers(0, 2, size)
        case Base.CHOICE:
            return random.choice([words.numbers[choice] for choice in term.type.choices], size)
        case Base.DAY:
            return random.integers(-70, 70, size) + law.month.plus(-1).first.toordinal()
    limits = {0, 1, 2, *_limits(law, term)}
    near = {limit + step for limit in limits for step in (-1, 0, 1)}
    if term.type.unit == KRONOR:
        near |= {limit + 100 for limit in limits} | {500_000, 399_999, 1_234_567}
    elif term.percent:
        near |= {2_500, 5_000, 10_000}
    else:
        near |= {7, 11, 18, 30, 31}
    return random.choice(sorted(each for each in near if within(term, each)), size)


def _limits(law: Law, term: Term) -> set[int]:
    return {
        node.right.value
        for rule in law.rules
        for root in rule.expressions
        for node in tree.walk(root)
        if isinstance(node, tree.Compare)
        and isinstance(node.right, tree.Literal)
        and type(node.right.value) is int
        and any(
            isinstance(inner, tree.TermUsed) and inner.text == term.path for inner in tree.walk(node.left)
        )
    }
