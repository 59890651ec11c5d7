"""A made-up household comes out as the case that it is written as; each rule says why it did not apply."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from decision_service.decision.estimate import read_request
from decision_service.decision.scenario import Scenario, scenario
from rules.book import Rulebook
from rules.evaluated import RuleState
from rules.policy_cases.run import run_all

FAMILY: dict[str, Any] = {
    "month": "2026-11",
    "municipality": "9999",
    "adults": 2,
    "cohabiting": True,
    "household_size": 5,
    "children": [{"age": 5}, {"age": 9, "lunch_away": True, "days": 14}],
    "costs": [
        {"type": "RENT", "amount": "8450.50"},
        {"type": "TRAVEL_MEDICAL_TRANSPORT", "amount": "120"},
        {"type": "MEDICINE", "amount": "90"},
    ],
    "incomes": [{"type": "SALARY", "amount": "4200"}, {"type": "GIFT", "amount": "100.25"}],
    "job_stimulus": True,
}
ALONE: dict[str, Any] = {"month": "2025-03", "adults": 1}
LODGERS: dict[str, Any] = {"month": "2026-10", "municipality": "1384", "adults": 1, "household_size": 3}


def made(asked: dict[str, Any], book: Rulebook, name: str = "Påhittat") -> Scenario:
    return scenario(read_request(asked, book), book, name)


@pytest.mark.parametrize("asked", [FAMILY, ALONE, LODGERS])
def test_the_case_comes_out_as_the_household_did(
    book: Rulebook, tmp_path: Path, asked: dict[str, Any]
) -> None:
    found = made(asked, book, 'Ett: "hushåll" – #1')
    place = tmp_path / "sets" / "prov.fall.yaml"
    place.parent.mkdir()
    place.write_text(found.case, "utf-8")
    [result], _ = run_all(book, tmp_path, covered=False)
    assert result.failures == ()
    assert result.name == 'Ett: "hushåll" – #1'
    place.write_text(re.sub("norm: .*", "norm: 1", found.case), "utf-8")
    [other], _ = run_all(book, tmp_path, covered=False)
    assert any("summan norm" in each for each in other.failures)


def test_a_rule_that_does_not_apply_says_which_part_failed_and_what_it_saw(book: Rulebook) -> None:
    rules = {(each.rule, each.about): each for each in made(FAMILY, book).rules}
    alone = next(each for (rule, _), each in rules.items() if rule == "riksnorm.vuxen.ensam")
    assert alone.state is RuleState.NOT_FIRED
    assert any("hushåll.vuxna är 2" in each for each in alone.why)
    together = next(each for (rule, _), each in rules.items() if rule == "riksnorm.vuxen.sambo")
    assert (together.state, together.why) == (RuleState.FIRED, ())
    for each in rules.values():
        assert each.why or each.state is RuleState.FIRED, each


def test_the_lines_are_those_of_the_calculation(book: Rulebook) -> None:
    found = made(FAMILY, book)
    for line in found.calculation.lines:
        assert f"regel: {line.rule}" in found.case
    assert "4200" in found.case
    assert '"8450,50"' in found.case
