"""Mitt Helsingborg: the applicant, a partner and the children, what they do and how they live."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from decision_service.application.form import MaritalStatus, SchoolKind
from tests.decision_service.adapters.form import (
    APPLICANT,
    PARTNER,
    answer,
    milliseconds,
    read,
    told,
)

CHILD = "201412012393"


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
    assert told(found) == []


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
    assert told(same) == []
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
    assert told(found) == []


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
    assert told(found) == []


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


def test_a_name_is_kept_as_it_was_answered_and_whoever_the_case_says_it_is() -> None:
    found = read(answer("applicantInfo.firstName", "Test bor hos min bror"))
    assert found.people[0].first_name == "Test"
    assert found.application.persons[0].first_name == "Test bor hos min bror"
    assert told(found) == []
