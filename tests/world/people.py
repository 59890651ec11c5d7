"""People who belong to nobody, and what they apply with.

Everybody lives in the made-up municipality 9999. Dates and registers are such that a person with a plan and a
decision the month before gets an automatic decision.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from norms.month import Month
from tests.world.cases import raw

Json = dict[str, Any]
TENANT = "9999"
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
YOUNG = 70_000
"""Somebody born in 1999, who may have a housing allowance without a child."""


def personal_number(person: int) -> str:
    """The number of a person: born 1980 or later, from the series that belongs to nobody."""
    born = date(1980, 1, 1) + timedelta(days=person // 10)
    digits = f"{born:%y%m%d}{980 + person % 10 * 2:03d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    check = -sum(each // 10 + each % 10 for each in doubled) % 10
    return f"{born:%Y}{digits[2:]}{check}"


def application(person: int, month: Month, **changes: Any) -> Json:
    """A single job-seeker's whole application for a month; a change to ``None`` takes an answer away."""
    case = raw("ensam-bifall")
    form = case["application"] | {"periodMonth": month.number, "periodYear": month.year} | changes
    people = [
        {"id": "p1", "role": "APPLICANT", "personal_number": personal_number(person), "first_name": "Alma"}
    ]
    return {
        "schema": "ansokan/1",
        "application": {name: value for name, value in form.items() if value is not None},
        "people": people,
    }


def incomplete(person: int, month: Month) -> Json:
    """An application that says nothing of assets: the applicant is asked."""
    return application(person, month, hasAssets=None)


def refused(person: int, month: Month) -> Json:
    """An application with so much pay the month before that nothing is granted."""
    pay = {"incomeType": "SALARY", "amount": 16000, "recipient": "p1"}
    day = f"{month.plus(-1)}-25"
    works = {"person": "p1", "planningType": "WORK", "workExtent": "FULL"}
    incomes = [pay | {"incomeDate": day}]
    costs = [
        {"costType": "RENT", "appliedAmount": 6000},
        {"costType": "ELECTRICITY", "appliedAmount": 450},
        {"costType": "HOME_INSURANCE", "appliedAmount": 140},
    ]
    return application(person, month, hasIncomes=True, incomes=incomes, plannings=[works], costs=costs)


def in_part(person: int, month: Month) -> Json:
    """An application for electricity that costs more than is reasonable."""
    rent = {"costType": "RENT", "appliedAmount": 6000}
    return application(person, month, costs=[rent, {"costType": "ELECTRICITY", "appliedAmount": 700}])


Form = Callable[[int, Month], Json]
