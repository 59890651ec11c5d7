"""An open task is looked at again when something about its people has changed; whoever has it keeps it."""

from __future__ import annotations

from decision_service.casework.changed_world import look_again
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState, TaskRow
from tests.world.office import PERSON, SECOND, World, silent
from tests.world.people import NOVEMBER, TENANT, application, personal_number


def claimed_by(world: World, found: str) -> str | None:
    with transaction(world.engine) as session:
        return session.get_one(TaskRow, (TENANT, found)).claimed_by


def test_nothing_has_changed(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    world.claim(found)
    before = world.everything()
    world.clock.forward(days=3)
    assert look_again(world.office) == 0
    assert world.everything() == before


def test_another_application_of_the_person_is_decided(world: World) -> None:
    """The warning closes by itself, and what has happened instead is asked about."""
    world.clock.forward(days=30)
    first, second = world.apply(application(1, NOVEMBER)), world.apply(application(1, NOVEMBER))
    assert "ANSÖKAN_PÅGÅR" in world.reasons(second)
    world.claim(second, SECOND)
    world.claim(first)
    world.clock.forward(hours=1)
    world.decide(first)
    assert look_again(world.office) == 1
    assert world.state(second) == ApplicationState.RECEIVED
    assert world.examine(second) == ApplicationState.HANDLAGGARE
    codes = world.reasons(second)
    assert "ANSÖKAN_PÅGÅR" not in codes
    assert "MÅNADEN_BESLUTAD" in codes
    assert claimed_by(world, second) == SECOND
    assert look_again(world.office) == 0


def test_a_month_that_is_imported_and_a_plan(world: World) -> None:
    world.clock.forward(days=30)
    found = world.apply(application(1, NOVEMBER))
    assert "NY_ANSÖKAN" in world.reasons(found)
    world.clock.forward(hours=1)
    world.imported(1)
    assert look_again(world.office) == 1
    assert world.examine(found) == ApplicationState.DECIDED


def test_the_registers_are_asked_again_each_day(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    world.registers.script[personal_number(1)] = silent
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    world.registers.script.clear()
    world.clock.forward(hours=23)
    assert look_again(world.office) == 0
    world.clock.forward(hours=2)
    assert look_again(world.office) == 1
    assert world.examine(found) == ApplicationState.DECIDED


def test_a_decision_that_waits_for_a_second_person_is_left_alone(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    world.claim(found, PERSON)
    world.decide(found, "AVSLAG", 0, "Ingen rätt.")
    world.clock.forward(hours=1)
    world.imported(1)
    assert look_again(world.office) == 0
