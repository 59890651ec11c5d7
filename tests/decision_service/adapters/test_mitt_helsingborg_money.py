"""Mitt Helsingborg: amounts, the months they are of, and what incomes and costs are called."""

from __future__ import annotations

from typing import Any

import pytest

from norms.month import Month
from tests.decision_service.adapters.form import (
    answer,
    milliseconds,
    read,
    told,
)


@pytest.mark.parametrize(
    ("typed", "ore"),
    [
        ("5000", 500000),
        (5000, 500000),
        (" 5000 ", 500000),
        ("5000,5", 500050),
        ("5000.50", 500050),
        (5000.5, 500050),
    ],
)
def test_amounts_that_can_be_read_in_one_way(typed: Any, ore: int) -> None:
    found = read(answer("rent", typed), kind="recurring")
    assert [row.applied_amount for row in found.application.costs] == [ore]
    assert told(found) == []


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("10.000", "”10.000” går att läsa på två sätt, som tiotal eller som tusental. "),
        ("10,000", "”10,000” går att läsa på två sätt, som tiotal eller som tusental. "),
        ("10 00", "”10 00” har mellanslag i beloppet. "),
        ("ca 6000", "”ca 6000” har mellanslag i beloppet. "),
        ("6 tusen", "”6 tusen” har mellanslag i beloppet. "),
        ("3000x2", "”3000x2” är inget belopp. "),
        ("1E+05", "”1E+05” är inget belopp. "),
        ("١٠٠", "”١٠٠” är inget belopp. "),
        ("12.345678", "”12.345678” har mer än två decimaler. "),
        (True, "true är inget belopp. "),
    ],
)
def test_an_amount_that_cannot_is_told_and_the_cost_stays_without_it(typed: Any, why: str) -> None:
    found = read(answer("rent", typed), kind="recurring")
    assert [(row.cost_type, row.applied_amount) for row in found.application.costs] == [("RENT", None)]
    assert told(found) == [
        f"rent: beloppet ”{'ja' if typed is True else typed}” är inte tolkat."
        f" {why}Skriv kronor med punkt före öre, till exempel 5000 eller 5000.50."
    ]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("-100", "Beloppet är under noll (−100\u00a0kr). Det måste vara noll eller mer."),
        ("900000000", "900000000 kronor är mer än systemet tar emot. Kontrollera beloppet."),
    ],
)
def test_an_amount_below_zero_or_beyond_all_is_told(typed: str, why: str) -> None:
    found = read(answer("salary.0.amount", typed))
    assert [row.amount for row in found.application.incomes] == [None]
    assert told(found) == [f"salary.0.amount: beloppet ”{typed}” är inte tolkat. {why}"]


def test_a_cost_of_the_month_counts_and_one_of_another_month_is_told() -> None:
    found = read(
        answer("electricityMonth", "400", "expenses", "el", "amount", "month"),
        answer("electricityMonth-1", "500", "expenses", "el", "amount", "month-1"),
        answer("internetMonth", "600", "expenses", "bredband", "amount", "month+1"),
    )
    assert [(row.cost_type, row.applied_amount, row.month) for row in found.application.costs] == [
        ("ELECTRICITY", 40000, "2026-11")
    ]
    assert told(found) == [
        "electricityMonth-1: 500\u00a0kr gäller oktober 2026, inte ansökningsmånaden.",
        "internetMonth: 600\u00a0kr gäller december 2026, inte ansökningsmånaden.",
    ]


def test_the_rent_of_the_new_form_whose_question_and_tag_differ_is_told() -> None:
    """The form asks ”Hyra för #month+1” and tags the answer with ”month”."""
    found = read(
        answer("rent", "8000", "expenses", "boende", "amount", "month"),
        answer("rent-1", "7900", "expenses", "boende", "amount", "month-1"),
    )
    assert found.application.costs == []
    assert told(found) == [
        "rent: 8\u00a0000\u00a0kr kan gälla november 2026 eller december 2026:"
        " formulärets fråga och dess märkning säger olika månader.",
        "rent-1: 7\u00a0900\u00a0kr kan gälla oktober 2026 eller november 2026:"
        " formulärets fråga och dess märkning säger olika månader.",
    ]


@pytest.mark.parametrize("tag", [5, {"a": "b"}, ["month"]])
def test_a_tag_that_is_no_text_is_told(tag: Any) -> None:
    given = answer("rent", "8000", "month")
    given["field"]["tags"].append(tag)
    (sentence,) = set(told(read(given))) - set(told(read(answer("rent", "8000", "month"))))
    assert sentence.startswith("answers[0].field.tags[1]")


def test_a_sum_tagged_with_two_months_is_told() -> None:
    found = read(answer("internetMonth", "600", "month", "month+1"))
    assert told(found) == ["internetMonth: 600\u00a0kr är märkt med flera månader."]


def test_incomes_of_two_months_are_kept_with_their_month() -> None:
    found = read(
        answer("rentRoommateMonth", "1000", "incomes", "resident", "month"),
        answer("rentRoommateMonth-1", "1100", "incomes", "resident", "month-1"),
        answer("applicantForeignPension", "1200", "incomes", "foreignPension"),
        together=True,
    )
    assert [(row.amount, row.month) for row in found.application.incomes] == [
        (100000, "2026-11"),
        (110000, "2026-10"),
        (120000, None),
    ]


