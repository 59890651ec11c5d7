"""What is no amount, no day, no moment and no name: refused where it stands, or asked about."""

from __future__ import annotations

from typing import Any

import pytest

from decision_service.reading.strict_json import InputError
from tests.decision_service.decision.test_asked import asked
from tests.decision_service.decision.test_hostile import (
    PAYMENTS,
    PLAN,
    SICKNESS,
    paid,
)
from tests.decision_service.decision.test_hostile_answers import A, incomes, row
from tests.world.sweeps import swept

NO_AMOUNTS = [
    "10.000", "10 000,50", "1e4", "10'000", "€500", "500 EUR", "6200:-", "0x10", "６２００", "1,234",
    "-6200", "−6200", "(6200)", "NaN", "6200.005", "1/2", "", "ca 6200", "6200-6500", True, [], {},
]  # fmt: skip


@swept("amount", NO_AMOUNTS, ids=str)
def test_what_is_no_amount_is_refused_at_the_door(amount: Any) -> None:
    with pytest.raises(InputError, match=r"costs\[0\]\.appliedAmount"):
        asked("ensam-bifall", (f"{A}/costs/0/appliedAmount", amount))


@pytest.mark.parametrize("amount", ["1.000", "1 000", "1e3", "", "-1000", "tusen", "1000 kr"])
def test_what_is_no_amount_in_a_register_is_asked_about(amount: str) -> None:
    payment = paid(SICKNESS, 0, "2026-10-26")
    payment["nettobelopp"]["summa"] = amount
    assert asked("ensam-bifall", (PAYMENTS, [payment])) == {"OTOLKADE_UPPGIFTER"}


@pytest.mark.parametrize("currency", ["EUR", "DKK", "sek", "kr"])
def test_another_currency_is_asked_about(currency: str) -> None:
    payment = paid(SICKNESS, 1000, "2026-10-26")
    payment["nettobelopp"]["valuta"] = currency
    assert asked("ensam-bifall", (PAYMENTS, [payment])) == {"OTOLKADE_UPPGIFTER"}


@pytest.mark.parametrize("day", [None, "", "2026-09-31", "2026-13-45", "i oktober"])
def test_a_payment_of_no_day_is_asked_about(day: Any) -> None:
    assert asked("ensam-bifall", (PAYMENTS, [paid(SICKNESS, 2000, day)])) == {"OTOLKADE_UPPGIFTER"}


@swept(
    ("whom", "quiet"),
    [
        ("Maria Bankersson", True),
        ("Per Skuldén", True),
        ("Ny Bostad i Lund AB", True),
        ("Son Hansson", True),
        ("Höjdens Fastigheter", True),
        ("Privatbostäder AB", True),
        ("höjd hyra", False),
        ("ny hyra", False),
        ("Kronofogden", False),
        ("Inkasso AB", False),
        ("Hyresskuld Bostads AB", False),
        ("Min Mamma", False),
        ("Lån", False),
        ("kontant", False),
        ("vräkt", False),
        ("Återbetald hyra", False),
        ("Kreditfaktura HSB", False),
        ("Dubbel hyra", False),
        ("Sista Hyran", False),
        ("Betald Av Arbetsgivaren", False),
        ("lokalhyra", False),
        ("förråd", False),
        ("Mitt Företag AB", False),
        ("Hotel Istanbul", False),
        ("Förmyndaren", False),
    ],
)
def test_a_name_is_no_message_though_it_looks_like_a_word(whom: str, quiet: bool) -> None:
    codes = asked("ensam-bifall", (f"{A}/costs/0/recipientOrPeriod", whom))
    assert codes == (set() if quiet else {"MEDDELANDE"})


DAYS = [
    f"{A}/incomes/0/incomeDate", f"{A}/costs/0/costDate", f"{A}/plannings/0/until", "/people/0/born",
    f"{PLAN}/first", "/history/0/asked",
]  # fmt: skip

NO_DAYS = ["0001-01-01", "9999-12-31", "2026-13-01", "2026-02-29", "2026-11-31", "20261101", "1/11 2026", ""]


@swept("field", DAYS)
@swept("day", NO_DAYS)
def test_what_is_no_day_of_any_law_is_refused_where_it_stands(field: str, day: str) -> None:
    wage = incomes(row("SALARY", 5000), before={"SALARY": 5000})
    with pytest.raises(InputError) as refused:
        asked("ensam-bifall", *wage, (field, day))
    assert [(each.code, each.pointer) for each in refused.value.faults] == [("not_day", field)]


@pytest.mark.parametrize("moment", ["0001-02-01T08:00:00Z", "9999-12-31T23:59:59Z", "2026-13-01T08:00:00Z"])
@pytest.mark.parametrize("field", ["/received_at", "/as_of", f"{A}/attestedAt"])
def test_what_is_no_moment_of_any_law_is_refused_where_it_stands(field: str, moment: str) -> None:
    with pytest.raises(InputError) as refused:
        asked("ensam-bifall", (field, moment))
    assert [(each.code, each.pointer) for each in refused.value.faults] == [("not_moment", field)]
