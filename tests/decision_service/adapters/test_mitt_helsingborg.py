"""Mitt Helsingborg: joins, months, variants, mistakes of the forms and of people, each told in its words."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from decision_service.application import adapters
from decision_service.application.adapters import Intake
from decision_service.application.form import ApplicationType, IncomeType, MaritalStatus, SchoolKind
from decision_service.reading.strict_json import InputError, read_json
from norms.month import Month
from tests.decision_service.adapters.form import (
    APPLICANT,
    EXAMPLES,
    PARTNER,
    answer,
    case,
    milliseconds,
    read,
)
from tests.world.unread import sentences

CHILD = "201412012393"
SALARY = ("incomes", "lon", "amount", "group:applicant:salary:0", "applicant")


def told(found: Intake) -> list[str]:
    """What is unmapped."""
    return list(sentences(found))


def refused(data: Any) -> list[str]:
    """The faults of what is no application."""
    with pytest.raises(InputError) as raised:
        adapters.read("mitt-helsingborg-v1", read_json(json.dumps(data).encode()))
    return list(raised.value.lines)


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
    assert sentences(found) == ()


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
    assert sentences(found) == ()


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
    assert sentences(found) == ()


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


def test_answers_about_a_partner_who_is_not_there_are_told() -> None:
    found = read(
        answer("partnerSalary.0.amount", "900"),
        answer("partnerUnionfee", "50"),
        answer("coapplicantFulltime", True),
        answer("needBuscardcoapplicant", True),
        answer("applicableBuscardCoapplicant", False),
        answer("hiddenCoapplicant", "198906122398"),
    )
    assert found.application.incomes == []
    assert found.application.marital_status is MaritalStatus.SINGLE
    assert set(told(found)) == {
        "partnerSalary.0: 900\u00a0kr är inte med: svaret gäller en medsökande, men ingen medsökande finns.",
        "partnerUnionfee: 50\u00a0kr är inte med: svaret gäller en medsökande, men ingen medsökande finns.",
        "coapplicantFulltime: svaret gäller en medsökande, men ingen medsökande finns.",
        "needBuscardcoapplicant: svaret ”ja” gäller en medsökande, men ingen medsökande finns.",
        "answers: formuläret är besvarat med en medsökande, men ingen medsökande finns.",
    }


def test_the_partner_may_be_known_from_the_answers_alone() -> None:
    found = read(
        answer("notifyPartner", True),
        answer("coapplicantInfo.coapplicantfirstName", "Prov"),
        answer("coapplicantInfo.coapplicantpersonalNumber", "198906122398"),
        answer("partnerSalary.0.amount", "900"),
    )
    assert [(person.id, person.personal_number) for person in found.people] == [
        ("p1", "198802092380"),
        ("p2", "198906122398"),
    ]
    assert [row.recipient for row in found.application.incomes] == ["p2"]
    assert sentences(found) == ()


def test_another_partner_than_that_of_the_case_is_told() -> None:
    found = read(
        answer("hiddenCoapplicant", "198603032395"),
        answer("coapplicantInfo.coapplicantpersonalNumber", "198603032395"),
        together=True,
    )
    assert told(found) == [
        "coapplicantInfo.coapplicantpersonalNumber: personnumret är ett annat än i ärendet.",
        "answers: formuläret är besvarat med en annan medsökande än den i ärendet.",
    ]
    assert "198603032395" not in str(found)


def test_persons_twice_are_one_when_they_are_the_same() -> None:
    same = read(answer("unemployed", True), persons=[APPLICANT, PARTNER, PARTNER])
    assert len(same.people) == 2
    assert sentences(same) == ()
    other = read(answer("unemployed", True), persons=[APPLICANT, {**APPLICANT, "firstName": "Annan"}])
    assert told(other) == ["persons[1]: två olika personer har rollen applicant."]


@pytest.mark.parametrize("number", ["198802092381", "19880231-0000", "abc", "1988-02-09"])
def test_a_personal_number_that_is_wrong_is_told_and_not_shown(number: str) -> None:
    found = read(answer("unemployed", True), persons=[{**APPLICANT, "personalNumber": number}])
    assert [person.personal_number for person in found.people] == [None]
    assert told(found) == ["people.p1: personnumret stämmer inte och är inte använt."]
    child = read(answer("addChildren.0.childFirstname", "B"), answer("addChildren.0.childPersonalID", number))
    assert told(child) == ["addChildren.0.childPersonalID: personnumret stämmer inte."]
    assert [person.personal_number for person in child.people[1:]] == [None]


def test_a_coordination_number_is_a_personal_number() -> None:
    found = read(answer("unemployed", True), persons=[{**APPLICANT, "personalNumber": "198802692387"}])
    assert [person.personal_number for person in found.people] == ["198802692387"]
    assert sentences(found) == ()


def child_answers(entry: int, /, **parts: str) -> list[dict[str, Any]]:
    """A child of the new form."""
    names = {"first": "childFirstname", "last": "childLastname", "number": "childPersonalID"}
    names |= {"living": "livingChild", "school": "school"}
    return [
        answer(f"addChildren.{entry}.{names[part]}", value, "children", "group:children:info:x")
        for part, value in parts.items()
    ]


def test_children_with_living_and_school() -> None:
    found = read(
        *child_answers(0, first="A", last="E", number=CHILD, living="Alltid hos mig", school="Grundskola"),
        *child_answers(
            1, first="B", last="E", living="Halva tiden hos mig", school="Studerar efter gymnasiet"
        ),
    )
    assert [
        (child.party_id, child.first_name, child.residence_extent, child.school_kind)
        for child in found.application.children
    ] == [
        ("b1", "A", "FULL_TIME", SchoolKind.COMPULSORY),
        ("b2", "B", "HALF_TIME", SchoolKind.AFTER_UPPER_SECONDARY),
    ]
    assert [(person.id, person.in_school) for person in found.people[1:]] == [("b1", True), ("b2", False)]
    assert found.application.has_children_under21 is True
    assert sentences(found) == ()


def test_a_child_every_other_week_end_and_odd_choices_are_told() -> None:
    found = read(
        *child_answers(0, first="A", living="Varannan helg hos mig"),
        *child_answers(1, first="B", living="Ibland", school="Högskola"),
    )
    assert told(found) == [
        "addChildren.0: barnet bor ”Varannan helg hos mig”; antalet dagar i hemmet saknas.",
        "addChildren.1: skolan ”Högskola” är ingen av formulärets.",
        "addChildren.1: boendet ”Ibland” är inget av formulärets.",
    ]


def test_the_same_child_twice_is_told_and_counted_once() -> None:
    found = read(
        *child_answers(0, first="A", last="E", number=CHILD),
        *child_answers(1, first="A", last="E", number="20141201-2393"),
    )
    assert [person.id for person in found.people] == ["p1", "b1"]
    assert len(found.application.children) == 1
    assert told(found) == ["people.b2: samma person förekommer två gånger. Den andra gången står: ”A, E”."]


def test_the_applicant_is_no_child_of_the_applicant() -> None:
    found = read(*child_answers(0, first="Test", number="198802092380"))
    assert told(found) == ["people.b1: samma person förekommer två gånger. Den andra gången står: ”Test”."]


def test_a_child_of_the_case_that_the_answers_leave_out_is_told() -> None:
    person = {"role": "children", "firstName": "Barn", "lastName": "E", "personalNumber": CHILD}
    found = read(answer("noChanges", True), kind="recurring", persons=[APPLICANT, person])
    assert [each.id for each in found.people] == ["p1", "b1"]
    assert told(found) == ["persons[1]: ett barn i ärendet som svaren inte nämner."]


def test_occupations_with_their_details() -> None:
    found = read(
        answer("parttime", True),
        answer("name_parttime", "Butiken"),
        answer("sickleave", True),
        answer("dateSickleave", milliseconds(2026, 12, 31)),
        answer("typeStudies", "Svenska"),
        answer("unemployed", False),
    )
    assert [
        (row.planning_type, row.work_extent, row.work_description, row.until)
        for row in found.application.plannings
    ] == [("WORK", "PART", "Butiken", None), ("SICK_LEAVE", None, None, date(2026, 12, 31))]
    assert told(found) == ["typeStudies: uppgift om en sysselsättning som inte är vald. Där står: ”Svenska”."]


def test_occupation_and_housing_as_choices() -> None:
    found = read(
        answer("personalInfo.occupation", "Studerande"),
        answer("housingInfo.contract", "Bor hos vuxna barn"),
        answer("partnerInfo.partnerOccupation", "Pensionär"),
        answer("housingInfo.numberpeopleLiving", "fyra"),
        kind="recurring",
        together=True,
    )
    assert [row.planning_type for row in found.application.plannings] == ["STUDIES"]
    assert found.application.housing_form is None
    assert found.application.housing_description == "Bor hos vuxna barn"
    assert told(found) == [
        "housingInfo.contract: boendeformen ”Bor hos vuxna barn” saknar motsvarighet.",
        "partnerInfo.partnerOccupation: svaret är inte tolkat:"
        " ”Pensionär” är ingen av formulärets sysselsättningar.",
        "housingInfo.numberpeopleLiving: svaret ”fyra” är inte tolkat: är inget heltal.",
    ]


def test_two_kinds_of_housing_are_told() -> None:
    found = read(answer("housingLease", True), answer("housingCondo", True), answer("housingHouse", False))
    assert found.application.housing_form == "RENTAL"
    assert told(found) == ["housingCondo: två olika boendeformer är valda."]


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


def test_a_change_in_words_is_told_and_kept() -> None:
    found = read(
        answer("otherMessage", "Jag har flyttat ihop"),
        answer("otherMessage2", "Hej"),
        answer("noChanges", True),
        kind="recurring",
    )
    assert found.application.other_information == (
        "Förändring sedan sist: Jag har flyttat ihop\n\nNågot vi behöver veta: Hej"
    )
    assert told(found) == [
        "otherMessage: sökanden skriver om en förändring, ”Jag har flyttat ihop”, som en människa ska läsa.",
        "noChanges: svaret är nej, men otherMessage säger något annat.",
    ]


def test_a_text_that_is_too_long_is_cut_and_told() -> None:
    found = read(answer("message", "a" * 5000))
    assert len(found.application.other_information or "") == 4000
    (cut,) = told(found)
    assert cut.startswith("message: texten är 5012 tecken; bara de första 4000 följer med (kontrollsumma ")
    assert [cut] != told(read(answer("message", "a" * 4999 + "b")))


def test_files_of_answers_and_of_the_envelope() -> None:
    found = read(
        answer("imgRent", [{"externalDisplayName": "avi.pdf", "uploadedId": "7"}]),
        answer("imgContract", "inte en lista"),
        attachments=[{"id": "8", "name": "kvitto.pdf", "category": "medicin"}],
    )
    assert [(file.category, file.name, file.file_id) for file in found.application.attachments] == [
        ("Hyresavi", "avi.pdf", "7"),
        ("medicin", "kvitto.pdf", "8"),
    ]
    assert told(found) == ["imgContract: svaret ”inte en lista” är inte tolkat: är ingen lista med filer."]


def test_what_is_said_of_a_file_is_told_and_so_is_a_file_that_did_not_come() -> None:
    known = {
        "deviceFileName": "x",
        "mime": "image/png",
        "questionId": "imgRent",
        "id": "5",
        "uploadedId": "7",
    }
    found = read(
        answer("imgRent", [{**known, "externalDisplayName": "avi.pdf", "comment": "hyran är höjd"}]),
        answer("imgContract", [{"externalDisplayName": "kontrakt.pdf"}]),
    )
    assert [file.file_id for file in found.application.attachments] == ["7", None]
    assert told(found) == [
        "Hyreskontrakt: filen ”kontrakt.pdf” är nämnd men inte bifogad.",
        "answers[0].value[0].comment: uppgiften ”hyran är höjd” är okänd och inte tolkad.",
    ]


@pytest.mark.parametrize(
    ("role", "sentences"),
    [
        ("child", ["persons[1]: namnet ”Kim” är ett annat än ”Olle” i ärendet."]),
        ("adult", ["persons[1]: samma person förekommer två gånger. Den andra gången står: ”Olle E”."]),
    ],
)
def test_a_child_of_the_case_who_is_somebody_else_in_the_answers_is_told(
    role: str, sentences: list[str]
) -> None:
    number = {"child": CHILD, "adult": APPLICANT["personalNumber"]}[role]
    person = {"role": "children", "firstName": "Olle", "lastName": "E", "personalNumber": number}
    given = child_answers(0, first="Kim", last="E", number=CHILD) if role == "child" else []
    assert told(read(*given, persons=[APPLICANT, person])) == sentences


@pytest.mark.parametrize("field", ["rent-1", "electricityMonth-1", "homeinsuranceMonth-1", "internetMonth-2"])
def test_a_cost_whose_field_names_another_month_is_not_of_this_one_without_a_tag(field: str) -> None:
    found = read(answer(field, "6200"))
    assert found.application.costs == []
    month = "september" if field.endswith("2") else "oktober"
    assert told(found) == [f"{field}: 6\u00a0200\u00a0kr gäller {month} 2026, inte ansökningsmånaden."]


@pytest.mark.parametrize(
    ("said", "drawn", "sentences"),
    [
        (True, True, []),
        ("Ja", True, []),
        (False, None, []),
        ("nej", None, []),
        ("x", None, ["details.completions.randomCheck: svaret ”x” är inte tolkat: är varken ja eller nej."]),
    ],
)
def test_a_random_check_is_yes_or_no_or_told(said: Any, drawn: bool | None, sentences: list[str]) -> None:
    form = case()
    found = read(details={**form["details"], "completions": {"randomCheck": said}})
    assert found.application.random_check is drawn
    assert told(found) == sentences


def test_a_signature_that_is_neither_yes_nor_no_is_told() -> None:
    found = read(persons=[{**APPLICANT, "hasSigned": "på måndag"}])
    assert found.application.persons[0].signed is None
    assert told(found) == ["persons[0].hasSigned: svaret ”på måndag” är inte tolkat: är varken ja eller nej."]


def test_a_name_is_kept_as_it_was_answered_and_whoever_the_case_says_it_is() -> None:
    found = read(answer("applicantInfo.firstName", "Test bor hos min bror"))
    assert found.people[0].first_name == "Test"
    assert found.application.persons[0].first_name == "Test bor hos min bror"
    assert told(found) == []


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


def test_which_form_it_is_when_the_envelope_does_not_say() -> None:
    new = read(answer("noChildren", True), applicationType=None)
    assert new.application.application_type is ApplicationType.NEW
    recurring = read(answer("noChanges", True), applicationType=None)
    assert recurring.application.application_type is ApplicationType.RENEWAL
    unclear = read(answer("rent", "1"), applicationType=None)
    assert unclear.application.application_type is None
    assert told(unclear) == ["answers: det går inte att se vilket av formulären som är besvarat."]
    wrong = read(answer("noChanges", True), kind="new")
    assert told(wrong) == ["applicationType: ansökan sägs vara ”new”, men svaren är ur ett annat formulär."]
    other = read(answer("noChanges", True), kind="completion")
    assert told(other) == ["applicationType: ansökningstypen ”completion” är okänd."]


@pytest.mark.parametrize(
    ("status", "sentences"),
    [
        ("active:submitted", []),
        ("active:signature:completed", []),
        ("active:randomCheckRequired:viva", []),
        (
            "active:signature:pending",
            ["status.type: ”active:signature:pending” säger inte att ansökan är inskickad och undertecknad."],
        ),
    ],
)
def test_a_status_that_is_not_handed_in_is_told(status: str, sentences: list[str]) -> None:
    found = read(answer("noChildren", True), status={"type": status, "name": "x", "description": "y"})
    assert told(found) == sentences
    assert found.application.random_check is (True if "randomCheck" in status else None)


def test_an_unsigned_partner_is_unsigned() -> None:
    found = read(answer("noChildren", True), persons=[APPLICANT, {**PARTNER, "hasSigned": False}])
    assert [adult.signed for adult in found.application.persons] == [True, False]


def test_what_stands_around_the_answers_is_told_when_it_is_unknown() -> None:
    found = read(answer("noChildren", True), extra={"belopp": "700"}, PK="x", rawData="y")
    assert told(found) == ["extra.belopp: ”700” kan vara ett belopp och är inte tolkat."]


def test_the_current_form_of_a_case_counts_and_another_is_told() -> None:
    data = case(kind="new")
    del data["answers"]
    data |= {
        "currentFormId": "a",
        "forms": {
            "a": {"answers": [answer("rent-1", "100", "month")], "encryption": {"type": "decrypted"}},
            "b": {"answers": [answer("rent", "200", "amount"), answer("message", "")]},
        },
    }
    found = adapters.read("mitt-helsingborg-v1", read_json(json.dumps(data).encode()))
    assert [row.applied_amount for row in found.application.costs] == [10000]
    assert told(found) == ["rent: svaret ”200” står i ett annat formulär och är inte tolkat."]


def test_what_is_no_application_is_refused() -> None:
    assert refused([]) == ["Ansökan ska vara ett objekt."]
    assert refused({}) == [
        "answers: Svaren saknas. Ansökan har varken ”answers” eller ett aktuellt formulär."
    ]
    assert refused({"answers": {"encryptedAnswers": "x"}}) == [
        "answers: Svaren ska vara en lista. Krypterade svar kan inte läsas."
    ]
    assert refused({"answers": [answer("rent", "1")] * 5001}) == ["answers: Listan är för lång. Högst 5000."]
    encrypted = {"currentFormId": "a", "forms": {"a": {"answers": [], "encryption": {"type": "aes"}}}}
    assert refused(encrypted) == ["forms.a: Svaren är krypterade och kan inte läsas."]
    many = {"answers": [answer(f"okänt{number}", "1") for number in range(1200)]}
    assert refused(many) == ["1201 uppgifter gick inte att tolka. Det är ingen ansökan av detta slag."]


def test_more_entries_than_an_application_holds_are_refused() -> None:
    rows = [answer(f"salary.{number}.amount", "1") for number in range(201)]
    assert refused(case(*rows)) == ["incomes: Listan är för lång. Högst 200."]


@pytest.mark.parametrize("odd", [None, 5, "x", [], {"field": 3}, {"field": {"id": 5}}, {"field": {"id": ""}}])
def test_a_member_of_the_list_that_is_no_answer_is_told(odd: Any) -> None:
    found = read(answer("noChildren", True), odd)
    if odd in (None, []):
        assert sentences(found) in ((), ("answers[1]: svaret saknar fält-id och är inte tolkat.",))
    else:
        assert "answers[1]: svaret saknar fält-id och är inte tolkat." in told(found)
