"""The canonical application, and the JSON schema that says what it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.application import adapters
from decision_service.application.adapters.canonical import ApplicationDocument
from decision_service.application.case_file import CaseFile
from decision_service.reading.strict_json import InputError, read_json
from tests.decision_service.adapters.form import EXAMPLES
from tests.decision_service.adapters.schema import SCHEMA, fits
from tests.world.sweeps import swept
from tests.world.unread import sentences

EXAMPLE: dict[str, Any] = json.loads((EXAMPLES / "ansokan-1.json").read_bytes())


def faults(data: Any) -> list[str]:
    """The faults of a document that cannot be read."""
    with pytest.raises(InputError) as raised:
        adapters.read("ansokan/1", read_json(json.dumps(data).encode()))
    return list(raised.value.lines)


def test_the_example_is_read_in_full() -> None:
    found = adapters.read("ansokan/1", read_json(json.dumps(EXAMPLE).encode()))
    assert [row.amount for row in found.application.incomes] == [425000, 15050]
    assert [person.id for person in found.people] == ["p1", "b1"]
    assert sentences(found) == ()


def test_a_role_in_a_planning_becomes_the_id_of_the_person() -> None:
    data = json.loads(json.dumps(EXAMPLE))
    data["application"]["plannings"] = [{"person": "APPLICANT", "planningType": "WORK"}]
    found = adapters.read("ansokan/1", read_json(json.dumps(data).encode()))
    assert found.application.plannings[0].person == "p1"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], ["Ansökan ska vara ett objekt."]),
        ({}, ["schema: Uppgiften saknas.", "application: Uppgiften saknas."]),
        (
            {"schema": "ansokan/2", "application": {}},
            ["schema: ”ansokan/2” är inget av de tillåtna värdena: ansokan/1."],
        ),
        (
            {"schema": "ansokan/1", "application": {"hasIncome": True}},
            ["application.hasIncome: Fältet finns inte. Menas ”hasIncomes”? Ta bort eller rätta det."],
        ),
        (
            {
                "schema": "ansokan/1",
                "application": {},
                "people": [{"id": "a", "role": "CHILD"}, {"id": "a", "role": "CHILD"}],
            },
            ["people[1]: Samma id finns två gånger: a."],
        ),
        (
            {
                "schema": "ansokan/1",
                "application": {},
                "people": [
                    {"id": "a", "role": "CHILD", "personal_number": "201412012393"},
                    {"id": "b", "role": "CHILD", "personal_number": "20141201-2393"},
                ],
            },
            ["people[1]: Samma person finns två gånger."],
        ),
        (
            {
                "schema": "ansokan/1",
                "application": {},
                "people": [{"id": "a", "role": "APPLICANT"}, {"id": "b", "role": "APPLICANT"}],
            },
            ["people[1]: Ett ärende har högst en sökande."],
        ),
        (
            {
                "schema": "ansokan/1",
                "application": {},
                "people": [{"id": "a", "role": "CO_APPLICANT"}, {"id": "b", "role": "CO_APPLICANT"}],
            },
            ["people[1]: Ett ärende har högst en medsökande."],
        ),
        (
            {
                "schema": "ansokan/1",
                "application": {},
                "people": [{"id": "a", "role": "CHILD", "personal_number": "201412012394"}],
            },
            [
                "people[0].personal_number: Personnumret eller samordningsnumret stämmer inte."
                " Kontrollera siffrorna."
            ],
        ),
    ],
)
def test_every_fault_of_a_document(data: Any, told: list[str]) -> None:
    assert faults(data) == told


def test_an_adapter_that_does_not_exist() -> None:
    with pytest.raises(InputError) as raised:
        adapters.read("sundsvall-v2", {})
    assert raised.value.lines == (
        "”sundsvall-v2” är inget av de tillåtna värdena: ansokan/1, sundsvall-v1, mitt-helsingborg-v1. "
        "Menas ”sundsvall-v1”?",
    )


# --- the JSON schema of the case file

CASE: dict[str, Any] = {
    "schema": "arende/1",
    "municipality": "1384",
    "received_at": "2026-11-20T08:12:00Z",
    "application": EXAMPLE["application"],
    "people": EXAMPLE["people"],
    "registers": {"af": {}},
    "activity": [{"person": "p1", "plan": {}, "sessions": []}],
    "history": [{"month": "2026-10", "outcome": "BIFALL", "amount": "9510", "costs": {"RENT": "5400"}}],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The case with another value at a path."""
    data: dict[str, Any] = json.loads(json.dumps(CASE))
    place: Any = data
    *way, last = path.split("/")
    for part in way:
        place = place[int(part) if part.isdigit() else part]
    place[int(last) if last.isdigit() else last] = value
    return data


def accepted(data: Any) -> bool:
    """Whether the model accepts a case file, read as JSON is read."""
    try:
        CaseFile.model_validate(read_json(json.dumps(data).encode()))
    except (ValueError, InputError):
        return False
    return True


def test_the_schema_takes_what_the_model_takes() -> None:
    assert accepted(CASE)
    assert fits(CASE, SCHEMA)
    assert "ansokan/1" in json.dumps(ApplicationDocument.model_json_schema())


@swept(
    ("path", "value", "good"),
    [
        ("application/incomes/0/amount", 0, True),
        ("application/incomes/0/amount", 12.5, True),
        ("application/incomes/0/amount", "12.50", True),
        ("application/incomes/0/amount", "-0.00", True),
        ("application/incomes/0/amount", "12,50", False),
        ("application/incomes/0/amount", "10 000", False),
        ("application/incomes/0/amount", -1, False),
        ("application/incomes/0/amount", True, False),
        ("application/incomes/0/month", "2026-13", False),
        ("application/normType", "NATIONAL_NORM", True),
        ("application/normType", ["NATIONAL_NORM", "OTHER_NORM"], True),
        ("application/normType", "NORM", False),
        ("application/periodMonth", 0, False),
        ("application/periodMonth", 11.0, False),
        ("application/hasIncomes", "ja", False),
        ("application/hasIncomes", None, True),
        ("application/okänt", 1, False),
        ("application/children/0/schoolKind", "COMPULSORY", True),
        ("application/attachments", [{"category": "Hyresavi"}], True),
        ("municipality", "138", False),
        ("people/0/role", "AUNT", False),
        ("history/0/costs", {"RENT": 5}, True),
        ("history/0/costs", {"PARKING": 5}, False),
        ("activity/0/sessions", [{"day": "2026-10-01", "hours": 3, "kind": "LANGUAGE"}], True),
        ("activity/0/sessions", [{"day": "2026-10-01", "hours": 30, "kind": "LANGUAGE"}], False),
    ],
)
def test_model_and_schema_agree(path: str, value: Any, good: bool) -> None:
    data = changed(path, value)
    assert accepted(data) is good
    assert fits(data, SCHEMA) is good
