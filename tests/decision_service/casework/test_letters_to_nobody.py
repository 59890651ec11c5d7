"""No letter goes to somebody of whom it is not known who it is, and a person is asked."""

from __future__ import annotations

import json

import pytest

from decision_service.casework import delivery
from decision_service.casework.addressees import addressees_of
from decision_service.store.tables import ApplicationRow
from tests.world.office import Json, World
from tests.world.people import NOVEMBER, application

NOBODY: list[Json] = [{}, {"first_name": " ", "last_name": ""}]
SOMEBODY: list[Json] = [{"personal_number": "198802099823"}, {"first_name": "Samir"}, {"last_name": "Ek"}]
PARTY = "f47ac10b-58cc-4372-a567-0e02b2c3d479"


def couple(other: Json) -> Json:
    found = application(1, NOVEMBER)
    found["people"].append({"id": "p2", "role": "CO_APPLICANT", **other})
    return found


def receivers(world: World) -> list[str]:
    """To whom letters have gone since the last time, each once."""
    delivery.deliver(world.office)
    letters = [each.letter for each in world.recorder.got]
    world.recorder.got.clear()
    return sorted({letter["to"]["person"] for letter in letters if letter is not None and letter["to"]})


@pytest.mark.parametrize("other", NOBODY, ids=str)
def test_a_co_applicant_gets_letters_from_when_it_is_known_who_it_is(world: World, other: Json) -> None:
    found = world.apply(couple(other))
    assert receivers(world) == ["p1"]
    world.complete(
        found, {"people": [{"id": "p2", "first_name": "Samir"}], "application": {"hasAssets": False}}
    )
    world.examine(found)
    assert receivers(world) == ["p1", "p2"]


@pytest.mark.parametrize("other", SOMEBODY, ids=str)
def test_a_number_or_a_name_is_enough(world: World, other: Json) -> None:
    world.receive(couple(other))
    assert receivers(world) == ["p1", "p2"]


def test_a_letter_reaches_whoever_has_become_another_in_the_case_since(world: World) -> None:
    """What was to be told was told to a co-applicant, whoever the person is by then."""
    found = world.receive(couple({"first_name": "Samir"}))
    world.complete(found, {"people": [{"id": "p2", "role": "CHILD"}]})
    assert receivers(world) == ["p1", "p2"]


@pytest.mark.parametrize(
    ("adapter", "other", "told"),
    [
        ("sundsvall-v1", PARTY, [f"Id i ansökan: {PARTY}"]),
        ("sundsvall-v1", "p2", []),
        ("ansokan/1", PARTY, []),
    ],
)
def test_an_id_of_a_register_says_who_it_is_and_stands_in_the_letter(
    adapter: str, other: str, told: list[str]
) -> None:
    people = [{"id": "p1", "role": "APPLICANT", "first_name": "Alma"}, {"id": other, "role": "CO_APPLICANT"}]
    row = ApplicationRow(adapter=adapter, content=json.dumps({"application": {}, "people": people}))
    assert [line for to in addressees_of(row)[1:] for line in to.head] == told
