"""What courts and inspectors have found: a machine refuses nothing for its form or for what is old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from decision_service.application.outcome import Outcome
from decision_service.decision.document import Assessment
from tests.world.cases import decided, raw

Case = dict[str, Any]
AUTOMATIC = {Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED}


def codes(found: Assessment) -> set[str]:
    """The codes of everything that is asked."""
    return {each.code for each in found.reasons}


def saying(**answers: Any) -> Assessment:
    """What comes of a plain application that says something more."""
    case = raw("ensam-bifall")
    case["application"] |= answers
    return decided(case)


# --- surplus, savings, old deposits


def test_a_surplus_of_the_month_before_is_asked_about() -> None:
    assert "ÖVERSKOTT_FÖRRA_MÅNADEN" in codes(decided(raw("overskott-forra-manaden")))


def test_a_surplus_of_months_ago_is_not_counted_by_the_machine() -> None:
    case = raw("ensam-bifall")
    case["history"] = [
        case["history"][0] | {"month": "2026-07", "outcome": "AVSLAG", "amount": 0, "surplus": 2400},
        case["history"][0],
    ]
    found = decided(case)
    assert found.calculation.granted == 1_201_000
    assert not [each for each in found.calculation.lines if each.kind == "income"]


def test_money_saved_from_an_extra_grant_is_put_before_a_person() -> None:
    saved = {"assetCategory": "BANK_SAVINGS", "value": 6000, "description": "sparat från extra bidrag"}
    assert "TILLGÅNG" in codes(saying(hasAssets=True, assets=[saved]))


def test_a_deposit_of_an_earlier_month_is_not_counted_and_asked_about_by_its_month() -> None:
    swish = {"incomeType": "SWISH_DEPOSITS", "amount": 1800, "incomeDate": "2026-08-14"}
    found = saying(hasIncomes=True, incomes=[swish])
    assert found.calculation.income == 0
    assert "INKOMST_ANNAN_MÅNAD" in codes(found)
    assert found.outcome not in AUTOMATIC


# --- a control that does not go through

CONTROLS: dict[str, Callable[[Case], Any]] = {
    "no plan": lambda case: case["activity"].clear(),
    "no answer of AF": lambda case: case["registers"].pop("af"),
    "no answer of FK": lambda case: case["registers"].pop("fk"),
    "no answer of Skatteverket": lambda case: case["registers"].pop("skv"),
    "another civil status": lambda case: case["application"].update(maritalStatus="COHABITING"),
    "another number in the home": lambda case: case["application"].update(housingPersonCount=4),
    "not signed": lambda case: case["application"]["persons"][0].update(signed=False),
    "not attested": lambda case: case["application"].pop("attestation"),
    "attested with a no": lambda case: case["application"].update(attestation=False),
    "nothing decided before": lambda case: case["history"].clear(),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_that_fails_is_a_question_and_never_a_refusal(control: str) -> None:
    case = raw("ensam-bifall")
    CONTROLS[control](case)
    assert decided(case).outcome in (Outcome.COMPLETION, Outcome.HANDLAGGARE)


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_that_fails_turns_no_refusal_into_one_by_machine(control: str) -> None:
    """Where the sums would refuse, the failed control is still asked about first."""
    case = raw("ensam-bifall")
    salary = {"incomeType": "SALARY", "amount": 30_000, "incomeDate": "2026-10-23"}
    case["application"] |= {"hasIncomes": True, "incomes": [salary]}
    CONTROLS[control](case)
    assert decided(case).outcome in (Outcome.COMPLETION, Outcome.HANDLAGGARE)


# --- everything that is said is heard


@pytest.mark.parametrize("field", ["otherInformation", "housingDescription", "livelihoodDescription"])
def test_what_is_written_outside_the_questions_is_put_before_a_person(field: str) -> None:
    found = saying(**{field: "jag behöver också vinterskor till barnet"})
    assert found.outcome not in AUTOMATIC


def test_a_file_that_nobody_has_read_is_put_before_a_person() -> None:
    found = saying(attachments=[{"category": "RENT", "name": "hyra.pdf", "fileId": "1"}])
    assert found.outcome not in AUTOMATIC


@pytest.mark.parametrize("second", [6800, 6200, 0])
def test_of_two_rents_neither_is_chosen_by_the_machine(second: int) -> None:
    rents = [{"costType": "RENT", "appliedAmount": each} for each in (6200, second)]
    found = saying(costs=rents)
    assert "FLERA_KOSTNADER" in codes(found)
    assert found.outcome not in AUTOMATIC
