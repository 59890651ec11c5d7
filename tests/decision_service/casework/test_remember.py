"""What later months know of a decision: only the incomes that it counted."""

from __future__ import annotations

from decision_service.application.case_file import CaseFile
from decision_service.casework.remembered import remember
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
    case = CaseFile.model_validate(
        {
            "schema": "arende/1",
            "municipality": "9999",
            "received_at": "2026-10-28T08:00:00Z",
            "application": form["application"],
            "people": form["people"],
        }
    )
    document = {"month": "2026-11", "outcome": "BIFALL", "calculation": {"result": -100, "lines": []}}
    found = remember(document, case, granted=100, evaluated=True)
    assert found["incomes"] == {"SALARY": "5700.00"}
