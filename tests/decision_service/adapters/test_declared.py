"""What comes beside a form, and what a form never asks: never in place of what the applicant has said."""

from __future__ import annotations

from typing import Any

import pytest

from decision_service.application import adapters
from decision_service.application.case_file import PersonRole
from decision_service.application.declared import Declared, read
from decision_service.application.form import NormType
from decision_service.reading.strict_json import InputError, read_json
from tests.world.cases import ROOT
from tests.world.sweeps import swept

Json = dict[str, Any]
FOLDER = ROOT / "examples" / "applications"
BESIDE = Declared(beside=True)
HOME = {"street": "Vägen 1", "postalCode": "252 25", "city": "Helsingborg"}
DECLARED = Declared(
    application={"norm_type": [NormType.NATIONAL_NORM], "stays_in_municipality": True},
    adults={"payment_same_as_previous": True},
    children={"lunch_away": False},
    decision="Nämndens beslut § 1 den 1 juni 2026",
)


def example(name: str) -> Json:
    found: Json = read_json((FOLDER / f"{name}.json").read_bytes())
    return found


def test_people_are_known_by_what_comes_beside() -> None:
    intake = read("sundsvall-v1", example("sundsvall-v1-bifall"), BESIDE)
    (person,) = intake.people
    assert (person.first_name, str(person.birthday)) == (
        "Anna",
        "1985-03-14",
    )
    assert [row.signed for row in intake.application.persons] == [True]
    assert intake.assumed == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"id": "någon"}, "people[0].id"),
        ({"id": "x1"}, "Ingen i formuläret heter x1."),
        ({"personal_number": "198503149801"}, "people[0].personal_number"),
        ({"born": "1985-03-15"}, "born"),
        ({"okänt": 1}, "people[0].okänt"),
    ],
)
def test_an_identity_that_cannot_be_right_is_refused(change: Json, told: str) -> None:
    data = example("sundsvall-v1-bifall")
    data["people"][0] |= change
    with pytest.raises(InputError) as refused:
        read("sundsvall-v1", data, BESIDE)
    assert told in str(refused.value)


def test_two_identities_of_one_person_are_refused() -> None:
    data = example("sundsvall-v1-bifall")
    data["people"] *= 2
    with pytest.raises(InputError, match="två gånger"):
        read("sundsvall-v1", data, BESIDE)


def test_another_personal_number_than_the_form_has_is_refused() -> None:
    form = example("mitt-helsingborg-v1-bifall")
    data = {"form": form, "people": [{"id": "p1", "personal_number": "198503149802"}]}
    with pytest.raises(InputError, match="ett annat personnummer"):
        read("mitt-helsingborg-v1", data, BESIDE)


@swept(
    ("said", "told"),
    [
        ({}, []),
        ({"first_name": "Sam"}, ["people.p1.first_name: namnet ”Kim” är ett annat än ”Sam” i ärendet."]),
        ({"first_name": "Kim Sam"}, []),
        ({"first_name": " "}, []),
        ({"born": "1988-02-09"}, []),
        (
            {"lunch_away": False},
            ["people.p1.lunch_away: svaret ”ja” är ett annat än ett tidigare på samma fråga."],
        ),
        ({"lunch_away": True, "in_school": True}, []),
        ({"signed": False}, ["people.p1.signed: svaret ”ja” är ett annat än ett tidigare på samma fråga."]),
        ({"address": HOME}, []),
        (
            {"address": {**HOME, "street": "Vägen 2"}},
            ["people.p1.address: svaret är ett annat än ett tidigare på samma fråga."],
        ),
    ],
)
def test_what_comes_beside_and_says_something_else_than_the_form_is_told(said: Json, told: list[str]) -> None:
    form = example("ansokan-1-bifall")
    form["people"][0] |= {"first_name": "Kim", "lunch_away": True, "address": HOME, "born": "1988-02-09"}
    form["application"]["persons"][0]["signed"] = True
    before = read("ansokan/1", {"form": form, "people": [{"id": "p1"}]}, BESIDE)
    assert before.unmapped == ()
    intake = read("ansokan/1", {"form": form, "people": [{"id": "p1", **said}]}, BESIDE)
    assert [each.sentence for each in intake.unmapped] == told
    assert (intake.people[0].first_name or "").strip()


