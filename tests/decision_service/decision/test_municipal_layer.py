"""A municipality's layer never gives a household less than the national rules alone, on the whole result.

The limits of the municipality's tables are a part of both: the national rules leave it to the municipality
what is reasonable. What is compared is all else that a municipality may choose, but for the month that a
payment counts in: that moves money between months and is counted over time, in ``test_income_month``.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.households import case, ordinary
from decision_service.application.case_file import CaseFile
from decision_service.decision.facts.case_facts import build_facts
from norms.month import Month
from rules.engines.exact.run import ExactEngine
from rules.law import Law, resolve
from tests.world import cases
from tests.world.law import book
from tests.world.sweeps import share

FIRST, LAST = Month(2011, 1), Month(2026, 12)
MONTHS = [FIRST.plus(number) for number in range(LAST.index - FIRST.index + 1)]
CODES = sorted(
    {path.split("/")[3] for path in book().files if path.startswith("rules/sets/municipal/")} - {"delade"}
)
RESULT = "kalkyl.resultat"
"""Öre: incomes less norm and costs. The lower it is, the more the household gets."""


def households(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Ordinary households, some with a child here a part of the month, some who share a home."""
    chance = random.Random(seed)
    for household in ordinary(seed, count):
        yield {"household": household, "sharing": chance.randrange(0, 4), "days": chance.randrange(0, 31)}


def facts_case(drawn: dict[str, Any], code: str, month: Month) -> CaseFile:
    """The household's case in a month."""
    control = month.plus(-1)
    found = case(drawn["household"], code, month, control.last)
    found["application"]["housingPersonCount"] += drawn["sharing"]
    for child in found["application"]["children"][:1]:
        child |= {"residenceExtent": "OTHER", "daysInHome": min(drawn["days"], month.days)}
    return cases.read(found)


@cache
def laws(code: str, month: Month) -> tuple[Law, ExactEngine, ExactEngine]:
    """The law of a municipality, and its engines with its layer and with the national rules alone."""
    law = resolve(book(), month, code, without_norm=True)
    bare = replace(law, rules=tuple(rule for rule in law.rules if rule.municipality is None), settings=())
    return law, ExactEngine(law), ExactEngine(bare)


def compare(drawn: dict[str, Any], code: str, month: Month) -> tuple[object, object]:
    """The result with the municipality's layer, and with the national rules alone. Öre."""
    law, whole, bare = laws(code, month)
    facts = build_facts(facts_case(drawn, code, month), law).facts
    return whole.evaluate(facts).totals.get(RESULT), bare.evaluate(facts).totals.get(RESULT)


def hold(drawn: dict[str, Any], code: str, month: Month) -> bool:
    """Check one household; whether both sums were known."""
    layered, national = compare(drawn, code, month)
    if not isinstance(layered, int) or not isinstance(national, int):
        return False
    assert layered <= national, f"{code} {month}: {national - layered} öre less than the national rules"
    return True


@given(st.integers(0, 2**32), st.sampled_from(CODES), st.sampled_from(MONTHS[-24:]))
def test_no_household_gets_less(seed: int, code: str, month: Month) -> None:
    for drawn in households(seed, 3):
        hold(drawn, code, month)


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
def test_no_household_gets_less_in_any_month(code: str) -> None:
    """Of each municipality a share of the months: what one leaves out others try."""
    of_code = [each for each in share(itertools.product(CODES, MONTHS), 12, itemgetter(0)) if each[0] == code]
    known = 0
    for _, month in of_code:
        for drawn in households(month.index, 12):
            known += hold(drawn, code, month)
        laws.cache_clear()
    assert known > len(of_code)