def test_without_a_period_the_month_is_missing_and_other_months_are_told() -> None:
    found = read(
        answer("internetMonth", "600", "month"),
        answer("internetMonth-1", "700", "month-1"),
        details={},
    )
    assert found.application.month is None
    assert [(row.applied_amount, row.month) for row in found.application.costs] == [(60000, None)]
    assert told(found) == [
        "internetMonth-1: 700\u00a0kr gäller månaden -1 från ansökningsmånaden, inte ansökningsmånaden."
    ]


@pytest.mark.parametrize(
    ("period", "sentence"),
    [
        (
            {"startDate": milliseconds(2026, 11, 1), "endDate": milliseconds(2026, 12, 1)},
            "details.period: perioden 2026-11-01–2026-12-01 är mer än en månad.",
        ),
        ({"startDate": "nov"}, "details.period.startDate: ”nov” är inget datum."),
        ({"startDate": 5}, "details.period.startDate: ”5” är inget datum."),
        ({"startDate": True}, "details.period.startDate: ”True” är inget datum."),
    ],
)
def test_a_period_that_is_no_month_is_told(period: Any, sentence: str) -> None:
    found = read(answer("unemployed", True), details={"period": period})
    assert found.application.month is None
    assert told(found) == [sentence]


def test_only_a_start_is_a_month_as_in_the_apps_new_cases() -> None:
    period = {"startDate": milliseconds(2026, 12, 8, 0), "endDate": 0}
    assert read(answer("unemployed", True), details={"period": period}).application.month == Month(2026, 12)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Swish", "SWISH_DEPOSITS"),
        ("Lånade pengar", "LOAN"),
        ("Gåva/present", "GIFT"),
        ("Inkomst från försäljning", "SALE"),
        ("Underhåll", "CHILD_SUPPORT"),
        ("Annat", "OTHER_INCOME"),
        ("Hittade pengar", "OTHER_INCOME"),
    ],
)
def test_other_incomes_by_their_words(text: str, kind: str) -> None:
    found = read(answer("otherIncome.0.text", text), answer("otherIncome.0.amount", "50"))
    (row,) = found.application.incomes
    assert (row.income_type, row.description, row.amount) == (kind, text, 5000)


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        ("Typ av resa: Arbete", "TRAVEL_APPROVED"),
        ("Typ av resa: Sjukresa", "TRAVEL_MEDICAL_TRANSPORT"),
        ("Typ av resa: Övrig resa", "OTHER"),
    ],
)
def test_trips_by_their_purpose(purpose: str, kind: str) -> None:
    found = read(
        answer("trip.0.tripPurpose", purpose),
        answer("trip.0.fromAddress", "A"),
        answer("trip.0.toAddress", "B"),
        answer("trip.0.amount", "50"),
        kind="recurring",
    )
    (row,) = found.application.costs
    assert (row.cost_type, row.specification) == (kind, f"{purpose}, A – B")


def test_costs_in_unknown_words_are_told_with_their_amount() -> None:
    found = read(
        answer("trip.0.tripPurpose", "Semester"),
        answer("trip.0.amount", "50"),
        answer("medicineDoctor.0.text", "Massage"),
        answer("medicineDoctor.0.amount", "60"),
    )
    assert found.application.costs == []
    assert told(found) == [
        "trip.0: 50\u00a0kr är för en resa med okänt syfte, ”Semester”.",
        "medicineDoctor.0: 60\u00a0kr är varken medicin eller sjukvård. Där står: ”Massage”.",
    ]


def test_a_cost_without_a_sum_is_told() -> None:
    found = read(
        answer("othercost.0.text", "Vantar"),
        answer("othercost.1.text", "Skor"),
        answer("othercost.1.amount", "0"),
        answer("buscard.0.date", milliseconds(2026, 11, 2)),
        answer("salary.0.date", milliseconds(2026, 10, 25)),
    )
    assert told(found) == [
        "salary.0: inkomsten saknar belopp. Där står: ”2026-10-25”.",
        "othercost.0: ”Vantar” söks utan belopp.",
        "othercost.1: ”Skor” söks utan belopp.",
        "buscard.0: kostnaden saknar belopp. Där står: ”2026-11-02”.",
    ]
    assert [row.amount for row in found.application.incomes] == [None]
    assert found.application.costs == []


def test_a_zero_where_the_form_asks_for_a_sum_stays_a_zero() -> None:
    found = read(answer("rent", "0"), answer("swishApplicant", "0"), kind="recurring")
    assert [row.applied_amount for row in found.application.costs] == [0]
    assert [row.amount for row in found.application.incomes] == [0]
    assert told(found) == []


@pytest.mark.parametrize("field", ["rent-1", "electricityMonth-1", "homeinsuranceMonth-1", "internetMonth-2"])
def test_a_cost_whose_field_names_another_month_is_not_of_this_one_without_a_tag(field: str) -> None:
    found = read(answer(field, "6200"))
    assert found.application.costs == []
    month = "september" if field.endswith("2") else "oktober"
    assert told(found) == [f"{field}: 6\u00a0200\u00a0kr gäller {month} 2026, inte ansökningsmånaden."]
