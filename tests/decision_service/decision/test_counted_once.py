"""The same money is counted once, and what is gone or higher than before is asked about: of every example."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from decision_service.application.outcome import Outcome
from decision_service.reading.strict_json import InputError
from tests.world.cases import EXPECTED, NAMES, decided, example, judged, raw
from tests.world.sweeps import share, swept

Case = dict[str, Any]
AUTOMATIC = [name for name in NAMES if EXPECTED[name]["utfall"] in ("BIFALL", "DELAVSLAG", "AVSLAG")]
MONTHLY = ["RENT", "ELECTRICITY", "HOME_INSURANCE", "INTERNET", "UNEMPLOYMENT_FUND", "UNION_FEE"]


def codes(case: Case) -> set[str]:
    """The codes of everything that is asked. A case of which anything is asked is not decided."""
    found = decided(case)
    assert found.automatic is not bool(found.reasons)
    return {reason.code for reason in found.reasons}


def doubled(case: Case, part: str) -> Iterator[Case]:
    """The case with each row of a list twice, one at a time, as if last month had been the same."""
    for number, row in enumerate(case["application"].get(part, [])):
        other = copy.deepcopy(case)
        other["application"][part].insert(number, copy.deepcopy(row))
        yield other


def lone(**changes: Any) -> Case:
    """One adult whose application all is granted of, with something else in it."""
    case = raw("ensam-bifall")
    case["application"].update(changes)
    return case


def with_income(rows: list[Case], before: Case) -> Case:
    """One adult with incomes that are not new."""
    case = lone(hasIncomes=True, incomes=rows)
    case["history"][-1]["incomes"] = before
    return case


@swept("name", AUTOMATIC)
def test_a_row_that_stands_twice_is_never_decided_on_by_the_machine(name: str) -> None:
    case = raw(name)
    declared = [each for each in doubled(case, "incomes") if counts(each)]
    assert all("DUBBEL_INKOMST" in codes(each) for each in declared)
    for each in doubled(case, "costs"):
        assert codes(each) & {"FLERA_KOSTNADER", "KOSTNAD_NY_ELLER_HÖGRE"}


def counts(case: Case) -> bool:
    """Whether an application has twice an income of the month before."""
    form = case["application"]
    month = form["periodYear"] * 12 + form["periodMonth"] - 2
    rows = [row for row in form["incomes"] if form["incomes"].count(row) > 1 and float(row["amount"]) > 0]
    return any(
        int(row["incomeDate"][:4]) * 12 + int(row["incomeDate"][5:7]) - 1 == month
        for row in rows
        if "incomeDate" in row
    )


@pytest.mark.slow
@swept("name", share(AUTOMATIC, 4))
def test_a_monthly_cost_that_was_approved_and_is_gone_or_zero_is_asked_about(name: str) -> None:
    case = raw(name)
    if not case.get("history"):
        return
    for kind in MONTHLY:
        before = copy.deepcopy(case)
        form = before["application"]
        form["costs"] = [row for row in form["costs"] if row["costType"] != kind]
        before["history"][-1].setdefault("costs", {})[kind] = 900
        assert "KOSTNAD_BORTA" in codes(before), kind
        form["costs"].append({"costType": kind, "appliedAmount": 0})
        assert "KOSTNAD_BORTA" in codes(before), kind


@pytest.mark.parametrize("kind", ["MEDICINE", "MEDICAL_CARE", "DENTAL_CARE", "GLASSES"])
def test_a_cost_that_does_not_come_every_month_is_not_missed(kind: str) -> None:
    case = lone()
    case["history"][-1]["costs"][kind] = 300
    assert decided(case).automatic


@swept("name", NAMES)
def test_a_proposal_to_grant_everything_has_every_cost_on_a_line_in_full(name: str) -> None:
    found, case = example(name).document, raw(name)
    if found.proposed_outcome is not Outcome.GRANTED or found.calculation.lines is None:
        return
    lines = {line.subject: line for line in found.calculation.lines if line.applied is not None}
    for number, cost in enumerate(case["application"].get("costs", [])):
        if float(cost.get("appliedAmount") or 0) > 0:
            line = lines[f"costs[{number}]"]
            assert line.amount >= (line.applied or 0)


@pytest.mark.parametrize("kind", ["DEBT", "OTHER"])
def test_a_cost_on_no_line_is_never_granted_by_a_proposal(kind: str) -> None:
    case = raw("par-delavslag-internet")
    for row in case["application"]["costs"]:
        row["costType"] = kind if row["costType"] == "INTERNET" else row["costType"]
    found = decided(case)
    assert found.proposed_outcome is Outcome.GRANTED_IN_PART
    asked = [reason.question for reason in found.reasons if reason.code == "BISTÅND_12_2"]
    assert any("499" in question for question in asked)


PENSION = {"incomeType": "OCCUPATIONAL_PENSION_INSURANCE", "amount": 7000, "incomeDate": "2026-10-19"}


def with_payments(code: str, *rows: tuple[str, int]) -> Case:
    """One adult who declares a pension, and payments of Försäkringskassan, each a day and an amount."""
    case = with_income([PENSION], {"OCCUPATIONAL_PENSION_INSURANCE": 7000})
    case["registers"]["fk"]["formansinformation"]["utbetalningsuppgift"] = [
        {
            "typ": {"id": 1, "beskrivning": "Månad"},
            "formansfamilj": {"id": code},
            "datum": day,
            "nettobelopp": {"summa": amount, "valuta": "SEK"},
        }
        for day, amount in rows
    ]
    return case


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([("2026-09-19", 7000), ("2026-10-19", 7000)], True),
        ([("2026-09-30", 7050), ("2026-10-21", 7050)], True),
        ([("2026-09-19", 4000), ("2026-10-19", 4000)], False),
    ],
)
def test_a_benefit_that_the_applicant_declares_under_another_name_is_asked_about(
    rows: list[tuple[str, int]], asked: bool
) -> None:
    case = with_payments("SA", *rows)
    assert ("DUBBEL_INKOMST" in codes(case)) is asked


def test_a_payment_of_the_day_before_the_month_is_not_counted_again_when_declared_in_it() -> None:
    case = with_payments("SA", ("2026-09-30", 7000))
    case["application"]["incomes"][0]["incomeDate"] = "2026-10-01"
    assert "DUBBEL_INKOMST" in codes(case)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({}, True),
        ({"incomeDate": "2026-10-23"}, True),
        ({"incomeDate": "2026-10-26"}, False),
        ({"amount": "11950"}, True),
        ({"amount": "11500"}, False),
        ({"incomeType": "OTHER_INCOME"}, True),
    ],
)
def test_two_incomes_near_in_day_and_amount_are_asked_about(change: Case, asked: bool) -> None:
    first = {"incomeType": "SALARY", "amount": 12000, "incomeDate": "2026-10-20"}
    case = with_income([first, first | change], {"SALARY": 24000})
    assert ("DUBBEL_INKOMST" in codes(case)) is asked


def test_the_question_names_both_rows() -> None:
    row = {"incomeType": "SALARY", "amount": 12000, "incomeDate": "2026-10-25"}
    reasons = judged(with_income([row, row], {"SALARY": 24000})).reasons
    asked = [reason.question for reason in reasons if reason.code == "DUBBEL_INKOMST"]
    assert [each.replace("\u00a0", " ") for each in asked] == [
        "Lön (rad 1) och Lön (rad 2): 12 000 kr och 12 000 kr. "
        "Är det samma inkomst två gånger, eller ska båda räknas?"
    ]


def test_a_rent_that_rises_under_the_limit_in_the_same_home_is_asked_about() -> None:
    case = lone()
    case["history"][-1]["costs"]["RENT"] = 5000
    assert "HYRA_HÖJD" in codes(case)


def test_what_several_rows_had_together_is_no_measure_of_one() -> None:
    case = lone()
    case["application"]["costs"].append({"costType": "UNION_FEE", "appliedAmount": 1200})
    last = case["history"][-1]
    last["costs"]["UNION_FEE"] = 1200
    assert decided(case).automatic, "one row of 1 200 was approved before, as far as is known"
    last["cost_rows"] = {"UNION_FEE": 4}
    assert "KOSTNAD_NY_ELLER_HÖGRE" in codes(case)


@pytest.mark.parametrize("extent", ["OTHER", "HALF_TIME"])
def test_a_child_who_is_never_at_home_is_no_member_and_is_asked_about(extent: str) -> None:
    case = raw("barn-fyller-7")
    for child in case["application"]["children"]:
        child.update(residenceExtent=extent, daysInHome=0)
    for person in case["people"]:
        person.pop("days_in_home", None)
    found = decided(case)
    assert not found.automatic
    assert not [line for line in found.calculation.lines if line.subject == "b1"]


@pytest.mark.parametrize("amount", [-500, "-0.01"])
def test_a_negative_income_is_refused_in_words(amount: Any) -> None:
    row = {"incomeType": "SALARY", "amount": amount, "incomeDate": "2026-10-20"}
    with pytest.raises(InputError, match="under noll"):
        decided(with_income([row], {"SALARY": 500}))


def test_small_deposits_within_the_limit_of_the_municipality_are_not_asked_about() -> None:
    row = {"incomeType": "SWISH_DEPOSITS", "amount": 200, "incomeDate": "2026-10-20"}
    assert "NY_INKOMST" not in codes(with_income([row], {}))
    assert "INKOMST_BORTA" not in codes(with_income([], {"SWISH_DEPOSITS": 200}))
    assert "INSÄTTNINGAR" in codes(with_income([row | {"amount": 201}], {}))
