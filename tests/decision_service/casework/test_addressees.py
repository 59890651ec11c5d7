"""Every letter and payment says who it is for; each adult has a letter, and no way to a protected person is
told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.casework import handlaggare
from decision_service.casework.delivery import deliver
from decision_service.casework.writing_off import take_back
from decision_service.outputs import Message
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState
from tests.world.cases import raw
from tests.world.office import Json, World
from tests.world.people import NOVEMBER, TENANT, application, incomplete, personal_number

HOME = {"street": "Exempelgatan 1", "postalCode": "999 99", "city": "Exempelstad"}


@pytest.fixture(autouse=True)
def _november(world: World) -> None:
    world.clock.forward(days=30)


def couple(**changes: Any) -> Json:
    """Two who apply together; the second answers with another address."""
    form = raw("par-bifall")["application"] | {"periodMonth": 11, "periodYear": 2026, "address": HOME}
    people = [
        {"id": "p1", "role": "APPLICANT", "personal_number": personal_number(1), "first_name": "Alma"},
        {"id": "p2", "role": "CO_APPLICANT", "personal_number": personal_number(2), "first_name": "Samir"},
    ]
    people[1] |= {"last_name": "Ek", "digital_mailbox": True, "address": {"street": "Box 2"}} | changes
    return {"schema": "ansokan/1", "application": form, "people": people}


def sent(world: World, kind: str) -> list[Message]:
    while deliver(world.office):
        pass
    return sorted((one for one in world.recorder.got if one.kind == kind), key=lambda one: one.key)


def test_each_adult_of_a_couple_has_a_letter_of_their_own(world: World) -> None:
    found = world.apply(couple())
    first, second = sent(world, "receipt")
    assert (first.key, second.key) == (f"{found}.receipt.1", f"{found}.receipt.2.1")
    assert first.payload["to"] == {
        "person": "p1",
        "name": "Alma",
        "personal_number": personal_number(1),
        "address": ["Exempelgatan 1", "999 99 Exempelstad"],
        "digital_mailbox": None,
        "protected": False,
    }
    assert second.payload["to"]["name"] == "Samir Ek"
    assert second.payload["to"]["address"] == ["Box 2"]
    assert second.payload["to"]["digital_mailbox"] is True
    assert "Samir Ek\nBox 2\nPersonnummer " in second.payload["text"]
    assert "Alma" not in second.payload["text"]


def test_a_decision_is_sent_to_both_proven_and_logged_for_both(world: World) -> None:
    found = world.apply(couple())
    assert world.state(found) == ApplicationState.HANDLAGGARE
    world.claim(found)
    world.decide(found)
    letters = sent(world, "letter")
    assert [one.payload["to"]["person"] for one in letters] == ["p1", "p2"]
    assert all("c2sp.org/tlog-proof@v1" in one.payload["text"] for one in letters)
    assert [kind for kind, _ in world.trail(found)].count("letter") == 2
    (paid,) = sent(world, "payment")
    assert paid.payload["payee"] == {
        "name": "Alma",
        "personal_number": personal_number(1),
        "protected": False,
    }
    row = world.row(found)
    assert paid.payload["reference"] == f"Ärende {row.case_number}"
    assert {one.payload["letter"]["reference"] for one in letters} == {row.case_number}
    world.whole()


@pytest.mark.parametrize("protected", [0, 1])
def test_where_one_is_protected_no_address_of_anybody_is_told(world: World, protected: int) -> None:
    form = couple()
    form["people"][protected]["protected"] = True
    found = world.apply(form)
    world.claim(found)
    world.act(handlaggare.ask_applicant, found, ["Hur mår du?"])
    while deliver(world.office):
        pass
    got = [one for one in world.recorder.got if "to" in one.payload]
    assert {one.kind for one in got} == {"receipt", "handed_over", "completion_request"}
    for one in got:
        assert one.payload["to"]["protected"] is True
        told = json.dumps(one.payload, ensure_ascii=False)
        assert "Exempelgatan" not in told
        assert "Box 2" not in told


def test_the_applicant_is_told_who_takes_over_and_when_an_answer_comes_once(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    world.claim(found)
    world.act(handlaggare.hand_back, found, to_machine=True, reason="En gång till.")
    assert world.examine(found) == ApplicationState.HANDLAGGARE
    (told,) = sent(world, "handed_over")
    assert "EN HANDLÄGGARE TAR ÖVER" in told.payload["text"].upper()
    assert "senast den 29 oktober 2026" in told.payload["text"].replace("\n", " ")
    assert told.payload["letter"]["kind"] == "HOS_HANDLÄGGARE"


def test_who_takes_an_application_back_is_told_that_it_is_written_off(world: World) -> None:
    found = world.apply(incomplete(1, NOVEMBER))
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, found)
    (told,) = sent(world, "written_off")
    text = " ".join(told.payload["text"].split())
    assert "den 28 oktober 2026 avskrivit ärendet" in text
    assert told.payload["letter"]["kind"] == "AVSKRIVEN"


def test_what_was_agreed_stands_in_the_letter(world: World) -> None:
    world.imported(1)
    world.apply(application(1, NOVEMBER))
    (letter,) = sent(world, "letter")
    text = letter.payload["text"]
    assert "DET HÄR SKA DU GÖRA" in text
    assert "40 timmar i veckan" in text
    assert "till och med den 28 januari 2027" in text
