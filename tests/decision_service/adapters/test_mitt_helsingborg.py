"""Mitt Helsingborg: how answers are joined, days, variants, and what is not read, each told in its words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from decision_service.application import adapters
from decision_service.application.form import ApplicationType, IncomeType, MaritalStatus
from decision_service.reading.strict_json import read_json
from norms.month import Month
from tests.decision_service.adapters.form import (
    EXAMPLES,
    answer,
    milliseconds,
    read,
    told,
)

SALARY = ("incomes", "lon", "amount", "group:applicant:salary:0", "applicant")


def test_the_example_of_the_recurring_form_is_read_in_full() -> None:
    found = adapters.read(
        "mitt-helsingborg-v1", read_json((EXAMPLES / "mitt-helsingborg-v1-fortsatt.json").read_bytes())
    )
    form = found.application
    assert form.application_type is ApplicationType.RENEWAL
    assert form.month == Month(2026, 11)
    assert form.marital_status is MaritalStatus.COHABITING
    assert [(row.income_type, row.amount, str(row.income_date), row.month) for row in form.incomes] == [
        (IncomeType.SALARY, 980000, "2026-10-25", None),
        (IncomeType.SWISH_DEPOSITS, 20000, "None", "2026-10"),
    ]
    assert sum(row.applied_amount or 0 for row in form.costs) == 1089250
    assert [(person.id, person.first_name) for person in found.people] == [
        ("p1", "Test"),
        ("p2", "Prov"),
        ("b1", "Barn"),
        ("b2", "Lilla"),
    ]
    assert (form.housing_changed, form.children_residence_changed, form.has_assets) == (False, False, False)
    assert form.benefits_from == ["SOCIAL_INSURANCE"]
    assert told(found) == []


def test_entries_are_joined_by_the_number_in_the_id_before_the_group() -> None:
    """The forms tag the partner's medicine as the applicant's, in groups of the same name."""
    found = read(
        answer("medicineDoctorApplicant.0.text", "Medicin", "group:applicant:0", "applicant"),
        answer("medicineDoctorApplicant.0.amount", "100", "group:applicant:0", "applicant"),
        answer("partnerMedicineDoctor.0.text", "Sjukvård", "group:applicant:0", "coapplicant"),
        answer("partnerMedicineDoctor.0.amount", "200", "group:applicant:0", "coapplicant"),
        answer("partnerMedicineDoctor.1.amount", "300", "group:applicant:1", "coapplicant"),
        answer("partnerMedicineDoctor.1.text", "Medicin", "group:applicant:1", "coapplicant"),
        together=True,
    )
    assert [(row.cost_type, row.applied_amount, row.person) for row in found.application.costs] == [
        ("MEDICINE", 10000, "p1"),
        ("MEDICAL_CARE", 20000, "p2"),
        ("MEDICINE", 30000, "p2"),
    ]


def test_entries_without_a_number_are_joined_by_their_group() -> None:
    found = read(
        answer("salary.date", milliseconds(2026, 10, 25), "group:applicant:salary:0"),
        answer("salary.amount", "100", "group:applicant:salary:0"),
        answer("salary.amount ", "100", "group:applicant:salary:1"),
        answer("salary.date", milliseconds(2026, 10, 25), "group:applicant:salary:0"),
    )
    assert [(row.amount, row.income_date) for row in found.application.incomes] == [
        (10000, date(2026, 10, 25))
    ]
    assert told(found) == ["salary.amount : fältet är okänt. ”100” kan vara ett belopp."]


def test_days_are_those_of_sweden() -> None:
    found = read(
        answer("salary.0.date", milliseconds(2026, 10, 24, 22), "date"),
        answer("salary.0.amount", "100", *SALARY),
    )
    assert found.application.incomes[0].income_date == date(2026, 10, 25)


@pytest.mark.parametrize("day", ["2026-10-25", str(milliseconds(2026, 10, 25)), milliseconds(2026, 10, 25)])
def test_days_are_milliseconds_or_text(day: Any) -> None:
    found = read(answer("salary.0.date", day), answer("salary.0.amount", "100"))
    assert found.application.incomes[0].income_date == date(2026, 10, 25)


@pytest.mark.parametrize("day", ["2026-02-30", "25/10", True, -99999999999999, 10**15, "999999999999999"])
def test_a_day_that_is_none_is_told_and_the_income_stays(day: Any) -> None:
    found = read(answer("salary.0.date", day), answer("salary.0.amount", "100"))
    assert [(row.amount, row.income_date) for row in found.application.incomes] == [(10000, None)]
    assert told(found) == [f"salary.0.date: svaret är inte tolkat: ”{str(day)[:40]}” är inget datum."]


def test_a_no_that_another_answer_denies_is_told() -> None:
    found = read(
        answer("noSalary", True),
        answer("salary.0.amount", "100"),
        answer("noAssets", True),
        answer("assetCar", "5000"),
        answer("noFinancialaid", True),
        answer("csnPayment", True),
        answer("noChildren", True),
        answer("addChildren.0.childFirstname", "Barn"),
        answer("noRent", True),
        answer("rent", "0"),
    )
    assert told(found) == [
        "noSalary: svaret är nej, men salary.0 säger något annat.",
        "noAssets: svaret är nej, men assetCar säger något annat.",
        "noFinancialaid: svaret är nej, men csnPayment säger något annat.",
        "noChildren: svaret är nej, men addChildren.0 säger något annat.",
    ]


def test_there_is_nothing_only_when_all_is_denied() -> None:
    nothing = ("noSalary", "noRoomate", "noForeignPension", "noOtherIncome")
    assert read(*(answer(id_, True) for id_ in nothing)).application.has_incomes is False
    assert read(*(answer(id_, True) for id_ in nothing[:3])).application.has_incomes is None
    recurring = read(answer("noIncomeThisMonth", True), answer("noAssets", True), kind="recurring")
    assert (recurring.application.has_incomes, recurring.application.has_assets) == (False, False)
    assert read(answer("noFinancialaid", True), answer("noRoommate", True)).application.benefits_from == []


def test_the_same_question_in_two_variants_is_counted_once_and_told() -> None:
    found = read(
        answer("salary.0.amount", "100"),
        answer("salaryApplicant.0.amount", "100"),
        answer("unionfee", "50"),
        answer("applicantUnionfee", "50"),
        together=True,
    )
    assert [row.amount for row in found.application.incomes] == [10000]
    assert [row.applied_amount for row in found.application.costs] == [5000]
    assert told(found) == [
        "salary.0: 100\u00a0kr är inte med: frågan är besvarad i två varianter.",
        "unionfee: 50\u00a0kr är inte med: frågan är besvarad i två varianter.",
    ]


def test_one_thing_answered_in_two_fields_is_told() -> None:
    found = read(
        answer("applicantForeignPension", "100"),
        answer("applicantForeignPension.amount", "200"),
        answer("applicantForeignPension.0.amount", "300"),
        answer("numberpeopleLiving", "3"),
        answer("housingInfo.numberpeopleLiving", "4"),
    )
    assert [row.amount for row in found.application.incomes] == [None, 30000]
    assert found.application.housing_person_count == 3
    assert told(found)[1:] == [
        "applicantForeignPension.amount: 100\u00a0kr och 200\u00a0kr är inte använda:"
        " samma sak är besvarad på flera sätt.",
        "housingInfo.numberpeopleLiving: svaret ”4” är ett annat än ett tidigare på samma fråga.",
    ]


def test_a_text_that_is_too_long_is_cut_and_told() -> None:
    found = read(answer("message", "a" * 5000))
    assert len(found.application.other_information or "") == 4000
    (cut,) = told(found)
    assert cut.startswith("message: texten är 5012 tecken; bara de första 4000 följer med (kontrollsumma ")
    assert [cut] != told(read(answer("message", "a" * 4999 + "b")))


def test_the_hidden_mark_must_agree_with_the_field() -> None:
    found = read(
        answer("partnerSalary.0.amount", "900"),
        answer("partnerSalary.0.amountHidden", "APPLICANT"),
        answer("hiddenAppliestoswish", "CHILDREN"),
        together=True,
    )
    assert told(found) == [
        "partnerSalary.0.amountHidden:"
        " den dolda uppgiften ”APPLICANT” om vem beloppet gäller säger något annat än fältet.",
        "hiddenAppliestoswish: det fasta fältet säger något annat än formuläret.",
    ]


@pytest.mark.parametrize("said", [True, "ja", False, "Swish femtusen", 5])
def test_a_box_that_is_not_used_is_told_when_something_is_written_in_it(said: Any) -> None:
    found = told(read(answer("acceptGDPR", said)))
    assert bool(found) is (said not in (True, "ja", False))


def test_unknown_fields_are_told_with_money_as_money() -> None:
    found = read(
        answer("nyttFält", "700"),
        answer("annatFält", "text"),
        answer("rent.summa", "x", "amount"),
        answer("tomt", ""),
    )
    assert (
        told(found)
        == [
            "nyttFält: fältet är okänt. ”700” kan vara ett belopp.",
            "annatFält: fältet är okänt och svaret ”text” inte tolkat.",
            "rent.summa: fältet är okänt. ”x” kan vara ett belopp.",
            "answers: det går inte att se vilket av formulären som är besvarat.",
        ][:3]
    )


def test_one_field_with_two_answers_is_not_used() -> None:
    found = read(answer("rent", "100"), answer("rent", "200"), answer("rent", "100"), kind="recurring")
    assert found.application.costs == []
    assert told(found) == ["rent: fältet har olika svar (”100” och ”200”) och inget av dem är använt."]


@pytest.mark.parametrize("blank", ["", " ", None, []])
@pytest.mark.parametrize("ids", [("rent", "rent"), ("needBuscard", "needBuscard.0")])
def test_nothing_is_no_other_answer(blank: Any, ids: tuple[str, str]) -> None:
    """Beside an answer to the same field, before it or after."""
    given = [
        answer(id_, said) for id_, said in zip(ids, (blank, True if ids[1] != "rent" else "100"), strict=True)
    ]
    alone, both, turned = (read(*each, kind="recurring") for each in (given[1:], given, given[::-1]))
    assert both == turned == alone


@pytest.mark.parametrize("odd", [None, 5, "x", [], {"field": 3}, {"field": {"id": 5}}, {"field": {"id": ""}}])
def test_a_member_of_the_list_that_is_no_answer_is_told(odd: Any) -> None:
    found = read(answer("noChildren", True), odd)
    if odd in (None, []):
        assert told(found) in ([], ["answers[1]: svaret saknar fält-id och är inte tolkat."])
    else:
        assert "answers[1]: svaret saknar fält-id och är inte tolkat." in told(found)
