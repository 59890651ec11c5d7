"""Households that do not exist, the same for the same seed: what there is to reckon on where nothing is real.

Each part of a population is made by itself, from the seed and its number, so that memory stays flat and it
does not matter who makes which part.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rules.engines.columnar.population import ChoiceNumbers, GivenColumn, Members, Population
from rules.engines.columnar.values import Whole
from rules.law import Law
from rules.population.makeup import KINDS, Makeup, Range, makeup

PART = 20_000
"""Households of a part."""
_ALL = np.array(True)


def parts(households: int) -> int:
    """How many parts a population of so many households has."""
    return -(-households // PART)


def synthetic(law: Law, households: int, seed: int, part: int) -> Population:
    """A part of a population, the parts numbered from 0."""
    size = min(PART, households - part * PART)
    return _Maker(law, size, np.random.default_rng((seed, part)), makeup()).population()


class _Maker:
    def __init__(self, law: Law, size: int, random: np.random.Generator, made_of: Makeup) -> None:
        self.law, self.size, self.random, self.made_of = law, size, random, made_of
        self.words = ChoiceNumbers(law.vocabulary)

    def population(self) -> Population:
        kinds = self.made_of.kinds
        kind = self.random.choice(len(KINDS), self.size, p=[kinds[name] / 100 for name in KINDS])
        adults = np.where(kind >= 2, 2, 1)
        children = np.where(kind % 2 == 1, self.drawn(self.made_of.children), 0)
        lodgers = self.drawn(self.made_of.lodgers)
        everybody = np.arange(self.size)
        household = {
            "hushåll.vuxna": adults,
            "hushåll.boende": adults + children + lodgers,
        }
        members = {"hushåll": _members(everybody, household)}
        members["vuxen"] = self.adults(np.repeat(everybody, adults))
        members["barn"] = self.children(np.repeat(everybody, children))
        members["kostnad"] = self.costs(children)
        members["inkomst"] = self.incomes(np.concatenate(([0], np.cumsum(adults)))[:-1])
        return Population(self.size, members).with_nobody_answering(self.law.vocabulary)

    def adults(self, household: Whole) -> Members:
        stimulus = self.happens(self.made_of.job_stimulus, len(household))
        return _members(household, {"vuxen.jobbstimulans_beviljad": stimulus})

    def children(self, household: Whole) -> Members:
        size = len(household)
        zero = np.zeros(size, np.int64)
        ages = self.random.integers(0, 19, size)
        lunch_away = self.happens(self.made_of.lunch_away, size)
        terms = {
            "barn.ålder": ages,
            "barn.äter_lunch_hemma": 1 - lunch_away,
            "barn.lunch_borta_sagd": lunch_away,
            "barn.dagar_i_hemmet": zero + self.law.month.days,
            "barn.umgängesbarn": zero,
            "barn.går_i_skolan": zero + 1,
            "barn.arbetsinkomst_tidigare_i_år": zero,
        }
        return _members(household, terms)

    def costs(self, children: Whole) -> Members:
        rent = self.between(self.made_of.rent.base) + children * self.between(self.made_of.rent.each_child)
        amounts = {
            "hyra": rent,
            "hushållsel": self.between(self.made_of.electricity),
            "hemförsäkring": self.between(self.made_of.insurance),
        }
        size = self.size * len(amounts)
        kinds = np.array([self.words.numbers[name] for name in amounts], np.int64)
        zero = np.zeros(size, np.int64)
        terms = {
            "kostnad.typ": np.tile(kinds, self.size),
            "kostnad.belopp": np.stack(list(amounts.values()), axis=1).reshape(size),
            "kostnad.är_bedömd": zero,
            "kostnad.godkänd_förut": zero,
            "kostnad.månader_sedan_godkännandet": zero,
        }
        return _members(np.repeat(np.arange(self.size), len(amounts)), terms)

    def incomes(self, first_adult: Whole) -> Members:
        household, kinds, amounts = [], [], []
        for name, income in self.made_of.incomes.items():
            who = np.flatnonzero(self.happens(income.share, self.size))
            household.append(who)
            kinds.append(np.full(len(who), self.words.numbers[name], np.int64))
            amounts.append(self.between(income.amount)[who])
        where = np.concatenate(household)
        order = np.argsort(where, kind="stable")
        where = where[order]
        one, zero = np.ones(len(where), np.int64), np.zeros(len(where), np.int64)
        terms = {
            "inkomst.typ": np.concatenate(kinds)[order],
            "inkomst.belopp": np.concatenate(amounts)[order],
            "inkomst.månader_före": one,
            "inkomst.ur_register": zero,
        }
        owners = dict.fromkeys(self.law.vocabulary.kinds["inkomst"].owners, -one)
        return Members(where, _known(terms), {**owners, "vuxen": first_adult[where]})

    # --- chance

    def happens(self, percent: int, size: int) -> Whole:
        return (self.random.integers(0, 100, size) < percent).astype(np.int64)

    def drawn(self, shares: Mapping[int, int]) -> Whole:
        numbers = np.array(list(shares), np.int64)
        return self.random.choice(numbers, self.size, p=[share / 100 for share in shares.values()])

    def between(self, ends: Range) -> Whole:
        """Whole kronor, in öre."""
        low, high = ends
        return self.random.integers(low // 100, high // 100 + 1, self.size) * 100


def _members(household: Whole, terms: Mapping[str, Whole]) -> Members:
    return Members(household, _known(terms))


def _known(terms: Mapping[str, Whole]) -> dict[str, GivenColumn]:
    return {
        path: GivenColumn(numbers, np.broadcast_to(_ALL, numbers.shape)) for path, numbers in terms.items()
    }
