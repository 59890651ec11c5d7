"""Mitt Helsingborg: what stands around the answers: files, status, signatures, and which form it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.application import adapters
from decision_service.application.form import ApplicationType
from decision_service.reading.strict_json import InputError, read_json
from tests.decision_service.adapters.form import (
    APPLICANT,
    PARTNER,
    answer,
    case,
    read,
    told,
)


def refused(data: Any) -> list[str]:
    """The faults of what is no application."""
    with pytest.raises(InputError) as raised:
        adapters.read("mitt-helsingborg-v1", read_json(json.dumps(data).encode()))
    return list(raised.value.lines)


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
