"""A population as columns: what there is one of by household, what there are several of by member.

Choices and texts are numbers in the order of a common list of words, so that two of them can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rules.engines.columnar.values import ONE, Holds, Mask, Number, Whole
from rules.facts import Entity, Facts, Known
from rules.language.types import YES_NO, Base
from rules.language.vocabulary import Source, Term, Vocabulary

GIVEN = frozenset({Source.APPLICATION, Source.REGISTER, Source.HISTORY, Source.INTAKE})
"""The sources of what a population says; the rest the law says itself."""


class ChoiceNumbers:
    """Every choice of a vocabulary as a number, the same number for the same word."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        choices = (choice for term in vocabulary.terms.values() for choice in term.type.choices)
        self.numbers: Mapping[str, int] = {word: at for at, word in enumerate(dict.fromkeys(choices))}
        self.words: Sequence[str] = list(self.numbers)

    def number(self, value: Known) -> int:
        """A value as the number that stands for it."""
        return self.numbers[value] if isinstance(value, str) else int(value)

    def value(self, term: Term, number: int) -> Known:
        """The value that a number stands for."""
        match term.type.base:
            case Base.YES_NO:
                return bool(number)
            case Base.CHOICE:
                return self.words[number]
        return int(number)


@dataclass(frozen=True)
class GivenColumn:
    """A term of every member: its numbers, and where it is known."""

    numbers: Whole
    known: Mask

    @cached_property
    def number(self) -> Number:
        """As numbers."""
        return Number(np.where(self.known, self.numbers, 0), ONE, self.known)

    @cached_property
    def holds(self) -> Holds:
        """As a condition."""
        yes = self.numbers != 0
        return Holds(self.known & yes, self.known & ~yes)


@dataclass(frozen=True)
class Members:
    """All members of a kind: the household of each, in rising order, and its owner where it has one.

    ``owners`` gives for a kind of owner the member of it that owns each, -1 for none of that kind.
    """

    household: Whole
    terms: Mapping[str, GivenColumn]
    owners: Mapping[str, Whole] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.household)


@dataclass(frozen=True)
class Population:
    """``size`` households. ``members`` are by kind; of a kind there is one of, one for each household.

    ``incomplete`` says, by kind, which households may have members that nobody has told of.
    """

    size: int
    members: Mapping[str, Members]
    incomplete: Mapping[str, Mask] = field(default_factory=dict)

    def of(self, kind: str) -> Members:
        """The members of a kind; none where the population does not say."""
        found = self.members.get(kind)
        return found if found is not None else Members(np.zeros(0, np.int64), {})

    def with_nobody_answering(self, vocabulary: Vocabulary) -> Population:
        """The population where nobody has answered what it does not say was answered: as ``Facts`` has it."""
        members = dict(self.members)
        for name, kind in vocabulary.kinds.items():
            silent = [term.path for term in kind.terms.values() if term.answered and term.type == YES_NO]
            own = members.get(name)
            if own is None and kind.single and silent:
                own = Members(np.arange(self.size), {})
            if own is not None:
                nobody = GivenColumn(np.zeros(len(own), np.int64), np.ones(len(own), bool))
                terms = {**dict.fromkeys(silent, nobody), **own.terms}
                members[name] = Members(own.household, terms, own.owners)
        return Population(self.size, members, self.incomplete)

    def part(self, first: int, end: int) -> Population:
        """The households from ``first`` to before ``end``."""
        cuts = {
            kind: np.searchsorted(each.household, (first, end)).tolist()
            for kind, each in self.members.items()
        }
        members = {}
        for kind, each in self.members.items():
            low, high = cuts[kind]
            terms = {
                path: GivenColumn(one.numbers[low:high], one.known[low:high])
                for path, one in each.terms.items()
            }
            owners = {
                owner: np.where(index[low:high] >= 0, index[low:high] - cuts[owner][0], -1)
                for owner, index in each.owners.items()
            }
            members[kind] = Members(each.household[low:high] - first, terms, owners)
        return Population(
            min(end, self.size) - first,
            members,
            {kind: mask[first:end] if mask.ndim else mask for kind, mask in self.incomplete.items()},
        )

    def facts(self, household: int, vocabulary: Vocabulary, words: ChoiceNumbers) -> Facts:
        """One household as the facts of a case. Members are named by their kind and place."""
        return Facts(
            tuple(self._entities(household, vocabulary, words)),
            frozenset(
                kind for kind, mask in self.incomplete.items() if (mask[household] if mask.ndim else mask)
            ),
        )

    def _entities(self, household: int, vocabulary: Vocabulary, words: ChoiceNumbers) -> Iterator[Entity]:
        for kind, each in self.members.items():
            low, high = np.searchsorted(each.household, (household, household + 1))
            for at in range(int(low), int(high)):
                values = {
                    path: words.value(vocabulary.terms[path], int(one.numbers[at]))
                    for path, one in each.terms.items()
                    if one.known[at]
                }
                owner = next(
                    (f"{name}{index[at]}" for name, index in each.owners.items() if index[at] >= 0), None
                )
                single = vocabulary.kinds[kind].single
                yield Entity(kind, kind if single else f"{kind}{at}", values, owner)