def test_a_form_whose_people_should_come_beside_is_refused_without_them() -> None:
    with pytest.raises(InputError, match="people"):
        read("sundsvall-v1", example("sundsvall-v1"), BESIDE)


def test_a_fault_in_the_form_is_told_where_it_stands() -> None:
    data = example("sundsvall-v1-bifall")
    data["form"]["data"]["periodMonth"] = 13
    with pytest.raises(InputError, match=r"form\.data\.periodMonth"):
        read("sundsvall-v1", data, BESIDE)


def test_what_was_said_is_never_taken_for_granted() -> None:
    data = example("ansokan-1-bifall")
    data["application"] |= {"normType": "OTHER_NORM"}
    data["application"].pop("staysInMunicipality")
    data["application"]["persons"][0]["paymentSameAsPrevious"] = False
    intake = read("ansokan/1", data, DECLARED)
    assert intake.application.norm_type == [NormType.OTHER_NORM]
    assert intake.application.stays_in_municipality is True
    assert intake.application.persons[0].payment_same_as_previous is False
    assert [(one.field, one.decision) for one in intake.assumed] == [
        ("staysInMunicipality", "Nämndens beslut § 1 den 1 juni 2026")
    ]


def test_amounts_are_the_same_when_something_is_taken_for_granted() -> None:
    data = example("ansokan-1-bifall")
    data["application"].pop("normType")
    costs = read("ansokan/1", data, DECLARED).application.costs
    assert [cost.applied_amount for cost in costs] == [620000, 45000, 14000]


def test_children_have_their_own_answers() -> None:
    data = example("ansokan-1")
    del data["people"][1]["lunch_away"]
    intake = read("ansokan/1", data, DECLARED)
    assert intake.people[1].lunch_away is False
    assert [one.field for one in intake.assumed] == ["people[1].lunch_away"]


@pytest.mark.parametrize(
    "people",
    [
        [],
        [{"id": "b1", "role": "CHILD", "first_name": "Barn"}],
        [{"id": "p1", "role": "APPLICANT", "first_name": " ", "last_name": "\u00a0"}],
    ],
)
def test_an_application_without_an_applicant_is_none(people: list[Json]) -> None:
    data = {"schema": "ansokan/1", "application": {}, "people": people}
    with pytest.raises(InputError, match="säger inte vem som söker"):
        read("ansokan/1", data, Declared())


WITHOUT = {
    "ansokan/1": {"schema": "ansokan/1", "application": {}, "people": [{"id": "p1", "role": "APPLICANT"}]},
    "sundsvall-v1": {"data": {"persons": [{"role": "APPLICANT"}]}},
    "mitt-helsingborg-v1": {
        name: part for name, part in example("mitt-helsingborg-v1-bifall").items() if name != "persons"
    },
}
"""A form of each kind where somebody is the applicant, and who it is is not said."""


@pytest.mark.parametrize("adapter", adapters.ADAPTERS)
def test_an_applicant_of_whom_nothing_is_said_is_nobody_in_every_form(adapter: str) -> None:
    intake = adapters.read(adapter, WITHOUT[adapter])
    assert any(one.role is PersonRole.APPLICANT for one in intake.people)
    with pytest.raises(InputError) as refused:
        read(adapter, WITHOUT[adapter], Declared())
    assert [(one.code, one.path) for one in refused.value.faults] == [
        ("no_applicant", adapters.PEOPLE[adapter])
    ]
    [line] = refused.value.lines
    assert OWN_WORDS[adapter] in line
    others = {word for form, word in OWN_WORDS.items() if form != adapter} - {OWN_WORDS[adapter]}
    assert not [word for word in others if f" {word}" in line]


OWN_WORDS = {
    "ansokan/1": "people med rollen APPLICANT",
    "sundsvall-v1": "data.persons med rollen APPLICANT",
    "mitt-helsingborg-v1": "persons med rollen applicant",
}
"""What each form calls whoever applies."""
