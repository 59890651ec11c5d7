"""The real answered application of Helsingborg, answer for answer."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from decision_service.application import adapters
from decision_service.application.case_file import PersonRole
from decision_service.application.form import ApplicationType, IncomeType, MaritalStatus
from decision_service.reading.strict_json import read_json
from norms.month import Month
from rules.texts import kronor
from tests.decision_service.adapters.form import EXAMPLES
from tests.world.unread import sentences

CONTENT = (EXAMPLES / "mitt-helsingborg-v1.json").read_bytes()
INTAKE = adapters.read("mitt-helsingborg-v1", read_json(CONTENT))
FORM = INTAKE.application
CASE = json.loads(CONTENT)
ANSWERS: list[dict[str, Any]] = next(form["answers"] for form in CASE["forms"].values() if form["answers"])


def test_it_has_138_answers_of_the_new_form_for_december() -> None:
    assert len(ANSWERS) == 138
    assert FORM.application_type is ApplicationType.NEW
    assert FORM.month == Month(2022, 12)


def test_the_people() -> None:
    assert [(person.id, person.role, person.personal_number) for person in INTAKE.people] == [
        ("p1", PersonRole.APPLICANT, "198603032395"),
        ("p2", PersonRole.CO_APPLICANT, "198603052385"),
    ]
    assert FORM.marital_status is MaritalStatus.COHABITING
    assert [adult.signed for adult in FORM.persons] == [True, True]
    assert FORM.attestation is True


def test_the_incomes() -> None:
    rows = [
        (row.income_type, row.amount, str(row.income_date or row.month), row.recipient)
        for row in FORM.incomes
    ]
    assert rows == [
        (IncomeType.SALARY, 100000, "2022-12-07", "p1"),
        (IncomeType.SALARY, 100100, "2022-12-06", "p1"),
        (IncomeType.SALARY, 110000, "2022-12-08", "p2"),
        (IncomeType.SALARY, 110100, "2022-12-09", "p2"),
        (IncomeType.LODGER_RENT, 10000, "2022-12", None),
        (IncomeType.LODGER_RENT, 10100, "2022-11", None),
        (IncomeType.LODGER_RENT, 10200, "2022-12", None),
        (IncomeType.LODGER_RENT, 10300, "2022-11", None),
        (IncomeType.LODGER_RENT, 10400, "2022-12", None),
        (IncomeType.LODGER_RENT, 10500, "2022-11", None),
        (IncomeType.FOREIGN_PENSION, 10600, "None", "p1"),
        (IncomeType.FOREIGN_PENSION, 10700, "None", "p2"),
        (IncomeType.SWISH_DEPOSITS, 10800, "2022-12-10", "p1"),
        (IncomeType.LOAN, 10900, "2022-12-11", "p1"),
        (IncomeType.GIFT, 11000, "2022-12-12", "p2"),
        (IncomeType.SALE, 11100, "2022-12-13", "p2"),
    ]


def test_the_costs() -> None:
    rows = [
        (
            f"{row.cost_type}{':' + row.other_sub_type if row.other_sub_type else ''}",
            (row.applied_amount or 0) // 100,
            row.person or row.recipient_or_period,
            row.specification,
        )
        for row in FORM.costs
    ]
    assert rows == [
        ("RENT", 2001, None, None),
        ("ELECTRICITY", 201, None, None),
        ("HOME_INSURANCE", 203, None, None),
        ("INTERNET", 205, None, None),
        ("CHILDCARE_FEE", 206, "Barn", None),
        ("TRAVEL_APPROVED", 207, "p1", "Busskort"),
        ("TRAVEL_APPROVED", 208, "p1", "Busskort"),
        ("TRAVEL_APPROVED", 209, "p2", "Busskort"),
        ("TRAVEL_APPROVED", 210, "p2", "Busskort"),
        ("UNEMPLOYMENT_FUND", 211, "p1", "A-kassa och fackavgift i en summa"),
        ("UNEMPLOYMENT_FUND", 212, "p2", "A-kassa och fackavgift i en summa"),
        ("MEDICINE", 213, "p1", "Medicin"),
        ("MEDICAL_CARE", 214, "p1", "Sjukvård"),
        ("MEDICAL_CARE", 215, "p2", "Sjukvård"),
        ("MEDICINE", 216, "p2", "Medicin"),
        ("OTHER:ACUTE_DENTAL", 217, "p1", "Akut tandvård"),
        ("OTHER:ACUTE_DENTAL", 218, "p1", "Akut tandvård"),
        ("OTHER:ACUTE_DENTAL", 219, "p2", "Akut tandvård"),
        ("OTHER:ACUTE_DENTAL", 220, "p2", "Akut tandvård"),
        ("OTHER:OTHER", 221, "p1", "Byxor"),
        ("OTHER:OTHER", 222, "p2", "Tröja"),
        ("OTHER:OTHER", 223, "Barn", "Glasögon"),
    ]
    assert {row.month for row in FORM.costs[:4]} == {"2022-12"}
    assert FORM.costs[11].cost_date == date(2022, 12, 18)


def test_the_assets_and_the_rest() -> None:
    assert [(row.asset_category, row.description, row.value) for row in FORM.assets] == [
        ("VEHICLE", "Fordon", 2000000),
        ("REAL_ESTATE", "Hus, lägenhet eller fastighet", 3000000),
        ("OTHER", "Hatt", 11200),
        ("OTHER", "Mössa", 11300),
    ]
    assert [(row.person, row.planning_type, row.work_extent) for row in FORM.plannings] == [
        ("p1", "JOBSEEKING", None),
        ("p1", "OTHER", None),
        ("p2", "WORK", "FULL"),
    ]
    assert (FORM.rent_debt, FORM.electricity_debt, FORM.housing_person_count) == (False, True, 5)
    assert FORM.other_adults == ["RELATIVE"]
    assert FORM.benefits_from == ["UNEMPLOYMENT_FUND", "STUDENT_AID"]
    assert FORM.other_information == "Meddelande: Tjena tjena tjena"
    assert [file.category for file in FORM.attachments] == [
        "Hyreskontrakt",
        "Hyresavi",
        "Hyresavi",
        "Kontoutdrag",
        "Banköversikt",
    ]


def test_what_a_person_has_to_look_at() -> None:
    assert sentences(INTAKE) == (
        "rent: 2\u00a0000\u00a0kr gäller januari 2023, inte ansökningsmånaden.",
        "electricityMonth: 200\u00a0kr gäller januari 2023, inte ansökningsmånaden.",
        "homeinsuranceMonth: 202\u00a0kr gäller januari 2023, inte ansökningsmånaden.",
        "internetMonth: 204\u00a0kr gäller januari 2023, inte ansökningsmånaden.",
        "othercostApplicant.0: ”Vantar” söks utan belopp.",
        "partnerOthercost.1: ”Skor” söks utan belopp.",
        "childOthercost.1: ”Halsduk” söks utan belopp.",
        "noChildren: svaret är nej, men childcare säger något annat.",
    )


def test_every_amount_of_the_application_is_kept_once_or_told() -> None:
    typed = [
        int(each["value"])
        for each in ANSWERS
        if ("amount" in each["field"]["tags"] or "childcare" in each["field"]["tags"])
        and each["value"] != "0"
    ]
    kept = [row.amount for row in FORM.incomes] + [row.applied_amount for row in FORM.costs]
    kept += [row.value for row in FORM.assets]
    for amount in typed:
        told = [each for each in sentences(INTAKE) if f" {kronor(amount * 100)}" in each]
        assert kept.count(amount * 100) + len(told) == typed.count(amount) == 1
    assert len(kept) + 4 == len(typed)
