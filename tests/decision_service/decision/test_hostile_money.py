"""Money that has come or is decided, and that no line counts, is asked about unless it is usual."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decision_service.decision.test_asked import FK, asked
from tests.decision_service.decision.test_hostile import PAYMENTS, SICKNESS, counted, paid
from tests.world.cases import decided, raw
from tests.world.sweeps import swept

PLANNED = f"{FK}/preliminarautbetalningar"
IN_NOVEMBER = ("/received_at", "2026-11-10T08:00:00Z")


def usual(amount: int) -> list[tuple[str, Any]]:
    """The same sickness benefit in the last two months, and counted by the last decision."""
    return [
        IN_NOVEMBER,
        (PAYMENTS, [paid(SICKNESS, amount, "2026-09-25"), paid(SICKNESS, amount, "2026-10-26")]),
        ("/history/0/payments", [counted("FK:SJP", amount, "2026-09-25")]),
    ]


def more(place: str, *rows: dict[str, Any]) -> tuple[str, Any]:
    """Payments at a place, beside those of ``usual`` where it is theirs."""
    before = dict(usual(3100)).get(place, [])
    return place, [*before, *rows]


ARREARS, HOUSING = ("SA", "Sjukersättning"), ("BOB", "Bostadsbidrag")
COME, COMING = "BETALD_I_MÅNADEN", "PLANERAD_UTBETALNING"

KINDS: dict[str, tuple[list[tuple[str, Any]], str | None]] = {
    "nothing has come": ([], None),
    "arrears have come": (
        [more(PAYMENTS, paid(ARREARS, 80000, "2026-11-03"))],
        COME,
    ),
    "as much as usual has come": ([more(PAYMENTS, paid(SICKNESS, 3100, "2026-11-09"))], None),
    "much more than usual has come": (
        [more(PAYMENTS, paid(SICKNESS, 9100, "2026-11-09"))],
        COME,
    ),
    "as much as usual has come twice": (
        [more(PAYMENTS, paid(SICKNESS, 3100, "2026-11-03"), paid(SICKNESS, 3100, "2026-11-09"))],
        COME,
    ),
    "as much as usual has come and more is planned": (
        [more(PAYMENTS, paid(SICKNESS, 3100, "2026-11-03")), (PLANNED, [paid(SICKNESS, 3000, "2026-11-23")])],
        COMING,
    ),
    "what has come is also planned": (
        [more(PAYMENTS, paid(SICKNESS, 3100, "2026-11-09")), (PLANNED, [paid(SICKNESS, 3100, "2026-11-09")])],
        None,
    ),
    "next to nothing has come": ([more(PAYMENTS, paid(HOUSING, 200, "2026-11-03"))], None),
    "arrears are planned for next month": (
        [(PLANNED, [paid(SICKNESS, 300000, "2026-12-01")])],
        COMING,
    ),
    "as much as usual is planned for next month": ([(PLANNED, [paid(SICKNESS, 3100, "2026-12-28")])], None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_money_that_is_not_counted_is_asked_about_unless_it_is_usual(kind: str) -> None:
    patches, code = KINDS[kind]
    assert asked("ensam-bifall", *usual(3100), *patches) == ({code} if code else set())


@given(st.integers(1, 400_000), st.integers(1, 28), st.sampled_from([PAYMENTS, PLANNED]))
def test_no_larger_sum_of_the_month_is_decided_past(amount: int, day: int, place: str) -> None:
    case = raw("ensam-bifall")
    case["received_at"] = "2026-11-29T08:00:00Z"
    information = case["registers"]["fk"]["formansinformation"]
    information[place.rpartition("/")[2]] = [paid(SICKNESS, amount, f"2026-11-{day:02}")]
    assert decided(case).automatic is (amount <= 200)


LATE = "2026-09-28"
"""A day of the month that the last decision counted."""
EVERY_OTHER_WEEK = [paid(SICKNESS, 900, f"2026-10-{day}") for day in (14, 28)]
"""As much in the month that is counted now, so that nothing else is asked about."""
TWO_ALIKE = {"payments": [counted("FK:SJP", 900, LATE), counted("FK:SJP", 900, "2026-09-14")]}
SAME_MONEY: dict[str, tuple[dict[str, Any], dict[str, Any] | list[dict[str, Any]], str | None]] = {
    "the same": ({"payments": [counted("FK:SJP", 900, LATE)]}, paid(SICKNESS, 900, LATE), None),
    "by its name alone": (
        {"payments": [counted("FK:SJP", 900, LATE)]},
        paid(("", "Sjukpenning"), 900, LATE),
        "SEN_UTBETALNING",
    ),
    "under another code": (
        {"payments": [counted("FK:sjukpenning", 900, LATE)]},
        paid(SICKNESS, 900, LATE),
        "SEN_UTBETALNING",
    ),
    "as another benefit with another sum": (
        {"payments": [counted("PM:AP", 950, LATE)]},
        paid(SICKNESS, 900, LATE),
        "SEN_UTBETALNING",
    ),
    "as somebody else's": (
        {"payments": [counted("FK:SJP", 900, LATE, "p9")]},
        paid(SICKNESS, 900, LATE),
        "SEN_UTBETALNING",
    ),
    "as what was declared": (
        {"payments": [], "incomes": {"OTHER_INCOME": 930}},
        paid(SICKNESS, 900, LATE),
        "SEN_UTBETALNING",
    ),
    "as a part of something that was declared": (
        {"payments": [], "incomes": {"OTHER_INCOME": 2600}},
        paid(SICKNESS, 900, LATE),
        "SEN_UTBETALNING",
    ),
    "beside pay that was declared": (
        {"payments": [], "incomes": {"SALARY": 2600}},
        paid(SICKNESS, 900, LATE),
        None,
    ),
    "beside something else that was declared": (
        {"payments": [], "incomes": {"SWISH_DEPOSITS": 150}},
        paid(SICKNESS, 900, LATE),
        None,
    ),
    "not counted": ({"payments": []}, paid(SICKNESS, 900, LATE), None),
    "two alike": (
        TWO_ALIKE,
        [paid(SICKNESS, 900, LATE), paid(SICKNESS, 900, "2026-09-14"), *EVERY_OTHER_WEEK],
        None,
    ),
    "one of two alike by its name alone": (
        TWO_ALIKE,
        [paid(SICKNESS, 900, LATE), paid(("", "Sjukpenning"), 900, "2026-09-14"), *EVERY_OTHER_WEEK],
        "SEN_UTBETALNING",
    ),
}


@swept("kind", SAME_MONEY)
def test_what_the_last_decision_may_have_counted_is_never_counted_again_in_silence(kind: str) -> None:
    before, now, code = SAME_MONEY[kind]
    payments = now if isinstance(now, list) else [now]
    patches = [(f"/history/0/{name}", value) for name, value in before.items()]
    found = asked("ensam-bifall", IN_NOVEMBER, (PAYMENTS, payments), *patches)
    assert found & {"SEN_UTBETALNING"} == ({code} if code else set())


BORDER = counted("FK:SJP", 3000, "2026-09-30")
OVER_THE_BORDER: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "it came a day later": ([paid(SICKNESS, 3000, "2026-10-01")], {"SEN_UTBETALNING"}),
    "it came when it was announced": (
        [paid(SICKNESS, 3000, day) for day in ("2026-09-30", "2026-10-30")],
        set(),
    ),
    "it is gone and the next has come": ([paid(SICKNESS, 3000, "2026-10-30")], set()),
}


@swept("kind", OVER_THE_BORDER)
def test_what_was_announced_for_one_month_and_came_in_the_next_is_not_counted_twice(kind: str) -> None:
    payments, codes = OVER_THE_BORDER[kind]
    patches = [IN_NOVEMBER, (PAYMENTS, payments), ("/history/0/payments", [BORDER])]
    assert asked("ensam-bifall", *patches) == codes
