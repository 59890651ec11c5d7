"""What the machine must not refuse on: what the applicant has not said, seen or received."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decision_service.decision.test_asked import asked, put
from tests.decision_service.decision.test_hostile import counted
from tests.world.cases import decided, judged, raw

REFUSED = "ensam-avslag-overskott"
A = "/application"
COST = f"{A}/costs"


def wage(day: str, kind: str = "SALARY", amount: int = 16000) -> tuple[str, Any]:
    """The only income, declared."""
    return f"{A}/incomes", [{"incomeType": kind, "amount": amount, "incomeDate": day, "recipient": "p1"}]


KINDS: dict[str, tuple[list[tuple[str, Any]], set[str]]] = {
    "as it is": ([], set()),
    "a wage of the day that it came": ([wage("2026-10-28")], set()),
    "a wage of the day after": ([wage("2026-10-29")], {"INKOMST_INTE_UTBETALD"}),
    "no cost at all, of somebody who rents": (
        [(COST, []), (f"{A}/housingForm", "RENTAL"), ("/history/0/costs", {})],
        {"BOENDEKOSTNAD_SAKNAS"},
    ),
    "a fee and no rent": (
        [
            (COST, [{"costType": "UNION_FEE", "appliedAmount": 200}]),
            ("/history/0/costs", {"UNION_FEE": 200}),
        ],
        {"BOENDEKOSTNAD_SAKNAS"},
    ),
    "as many in the home as the last decision said": ([("/history/0/housing_person_count", 1)], set()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_on_what_is_not_said_or_has_not_come_waits_for_a_person(kind: str) -> None:
    patches, codes = KINDS[kind]
    assert asked(REFUSED, *patches) == codes


def test_a_refusal_on_how_many_shared_the_home_last_time_waits_for_a_person() -> None:
    case = put(raw(REFUSED), "/history/0/housing_person_count", 2)
    del case["application"]["housingPersonCount"]
    assert [each.code for each in judged(case).reasons] == ["ANTAL_BOENDE_UR_BESLUT"]


@pytest.mark.parametrize("before", ["2023-03-24", "2026-08-25", "2026-09-25"])
def test_no_payment_is_refused_on_before_it_is_shown(before: str) -> None:
    """As much of the same benefit in an earlier decision does not show this payment."""
    case = put(raw("far-yttra-sig"), "/history/0/payments", [counted("FK:SJP", 14000, before)])
    found = decided(case)
    assert "UTBETALNING_UR_REGISTER" in {each.code for each in found.reasons}
    assert not found.automatic
