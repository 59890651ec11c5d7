"""A person's own data: all of it, and nothing of anybody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.reading import TrailWords
from decision_service.casework.own_data import note_reading, own_data
from decision_service.casework.own_data_text import as_text
from decision_service.casework.rows import NotFoundError
from decision_service.log import journal
from decision_service.store.database import reading, transaction
from decision_service.store.sealing import KEY
from tests.world.lived import lived
from tests.world.office import World
from tests.world.people import OCTOBER, TENANT, application, personal_number
from tests.world.planted import APPLICANT, CHILD, CO_APPLICANT

WHO = journal.staff("jurist-1")
Json = dict[str, Any]


def extract(world: World, person: int, *, protected: bool = False) -> Json:
    number = personal_number(person)
    with transaction(world.engine) as session:
        note_reading(world.office, session, TENANT, number, WHO, "begaran", protected=protected)
    with reading(world.engine) as session:
        return own_data(world.office, session, TENANT, number, protected=protected)


def test_the_applicant_gets_everything_and_not_the_other_adults_own(world: World) -> None:
    case, planted = lived(world)
    package = extract(world, APPLICANT)
    whole = json.dumps(package, ensure_ascii=False)
    (one,) = package["applications"]
    of_the_other = one_of_the_other(world, case)
    missing = {each for each in planted if each not in whole} - {personal_number(APPLICANT)}
    assert missing <= of_the_other | planted_key(world, planted), missing
    assert [each for each in of_the_other if each in whole] == []
    assert personal_number(CO_APPLICANT) not in whole
    assert personal_number(CHILD) not in whole
    assert {"application", "registers", "decision", "letters", "payments", "notes", "answers"} <= one.keys()
    assert all(one[part] for part in ("registers", "letters", "payments", "notes", "answers", "log"))
    assert package["plan"]
    assert package["history"]
    assert package["log"]
    said = as_text(package, TrailWords())
    assert one["decision"]["reason"] in said
    assert all(each["text"] in said for each in one["notes"])
    world.whole()


def one_of_the_other(world: World, case: str) -> set[str]:
    """What the application says of the other adult and of the child that is nobody else's business."""
    content = json.loads(world.row(case).content)
    (mine,) = [one for one in content["people"] if one["role"] == "APPLICANT"]
    others = [one for one in content["people"] if one is not mine]
    form = [one for one in content["application"]["persons"] if one["partyId"] != mine["id"]]
    said = [one | {"first_name": None} for one in others] + form
    values = {value for one in said for value in strings(one)}
    return {each for each in values if each.startswith("Kvitten") or each in numbers()}


def numbers() -> set[str]:
    return {personal_number(CO_APPLICANT), personal_number(CHILD)}


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [each for inner in value.values() for each in strings(inner)]
    if isinstance(value, list):
        return [each for inner in value for each in strings(inner)]
    return [value] if isinstance(value, str) else []


def planted_key(world: World, planted: list[str]) -> set[str]:
    """The key of the e-service's request, which is about nobody, and kept as a hash."""
    with world.engine.connect() as connection:
        hashed = connection.exec_driver_sql("SELECT key FROM idempotency").scalar_one()
    return {each for each in planted if world.office.keyed(KEY, each) == hashed}


def test_the_other_adult_gets_no_account_and_no_register_of_the_applicant(world: World) -> None:
    lived(world)
    package = extract(world, CO_APPLICANT)
    (one,) = package["applications"]
    whole = json.dumps(package, ensure_ascii=False)
    assert personal_number(APPLICANT) not in whole
    assert "9034567891" not in json.dumps(one["payments"])
    assert [set(each) & {"payee", "account"} for each in one["payments"]] == [set()]
    assert one["registers"]
    assert "8222111" not in json.dumps(one["registers"])  # what was paid to the applicant
    assert package["plan"] == package["history"] == []


@pytest.mark.slow
def test_a_child_gets_what_is_said_of_the_child(world: World) -> None:
    lived(world)
    package = extract(world, CHILD)
    (one,) = package["applications"]
    assert one.keys() == {
        "id", "case_number", "month", "received_at", "state", "role", "application", "log",
    }  # fmt: skip
    assert one["application"]["person"]["personal_number"] == personal_number(CHILD)
    assert len(one["application"]["child"]) == 1
    assert personal_number(APPLICANT) not in json.dumps(package)


def test_the_reading_stands_in_every_case(world: World) -> None:
    world.plan(1)
    case = world.apply(application(1, OCTOBER))
    package = extract(world, 1)
    assert world.trail(case)[-1][0] == "access"
    assert package["applications"][0]["log"][-1]["why"] == "begaran"
    assert package["log"][-1]["why"] == "begaran"


def test_of_nobody_there_is_nothing(world: World) -> None:
    with pytest.raises(NotFoundError):
        extract(world, 7)


def test_a_protected_person_is_there_only_for_whoever_may_see_it(world: World) -> None:
    form = application(1, OCTOBER)
    form["people"][0]["protected"] = True
    case = world.apply(form)
    before = len(world.trail(case))
    with pytest.raises(NotFoundError):
        extract(world, 1)
    assert len(world.trail(case)) == before
    assert extract(world, 1, protected=True)["applications"][0]["id"] == case
