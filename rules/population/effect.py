"""What another law does to a population: its cost, who gains and loses, and the staircase of a wage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypedDict

import numpy as np

from rules.changes import Changes
from rules.engines.columnar.population import GivenColumn, Members, Population
from rules.engines.columnar.run import ColumnarEngine
from rules.engines.columnar.values import Whole
from rules.law import Law
from rules.population.makeup import KINDS

MORE_WAGE = 100_00
"""How much more wage the staircase asks about, in öre."""
_STEP = 1_000_00
"""The width of a step of the staircase, in öre."""


@dataclass
class HouseholdGroup:
    """Some households under two laws. Sums are öre in a month; ``changes`` counts each change there is."""

    households: int = 0
    supported_before: int = 0
    supported_after: int = 0
    cost_before: int = 0
    cost_after: int = 0
    changes: Changes = field(default_factory=Changes)

    def add(self, before: Whole, after: Whole) -> None:
        """Count households by what they get before and after."""
        self.households += len(before)
        self.supported_before += int(np.count_nonzero(before))
        self.supported_after += int(np.count_nonzero(after))
        self.cost_before += int(before.sum())
        self.cost_after += int(after.sum())
        values, counts = np.unique(after - before, return_counts=True)
        self.changes.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))

    def plus(self, other: HouseholdGroup) -> None:
        """Take in the households of another part."""
        for name in ("households", "supported_before", "supported_after", "cost_before", "cost_after"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.changes.update(other.changes)


@dataclass
class WageStep:
    """Households with a wage of a step: how many, and how much support falls in all for 100 kr more of it."""

    households: int = 0
    falls_before: int = 0
    falls_after: int = 0


@dataclass
class Effect:
    """Everything: all households, each kind of them, and the staircase by the lower end of its steps in öre.

    ``unknown`` is the number of households whose sum is not known under either law.
    """

    all: HouseholdGroup = field(default_factory=HouseholdGroup)
    kinds: dict[str, HouseholdGroup] = field(
        default_factory=lambda: {name: HouseholdGroup() for name in KINDS}
    )
    staircase: dict[int, WageStep] = field(default_factory=dict)
    unknown: int = 0

    def plus(self, other: Effect) -> None:
        """Take in another part."""
        self.all.plus(other.all)
        self.unknown += other.unknown
        for name, group in other.kinds.items():
            self.kinds[name].plus(group)
        for low, step in other.staircase.items():
            own = self.staircase.setdefault(low, WageStep())
            for name in ("households", "falls_before", "falls_after"):
                setattr(own, name, getattr(own, name) + getattr(step, name))


def effect(before: ColumnarEngine, after: ColumnarEngine, population: Population) -> Effect:
    """What the later law does to households of the earlier."""
    found = Effect()
    more = with_more_wage(population, before)
    was, was_known = support(before, population)
    will, will_known = support(after, population)
    known = was_known & will_known
    found.unknown = int(np.count_nonzero(~known))
    found.all.add(was[known], will[known])
    kind = kind_of(population)
    for number, name in enumerate(KINDS):
        own = known & (kind == number)
        found.kinds[name].add(was[own], will[own])
    wage = wage_of(population, before)
    with_wage = known & (wage > 0)
    step = wage // _STEP * _STEP
    falls_before, falls_after = was - support(before, more)[0], will - support(after, more)[0]
    for low in np.unique(step[with_wage]).tolist():
        own = with_wage & (step == low)
        found.staircase[low] = WageStep(
            int(np.count_nonzero(own)), int(falls_before[own].sum()), int(falls_after[own].sum())
        )
    return found


def support(engine: ColumnarEngine, population: Population) -> tuple[Whole, np.ndarray]:
    """What every household lacks, in öre, and where that is known."""
    result = engine.evaluate(population).result
    parts, known = (np.broadcast_to(each, (population.size,)) for each in (result.parts, result.known))
    return np.maximum(0 - parts, 0) * known, known


def kind_of(population: Population) -> Whole:
    """The kind of every household, as a number of ``KINDS``."""
    adults = np.bincount(population.of("vuxen").household, minlength=population.size)
    children = np.bincount(population.of("barn").household, minlength=population.size)
    return np.asarray(np.where(adults > 1, 2, 0) + (children > 0))


def _wages(population: Population, engine: ColumnarEngine) -> np.ndarray:
    terms = population.of("inkomst").terms
    return np.asarray(terms["inkomst.typ"].numbers == engine.words.numbers["lön"])


def wage_of(population: Population, engine: ColumnarEngine) -> Whole:
    """The wages of every household together, in öre."""
    incomes = population.of("inkomst")
    found = np.zeros(population.size, np.int64)
    wages = _wages(population, engine)
    np.add.at(found, incomes.household[wages], incomes.terms["inkomst.belopp"].numbers[wages])
    return found


def with_more_wage(population: Population, engine: ColumnarEngine) -> Population:
    """The population where every household with a wage has 100 kr more of it."""
    incomes = population.of("inkomst")
    rows = np.flatnonzero(_wages(population, engine))
    _, first = np.unique(incomes.household[rows], return_index=True)
    amounts = incomes.terms["inkomst.belopp"]
    numbers = amounts.numbers.copy()
    numbers[rows[first]] += MORE_WAGE
    terms = {**incomes.terms, "inkomst.belopp": GivenColumn(numbers, amounts.known)}
    members = {**population.members, "inkomst": Members(incomes.household, terms, incomes.owners)}
    return replace(population, members=members)


def engine_of(law: Law) -> ColumnarEngine:
    """What reckons the sums of a law."""
    return ColumnarEngine(law.of_sums)


class GroupJson(TypedDict):
    """Households and what two laws come to for them, amounts in öre."""

    households: int
    supported_before: int
    supported_after: int
    cost_before: int
    cost_after: int
    winners: int
    losers: int
    quartiles: list[int] | None


StepJson = TypedDict(
    "StepJson", {"from": int, "to": int, "households": int, "kept_before": int, "kept_after": int}
)
"""A step of the staircase, amounts in öre."""


class EffectJson(TypedDict):
    """An effect as JSON."""

    all: GroupJson
    kinds: dict[str, GroupJson]
    staircase: list[StepJson]
    unknown: int


def as_json(found: Effect) -> EffectJson:
    """The whole effect, amounts in öre."""
    return {
        "all": _group(found.all),
        "kinds": {name: _group(group) for name, group in found.kinds.items()},
        "staircase": [
            {
                "from": low,
                "to": low + _STEP,
                "households": step.households,
                "kept_before": _kept(step.falls_before, step),
                "kept_after": _kept(step.falls_after, step),
            }
            for low, step in sorted(found.staircase.items())
        ],
        "unknown": found.unknown,
    }


def _kept(falls: int, step: WageStep) -> int:
    """How much of 100 kr more wage is left on average, in öre."""
    return MORE_WAGE - round(falls / step.households)


def _group(group: HouseholdGroup) -> GroupJson:
    quartiles = group.changes.quartiles()
    return {
        "households": group.households,
        "supported_before": group.supported_before,
        "supported_after": group.supported_after,
        "cost_before": group.cost_before,
        "cost_after": group.cost_after,
        "winners": group.changes.winners,
        "losers": group.changes.losers,
        "quartiles": list(quartiles) if quartiles is not None else None,
    }
