"""The example cases come out as expected, and together they make everything happen that can."""

from __future__ import annotations

import ast
import inspect
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from decision_service.application import adapters
from decision_service.application.case_file import CaseFile
from decision_service.application.outcome import Outcome
from decision_service.commands.decide import in_words
from decision_service.decision import decide, reasons
from decision_service.decision.decide import assess
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from norms.month import Month
from rules.rule import AskEffect
from tests.world.cases import CASES, EXPECTED, NAMES, Compiled, example, raw, read
from tests.world.law import book
from tests.world.sweeps import share, swept

NEVER = {
    "MOTORERNA_OENSE": "needs a broken engine",
    "REGLER_OENSE": "needs rules that contradict each other",
    "RÄKNAT_TVÅ_GÅNGER": "needs two rules that count one thing",
    "PERIOD_SAKNAS": "no municipality counts a payment as income of the time that it is for",
}
"""Reason codes that no case can have under the shipped rules."""


@swept("name", NAMES)
def test_a_case_comes_out_as_expected(name: str) -> None:
    found, expected = example(name).document, EXPECTED[name]
    told = {
        "utfall": found.outcome.value,
        "förslag": found.proposed_outcome.value if found.proposed_outcome is not None else None,
        "belopp": found.calculation.granted,
        "skäl": sorted({reason.code for reason in found.reasons}),
    }
    assert told == {
        "utfall": expected["utfall"],
        "förslag": expected.get("förslag"),
        "belopp": round(Decimal(str(expected["belopp"])) * 100) if "belopp" in expected else None,
        "skäl": sorted(expected["skäl"]),
    }


@swept("name", [name for name in EXPECTED if "uträkning" in EXPECTED[name]])
def test_the_calculation_is_the_one_made_by_hand(name: str) -> None:
    result = example(name).evaluation.totals["kalkyl.resultat"]
    assert isinstance(result, int)
    by_hand = str(EXPECTED[name]["uträkning"])
    assert re.fullmatch(r"\d+(\.\d\d)?( [+-] \d+(\.\d\d)?)*", by_hand)
    needed = sum(Decimal(term.replace(" ", "")) for term in re.findall(r"(?:^|[+-] )\d+(?:\.\d\d)?", by_hand))
    assert result == -needed * 100


def test_every_case_is_expected_and_every_expectation_has_a_case() -> None:
    assert sorted(EXPECTED) == NAMES
    assert len(NAMES) >= 45


def test_every_outcome_happens() -> None:
    outcomes = {example(name).document.outcome for name in NAMES}
    assert outcomes == set(Outcome) - {Outcome.DISMISSED}
    assert Outcome.DISMISSED in {example(name).document.proposed_outcome for name in NAMES}


@pytest.mark.parametrize("outcome", [Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED])
@pytest.mark.parametrize("adults", [1, 2])
def test_every_automatic_outcome_happens_for_one_adult_and_for_two(outcome: Outcome, adults: int) -> None:
    found = [example(name) for name in NAMES if example(name).document.automatic]
    assert any(
        each.document.outcome is outcome and len(each.evaluation.facts.by_kind["vuxen"]) == adults
        for each in found
    )


def own_codes() -> set[str]:
    """The codes that the decision itself gives, read from its source."""
    texts = [Path(inspect.getfile(room)).read_text(encoding="utf-8") for room in (decide, reasons)]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    words = {node.value for node in nodes if isinstance(node, ast.Constant)}
    codes = {
        word for word in words if isinstance(word, str) and re.fullmatch(r"[A-ZÅÄÖ]+(_[A-ZÅÄÖ]+)*", word)
    }
    return codes - {outcome.value for outcome in Outcome}


def test_every_reason_happens() -> None:
    ruled = {
        effect.reason for rule in book().rules for effect in rule.effects if isinstance(effect, AskEffect)
    }
    happened = {reason.code for name in NAMES for reason in example(name).document.reasons}
    assert happened == (ruled | own_codes()) - NEVER.keys()


def test_no_municipality_requires_an_answer_of_migrationsverket() -> None:
    """Once one does, a case must show it."""
    settings = [each for each in book().settings if each.path == "kommun.kräver_svar_från_miv"]
    assert not any(setting.value for setting in settings)


@pytest.mark.parametrize("municipality", ["1384", "1287", "1263", "1283", "9999"])
def test_every_municipality_with_rules_of_its_own_has_a_case(municipality: str) -> None:
    assert any(raw(name)["municipality"] == municipality for name in NAMES)


@pytest.mark.parametrize("month", ["2025-06", "2025-07", "2026-09", "2026-10", "2026-12", "2027-01"])
def test_the_months_where_the_law_changes_have_a_case(month: str) -> None:
    assert any(example(name).evaluation.law.month == Month.parse(month) for name in NAMES)


@swept("name", NAMES)
def test_both_engines_agree(name: str) -> None:
    assert example(name).document.engines.differences == ()


AGAIN = Compiled()
"""Engines that have nothing in common with those of the other tests."""


@swept("name", share(NAMES, 4))
def test_two_runs_give_the_same_bytes(name: str) -> None:
    case = read(raw(name))
    again = assess(case, AGAIN.engines(case).law, AGAIN.engines(case))
    assert again.document.model_dump_json() == example(name).document.model_dump_json()


@swept("name", NAMES)
def test_the_words_mention_every_reason(name: str) -> None:
    words = in_words(example(name))
    for reason in example(name).document.reasons:
        assert f"{reason.code}: {reason.question}" in words
    for sentence in example(name).document.unread:
        assert sentence in words


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("helsingborg-besvarad", "mitt-helsingborg-v1.json"),
        ("helsingborg-fortsatt", "mitt-helsingborg-v1-fortsatt.json"),
    ],
)
def test_the_cases_of_helsingborg_are_what_the_adapter_reads(name: str, file: str) -> None:
    intake = adapters.read(
        "mitt-helsingborg-v1", read_json((CASES.parent / "applications" / file).read_bytes())
    )
    case = read(raw(name))
    assert case.application == intake.application
    assert tuple(case.people) == intake.people
    assert tuple(case.unmapped) == intake.unmapped


@swept("name", NAMES)
def test_a_case_written_as_json_is_the_same_case(name: str) -> None:
    case = read(raw(name))
    written = json.dumps(case.model_dump(mode="json", by_alias=True))
    assert validated(CaseFile, read_json(written.encode())) == case


def test_the_readme_has_a_row_for_every_case() -> None:
    rows = [
        f"| [{name}]({name}.json) | {each['visar']} | {_outcome(each['utfall'], each.get('förslag'))} |"
        for name, each in EXPECTED.items()
    ]
    text = (CASES / "README.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("| [")] == rows


def _outcome(outcome: str, proposed: str | None) -> str:
    if proposed in (None, outcome):
        return outcome
    return f"{outcome}, förslag {proposed}"
