"""What later months know of a decision: only the incomes that it counted."""

from __future__ import annotations

from decision_service.casework.remembered import remember
from tests.decision_service.outputs.conftest import decision
from tests.world.cases import assessed, raw
from tests.world.people import NOVEMBER, application


def test_only_the_incomes_of_the_month_before_are_remembered() -> None:
    """An income of another month, told in the same form, is not counted twice when its own month comes."""
    pay = {"incomeType": "SALARY", "recipient": "p1"}
    form = application(
        1,
        NOVEMBER,
        hasIncomes=True,
        incomes=[
            {**pay, "amount": 5000, "incomeDate": "2026-10-25"},
            {**pay, "amount": 700, "month": "2026-10"},
            {**pay, "amount": 9000, "incomeDate": "2026-09-25"},
        ],
    )
    assessment = assessed(
        {
            "schema": "arende/1",
            "municipality": "9999",
            "received_at": "2026-10-28T08:00:00Z",
            "application": form["application"],
            "people": form["people"],
        }
    ).document
    own = decision(assessment, outcome="BIFALL", granted=100, automatic=False)
    found = remember(own, assessment.incomes, form)
    assert found["incomes"] == {"SALARY": "5700.00"}
    assert remember(own, None, form)["people"] is None, "the machine never looked: the rules must ask"


def test_what_was_approved_of_each_cost_is_read_from_the_lines_of_the_decision() -> None:
    case = raw("ensam-delavslag-el")
    assessment = assessed(case).document
    found = remember(decision(assessment), assessment.incomes, case)
    assert found["costs"] == {"RENT": "6000.00", "ELECTRICITY": "500.00"}
    own = decision(assessment, granted=1_000_000, automatic=False)
    assert remember(own, assessment.incomes, case)["costs"] == {}, (
        "whoever decides otherwise approved no line"
    )


def test_how_many_rows_were_approved_of_each_cost_is_remembered() -> None:
    """What four rows had together is then no measure of one row."""
    case = raw("ensam-delavslag-el")
    case["application"]["costs"] += [{"costType": "UNION_FEE", "appliedAmount": 300}] * 4
    assessment = assessed(case).document
    found = remember(decision(assessment), assessment.incomes, case)
    assert found["costs"]["UNION_FEE"] == "1200.00"
    assert found["cost_rows"] == {"RENT": 1, "ELECTRICITY": 1, "UNION_FEE": 4}
