"""The proof that the adapter covers the real forms: every field of both is read or deliberately unused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.application.adapters.mitt_helsingborg.fields import (
    ALONE,
    CARE_TEXTS,
    FIELDS,
    FIXED,
    HOUSING_CHOICES,
    INCOME_TEXTS,
    LIVING,
    OCCUPATION_CHOICES,
    OCCUPATIONS,
    SCHOOLS,
    TRIP_PURPOSES,
    UNUSED,
)
from decision_service.application.form import (
    CostType,
    HousingForm,
    IncomeType,
    OtherAdult,
    OtherSubType,
    Paying,
    PlanningType,
    SchoolKind,
)
from tests.decision_service.adapters.form import FIXTURES, answer, read

FORMS = {
    name: json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("form-new", "form-recurring")
}
ALL = [(form, field) for form, whole in FORMS.items() for field in whole["fields"]]
NAMED_ELSEWHERE = {
    # Named by the forms' own summaries, not asked in these versions of the forms.
    "rent-2",
    "electricityMonth-2",
    "homeinsuranceMonth-2",
    "internetMonth-2",
    "rentRoommateMonth-2",
    "roommateElectricityMonth-2",
    "roommateInternetMonth-2",
    "otherDentalcareApplicant",
    "otherDentalcareWithCoapplicant",
    "partnerOtherDentalcare",
    # Asked by the version of the new form that the real answered application comes from.
    "electricityMonth1",
}


def name(id_: str) -> str:
    """The id of a field without the number of an entry."""
    return ".".join(part for part in id_.split(".") if not part.isdigit())


def test_the_forms_are_whole() -> None:
    assert [(form["form"], form["steps"], len(form["fields"])) for form in FORMS.values()] == [
        ("EKB-new", 42, 189),
        ("EKB-recurring", 36, 129),
    ]


@pytest.mark.parametrize(("form", "field"), ALL, ids=[f"{form}:{field['id']}" for form, field in ALL])
def test_every_field_of_both_forms_is_read_or_unused_with_a_reason(form: str, field: dict[str, Any]) -> None:
    known = name(field["id"])
    assert (known in FIELDS) != (known in UNUSED)
    if known in UNUSED:
        assert len(UNUSED[known]) > 10


def test_no_field_is_made_up() -> None:
    asked = {name(field["id"]).split(".")[0] for _, field in ALL}
    for known in (*FIELDS, *UNUSED):
        assert known.split(".")[0] in asked | NAMED_ELSEWHERE, known
    assert set(FIXED) <= set(UNUSED)
    assert {each for pair in ALONE.items() for each in (pair[0], *pair[1])} <= asked


def test_money_is_never_deliberately_unused() -> None:
    for _, field in ALL:
        if field["type"] == "number" or "amount" in field.get("tags", []):
            assert name(field["id"]) not in UNUSED


@pytest.mark.parametrize(
    ("endings", "table", "told"),
    [
        ((".livingChild",), LIVING, set()),
        ((".school",), SCHOOLS, set()),
        (("occupation", "partnerOccupation"), OCCUPATION_CHOICES, set()),
        ((".contract",), HOUSING_CHOICES, {"Bor hos vuxna barn", "Annat boende"}),
        ((".tripPurpose",), TRIP_PURPOSES, set()),
        (("Income.0.text",), INCOME_TEXTS, set()),
        (("octor.0.text", "octorApplicant.0.text"), CARE_TEXTS, set()),
    ],
)
def test_every_choice_of_both_forms_has_a_meaning(
    endings: tuple[str, ...], table: dict[str, Any], told: set[str]
) -> None:
    choices = {
        choice
        for _, field in ALL
        for choice in field.get("choices", [])
        if field["id"].endswith(endings) and field["type"] == "select"
    }
    assert choices
    assert choices - told <= set(table)


def test_every_code_is_one_of_the_canonical_application() -> None:
    costs = {each.value for each in CostType} | {f"OTHER:{each.value}" for each in OtherSubType}
    codes: dict[str, set[str]] = {
        "income": {each.value for each in IncomeType},
        "cost": costs | {"MEDICINE_OR_CARE"},
        "planning": {*OCCUPATIONS, ""},
        "housing": {*(each.value for each in HousingForm), ""},
        "adults": {each.value for each in OtherAdult},
        "aid": {each.value for each in Paying},
    }
    for field in FIELDS.values():
        part = field.to.partition(".")[0]
        if part in codes:
            assert field.code in codes[part]
    assert {kind for kind, _ in OCCUPATIONS.values()} <= {each.value for each in PlanningType}
    assert {kind for kind, _ in SCHOOLS.values()} == {each.value for each in SchoolKind}
    assert set(INCOME_TEXTS.values()) <= {each.value for each in IncomeType}
    assert {*TRIP_PURPOSES.values(), *CARE_TEXTS.values()} <= {each.value for each in CostType}


def filled(field: dict[str, Any], number: int) -> Any:
    """An answer that a citizen can give to a field."""
    if field.get("choices"):
        return field["choices"][0]
    match field["type"]:
        case "checkbox":
            return True
        case "date":
            return 1_794_304_800_000
        case "filePicker":
            return [{"externalDisplayName": "fil.pdf", "uploadedId": "1"}]
        case "hidden":
            return {"partnerYes": "", "hiddenCoapplicant": ""}.get(field["id"], _hidden(field))
        case "number":
            return str(100_000 + number)
        case _:
            return f"svar {number}"


def _hidden(field: dict[str, Any]) -> str:
    if "appliesto" not in field.get("tags", []):
        return "fast text"
    return "CHILDREN" if "children" in field["id"].lower() else "COAPPLICANT"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("together", [False, True])
def test_no_krona_of_a_form_answered_in_full_is_lost(form: str, together: bool) -> None:
    """Every number field has a sum of its own; each is found in the application or is told."""
    fields = FORMS[form]["fields"]
    given = [
        answer(field["id"], filled(field, number), *field.get("tags", []))
        for number, field in enumerate(fields)
        if not field["id"].startswith("no")
    ]
    kind = "new" if form == "form-new" else "recurring"
    found = read(*given, kind=kind, together=together)
    application = found.application
    kept = {row.amount for row in application.incomes} | {row.applied_amount for row in application.costs}
    kept |= {row.value for row in application.assets}
    texts = str(application.model_dump()) + str(found.people)
    for number, field in enumerate(fields):
        if field["type"] != "number" or field["id"].startswith("no"):
            continue
        amount = 100_000 + number
        told = any(str(amount) in each or field["id"] in each for each in found.unmapped)
        assert amount * 100 in kept or str(amount) in texts or told, field["id"]
