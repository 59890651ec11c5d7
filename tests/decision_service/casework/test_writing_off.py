"""An application that is taken back is written off by a decision of its own: a machine's or a person's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from decision_service.casework import answers, changed_world, handlaggare, telling
from decision_service.casework.delivery import deliver
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.rows import ConflictError
from decision_service.casework.writing_off import take_back, write_off
from decision_service.installation.municipality import WritesOff
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, WriteOffRow
from tests.world.answering import ANNA
from tests.world.office import World
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application

WHY = "Sökanden har fått arbete."


@pytest.fixture
def by_person(world: World) -> World:
    """The municipality lets a person write off."""
    own = world.office.municipality(TENANT).model_copy(update={"writes_off": WritesOff.PERSON})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: own}})
    world.office = replace(world.office, installation=installation)
    return world


def taken_back(world: World, case: str) -> None:
    with transaction(world.engine) as session:
        take_back(world.office, session, TENANT, case)


def decision(world: World, case: str) -> WriteOffRow:
    with reading(world.engine) as session:
        return session.get_one(WriteOffRow, (TENANT, case))


def letters(world: World) -> list[str]:
    while deliver(world.office):
        pass
    got = (each for each in world.recorder.got if each.kind == "written_off")
    return [" ".join(each.payload["text"].split()) for each in got]


def test_the_machine_writes_off_at_once(world: World) -> None:
    case = world.receive(application(1, NOVEMBER))
    taken_back(world, case)
    found = decision(world, case)
    assert (found.decided_by, found.signed, found.decided_at) == ("lagrum", None, world.clock())
    assert found.id is not None
    assert world.trail(case)[-2:] == [("withdrawn", None), ("written_off", None)]
    (letter,) = letters(world)
    assert "avskrivit ärendet" in letter
    assert "fattat av en dator när du tog tillbaka" in letter
    with pytest.raises(ConflictError):
        taken_back(world, case)
    world.whole()


def test_a_person_writes_off_where_the_municipality_wants_it(by_person: World) -> None:
    world = by_person
    case = world.apply(application(1, OCTOBER))
    taken_back(world, case)
    assert world.state(case) == ApplicationState.HANDLAGGARE
    assert world.reasons(case) == ["ÅTERKALLAD"]
    assert letters(world) == []
    with pytest.raises(ConflictError):
        taken_back(world, case)
    world.claim(case)
    with pytest.raises(InputError):
        world.act(write_off, case, " ")
    world.act(write_off, case, WHY)
    assert world.state(case) == ApplicationState.WITHDRAWN
    found = decision(world, case)
    assert found.decided_by == "h-17"
    assert found.signed is not None
    assert world.trail(case)[-1] == ("written_off", None)
    (letter,) = letters(world)
    assert WHY in letter
    assert found.signed in letter
    assert "en dator" not in letter
    world.whole()


def test_nothing_else_happens_to_a_case_that_is_taken_back(by_person: World) -> None:
    world = by_person
    case = world.apply(application(1, OCTOBER))
    world.claim(case)
    with transaction(world.engine) as session:
        asked = [each.question for each in answers.of_application(session, world.row(case))]
    assert asked == []
    taken_back(world, case)
    before = world.everything()
    with pytest.raises(ConflictError, match="taken_back"):
        world.decide(case)
    with pytest.raises(ConflictError, match="taken_back"):
        world.act(handlaggare.ask_applicant, case, ["Skicka kvittot."])
    with pytest.raises(ConflictError, match="taken_back"):
        world.act(handlaggare.hand_back, case, to_machine=True, reason="Pröva.")
    with pytest.raises(ConflictError, match="taken_back"):
        world.complete(case, {"application": {"hasAssets": False}})
    with pytest.raises(ConflictError):
        world.act(telling.tell, case)
    with transaction(world.engine) as session, pytest.raises((ConflictError, InputError)):
        answers.give(world.office, session, TENANT, case, None, [AnswersToTry("x", True, "Sedd.")], ANNA)
    world.clock.forward(days=2)
    assert changed_world.look_again(world.office) == 0
    world.clock.forward(days=-2)
    assert world.everything() == before


def test_a_case_that_nobody_has_taken_back_is_not_written_off(world: World) -> None:
    case = world.apply(application(1, OCTOBER))
    world.claim(case)
    with pytest.raises(ConflictError, match="not_taken_back"):
        world.act(write_off, case, WHY)
