"""A payment is income of the month of its day, or of the time that it is for, as the municipality chooses."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from decision_service.decision.decide import assess, law_of
from decision_service.decision.document import Assessment
from decision_service.decision.facts.case import Case
from decision_service.registers.answers import Agency, Payment
from norms import load
from norms.month import Month
from rules import rulebook
from rules.book import Rulebook
from rules.law import resolve
from tests.world.cases import raw, read
from tests.world.law import book

Json = dict[str, Any]


@cache
def by_period() -> Rulebook:
    """The same rules where the made-up municipality counts a payment as income of the time that it is for."""
    files = {
        name.removeprefix("rules/"): content
        for name, content in book().files.items()
        if name.startswith("rules/")
    }
    name = next(each for each in files if each.endswith("9999/kommun.yaml"))
    told = yaml.safe_load(files[name])
    row = [{"värde": "period", "från": "2024-01", "källa": "Exempelkommuns riktlinjer", "status": "fiktiv"}]
    told["inställningar"]["kommun.inkomstens_månad"] = row
    files[name] = yaml.safe_dump(told, allow_unicode=True, sort_keys=False).encode()
    return rulebook.build(files, load.load())


def decided(rules: Rulebook, *payments: Json, announced: tuple[Json, ...] = ()) -> Assessment:
    """The assessment of an application for November, with what Försäkringskassan has paid and announced."""
    case = raw("ensam-bifall")
    case["registers"]["fk"]["formansinformation"] = {
        "utbetalningsuppgift": list(payments),
        "preliminarautbetalningar": list(announced),
    }
    found = read(case)
    return assess(found, law_of(found, rules)).document


def paid(day: str, first: str, last: str, net: int = 1673) -> Json:
    return {
        "typ": {"id": 1, "beskrivning": "Månad"},
        "formansfamilj": {"id": "US", "beskrivning": "Underhållsstöd"},
        "datum": day,
        "period": {"fran": first, "till": last},
        "nettobelopp": {"summa": net, "valuta": "SEK"},
    }


CASES: dict[str, tuple[Json, int, int]] = {
    "of the month it is paid in": (paid("2026-10-23", "2026-10", "2026-10"), 1673, 1673),
    "of the month before": (paid("2026-10-02", "2026-09", "2026-09"), 1673, 0),
    "over two months": (paid("2026-10-20", "2026-09", "2026-10"), 1673, 0),
    "of the month after": (paid("2026-10-30", "2026-11", "2026-11"), 1673, 0),
    "paid after the month that it is for": (paid("2026-11-02", "2026-10", "2026-10"), 0, 1673),
}


@pytest.mark.parametrize("name", CASES)
def test_the_month_of_a_payment(name: str) -> None:
    payment, by_day, by_time = CASES[name]
    assert decided(book(), payment).calculation.income == by_day * 100
    assert decided(by_period(), payment).calculation.income == by_time * 100


def test_what_is_announced_for_the_month_counts_although_it_is_paid_after_it() -> None:
    later = paid("2026-11-02", "2026-10", "2026-10")
    assert decided(book(), announced=(later,)).calculation.income == 0
    assert decided(by_period(), announced=(later,)).calculation.income == 1673_00


def test_a_payment_for_a_long_time_is_asked_about_whichever_the_choice() -> None:
    for rules in (book(), by_period()):
        found = decided(rules, paid("2026-10-20", "2026-06", "2026-10", 8365))
        assert "AVSER_ANNAN_TID" in {reason.code for reason in found.reasons}


def test_without_a_time_the_day_counts_and_a_person_is_asked() -> None:
    payment = paid("2026-10-20", "2026-10", "2026-10")
    del payment["period"]
    assert "PERIOD_SAKNAS" not in {each.code for each in decided(book(), payment).reasons}
    found = decided(by_period(), payment)
    assert found.calculation.income == 1673_00
    assert "PERIOD_SAKNAS" in {each.code for each in found.reasons}


MONTHS = [Month(2026, 3).plus(number) for number in range(9)]


@cache
def in_month(period: bool, month: Month) -> Case:
    """A case seen from a month, by either choice."""
    rules = by_period() if period else book()
    return Case(read(raw("ensam-bifall")), resolve(rules, month, "9999", without_norm=True))


@given(st.dates(date(2026, 5, 1), date(2026, 8, 31)), st.integers(-45, 45), st.integers(0, 60))
def test_over_the_months_a_payment_is_counted_once_whatever_a_municipality_chooses(
    day: date, before: int, days: int
) -> None:
    """The choice moves money between months. It never counts it twice, so over time nobody gets less."""
    first = day - timedelta(days=before)
    payment = Payment(Agency.FK, "FK:US", 100, day, first, first + timedelta(days=days), "svaret")
    for period in (False, True):
        assert [in_month(period, month).months_from(payment) for month in MONTHS].count(1) == 1
