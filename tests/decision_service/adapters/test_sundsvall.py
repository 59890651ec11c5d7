"""Sundsvall's payload: every field and code of the OpenAPI description, and what stands outside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.application import adapters
from decision_service.application.adapters import Intake
from decision_service.application.adapters.sundsvall import (
    CASEWORKER_INCOMES,
    COST_CODES,
    ENVELOPE_UNUSED,
    FIELDS,
    LISTS,
)
from decision_service.application.case_file import PersonRole
from decision_service.application.form import Application, CostType, FormPart, HousingForm, IncomeType
from decision_service.reading.strict_json import InputError, read_json
from tests.decision_service.adapters.form import EXAMPLES, FIXTURES
from tests.world.sweeps import swept
from tests.world.unread import sentences

SCHEMA: dict[str, dict[str, Any]] = json.loads(
    (FIXTURES / "sundsvall-schema.json").read_text(encoding="utf-8")
)
DATA = SCHEMA["FinancialAssistanceData"]
PARTS = {
    "children": "Child",
    "costs": "Cost",
    "incomes": "Income",
    "pendingBenefits": "PendingBenefit",
    "assets": "Asset",
    "persons": "Person",
    "plannings": "Planning",
    "plannedActivities": "PlannedActivity",
    "jobApplications": "JobApplication",
}


def read(data: Any) -> Intake:
    """What the adapter makes of a payload."""
    return adapters.read("sundsvall-v1", read_json(json.dumps(data).encode()))


def faults(data: Any) -> list[str]:
    """The faults of a payload that cannot be read."""
    with pytest.raises(InputError) as raised:
        read(data)
    return list(raised.value.lines)


def test_the_fields_are_those_of_the_openapi_description() -> None:
    single = [name for name, kind in DATA.items() if name not in PARTS]
    assert sorted(FIELDS) == sorted(single)
    assert set(LISTS) == set(PARTS)
    for name, (_, fields) in LISTS.items():
        assert sorted(fields) == sorted(SCHEMA[PARTS[name]])
    read = {"data", "description"}
    assert set(ENVELOPE_UNUSED) | read == set(SCHEMA["CreateFinancialAssistanceRequest"])


@pytest.mark.parametrize("said", ["Gäller också vinterskor till barnet", "Hyran för juni", "x" * 4000])
def test_the_description_of_an_errand_is_other_information(said: str) -> None:
    found = read({"data": {"applicationType": "NEW"}, "description": said})
    assert (found.application.other_information, sentences(found)) == (said, ())


@pytest.mark.parametrize("said", ["x" * 4001, 7, {"text": "Hyran"}, ["Hyran"]])
def test_a_description_that_is_no_text_of_a_field_is_told(said: Any) -> None:
    found = read({"data": {"applicationType": "NEW"}, "description": said})
    assert found.application.other_information is None
    (told,) = sentences(found)
    assert told.startswith("description")


def aliases(model: type[FormPart]) -> set[str]:
    """The names of the fields of a part."""
    return {field.alias or name for name, field in model.model_fields.items()}


def test_every_field_has_one_of_the_same_name_in_the_canonical_application() -> None:
    assert set(FIELDS) <= aliases(Application)
    for model, fields in LISTS.values():
        assert set(fields) <= aliases(model)


@swept(
    ("path", "value"),
    [
        (f"{part}.{name}", value)
        for part, fields in SCHEMA.items()
        for name, kind in fields.items()
        if isinstance(kind, dict)
        for value in kind["enum"]
    ],
)
def test_every_code_of_the_openapi_description_is_read(path: str, value: str) -> None:
    part, name = path.split(".")
    if part == "FinancialAssistanceData":
        found = read({name: [value] if DATA[name]["type"].endswith("[]") else value})
        field = next(key for key, each in Application.model_fields.items() if each.alias == name)
        kept = getattr(found.application, field)
    else:
        where = next(key for key, each in PARTS.items() if each == part)
        found = read({where: [{"role": "APPLICANT", name: value} if part == "Person" else {name: value}]})
        assert not any(name in told for told in sentences(found))
        (row,) = getattr(found.application, {"plannedActivities": "planned_activities"}.get(where, where))
        kept = next(getattr(row, key) for key, each in type(row).model_fields.items() if each.alias == name)
    assert (
        str(kept) in (value, str([value]), f"[<NormType.{value}: '{value}'>]")
        or kept
        in (
            value,
            [value],
        )
        or value in ("APPLICANT", "CO_APPLICANT")
    )


def test_case_workers_codes_are_mapped_or_told() -> None:
    assert set(COST_CODES) == {each.value for each in CostType if each.value != "DEBT"} | {"ELECTRICITY_2"}
    assert not CASEWORKER_INCOMES & {each.value for each in IncomeType}
    assert len(CASEWORKER_INCOMES) == 24
    for code in CASEWORKER_INCOMES:
        found = read({"incomes": [{"incomeType": code, "amount": 1900}]})
        assert found.application.incomes == []
        assert sentences(found) == (
            "incomes[0]: inkomsten på 1\u00a0900\u00a0kr är inte tolkad. "
            f"Koden ”{code}” är en handläggarkod.",
        )
    for code in ("CHILDCARE_FEE", "GLASSES", "VISITATION_COST", "DENTAL_CARE"):
        assert (
            read({"costs": [{"costType": code, "appliedAmount": 5}]}).application.costs[0].cost_type == code
        )
    second = read({"costs": [{"costType": "ELECTRICITY_2", "appliedAmount": 5}]}).application.costs[0]
    assert (second.cost_type, second.specification) == ("ELECTRICITY", "ELECTRICITY_2")


@pytest.mark.parametrize("code", ["PARKING", "DEBT", "", 7, ["RENT"], {"a": 1}])
def test_an_unknown_code_is_told_with_its_amount(code: Any) -> None:
    found = read({"costs": [{"costType": code, "appliedAmount": "812.50"}]})
    assert found.application.costs == []
    assert sentences(found)[0] == (
        f"costs[0]: kostnaden på 812,50\u00a0kr är inte tolkad. Koden ”{code}” är okänd."
    )


def test_the_example_in_its_envelope() -> None:
    found = adapters.read("sundsvall-v1", read_json((EXAMPLES / "sundsvall-v1.json").read_bytes()))
    form = found.application
    assert form.housing_form is HousingForm.RENTAL
    assert [row.amount for row in form.incomes] == [1850000, 25000]
    assert [row.applied_amount for row in form.costs] == [540000, 31025, 19000, 90000]
    assert [(person.role, person.days_in_home) for person in found.people] == [
        (PersonRole.APPLICANT, None),
        (PersonRole.CO_APPLICANT, None),
        (PersonRole.CHILD, 15),
    ]
    assert [row.person for row in form.plannings] == [found.people[0].id, found.people[1].id]
    assert form.plannings[1].sick_leave_level == 50
    assert sentences(found) == (
        "data.incomes[2]: inkomsten på 1\u00a0900\u00a0kr är inte tolkad."
        " Koden ”HOUSING_ALLOWANCE” är en handläggarkod.",
    )


def test_bare_data_and_data_in_an_envelope_are_the_same() -> None:
    bare = json.loads((EXAMPLES / "sundsvall-v1.json").read_bytes())["data"]
    assert read(bare).application == read({"data": bare}).application


def test_people_without_party_ids_get_ids_of_their_own() -> None:
    found = read(
        {
            "persons": [{"role": "CO_APPLICANT"}, {"role": "APPLICANT"}],
            "children": [{"firstName": "A"}, {"firstName": "B", "partyId": "x"}],
            "plannings": [{"person": "APPLICANT", "planningType": "JOBSEEKING"}],
            "maritalStatus": "COHABITING",
        }
    )
    assert [person.id for person in found.people] == ["p2", "p1", "b1", "x"]
    assert [adult.party_id for adult in found.application.persons] == ["p2", "p1"]
    assert [child.party_id for child in found.application.children] == ["b1", "x"]
    assert found.application.plannings[0].person == "p1"
    assert sentences(found) == ()


def test_unknown_fields_are_told_and_money_as_money() -> None:
    found = read(
        {
            "data": {"maritalStatus": "SINGLE", "bonus": 500, "costs": [{"costType": "RENT", "fee": "25"}]},
            "title": "x",
            "belopp": 300,
        }
    )
    assert sentences(found) == (
        "data.bonus: ”500” kan vara ett belopp och är inte tolkat.",
        "data.costs[0].fee: ”25” kan vara ett belopp och är inte tolkat.",
        "belopp: ”300” kan vara ett belopp och är inte tolkat.",
    )


def test_every_fault_is_told_with_its_path() -> None:
    wrong = {
        "data": {
            "periodMonth": 13,
            "attestation": "ja",
            "housingForm": "TENT",
            "incomes": [
                {"incomeType": "SALARY", "amount": "10.000", "incomeDate": "2026-02-30"},
                {"incomeType": "SALARY", "amount": -5},
            ],
            "children": [{"daysInHome": 40}, "x"],
            "costs": {"costType": "RENT"},
            "persons": [{"partyId": "p1"}],
        }
    }
    assert faults(wrong) == [
        "data.periodMonth: 13 är för stort. Högst 12.",
        "data.housingForm: ”TENT” är inget av de tillåtna värdena: NO_HOUSING_OR_INSTITUTION, RENTAL,"
        " SUBLET, LODGER, CONDOMINIUM, OWNED_HOUSE, RENTED_HOUSE, LIVING_WITH_PARENTS.",
        "data.attestation: ”ja” är varken true eller false.",
        "data.children[0].daysInHome: 40 är för stort. Högst 31.",
        "data.children[1]: ”x” är inget objekt.",
        "data.costs: Ett objekt är ingen lista.",
        "data.incomes[0].amount: ”10.000” går att läsa på två sätt, som tiotal eller som tusental."
        " Skriv kronor med punkt före öre, till exempel 5000 eller 5000.50.",
        "data.incomes[0].incomeDate: ”2026-02-30” är inget datum. Skriv det som ÅÅÅÅ-MM-DD.",
        "data.incomes[1].amount: Beloppet är under noll (−5\u00a0kr). Det måste vara noll eller mer.",
        "data.persons[0].role: Uppgiften saknas.",
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], "Ansökan ska vara ett objekt."),
        ({}, "data: Uppgiften saknas. Ansökan har varken ”data” eller något av dess fält."),
        ({"data": 5}, "data: Uppgiften saknas. Ansökan har varken ”data” eller något av dess fält."),
        ({"costs": [{}] * 201}, "costs: Listan är för lång. Högst 200."),
    ],
)
def test_what_is_no_application_is_refused(data: Any, told: str) -> None:
    assert faults(data) == [told]


def test_the_same_person_twice_is_told() -> None:
    found = read({"children": [{"partyId": "x"}, {"partyId": "x"}]})
    assert sentences(found) == ("children[1]: samma person (partyId) förekommer två gånger.",)


def test_the_first_with_a_role_is_the_one_in_the_case() -> None:
    found = read({"persons": [{"role": "APPLICANT", "partyId": "a"}, {"role": "APPLICANT", "partyId": "b"}]})
    assert len(found.application.persons) == 2  # told by a rule
    assert [person.id for person in found.people] == ["a"]
