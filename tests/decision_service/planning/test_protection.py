"""Whoever is protected anywhere in the municipality is so everywhere, in whatever order it comes to be known,
and no case that is deleted shows another."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from audit.errors import RowError
from decision_service.casework import imports, protecting
from decision_service.casework.protecting import SaidOfSomebodyHere
from decision_service.casework.rows import require_logged
from decision_service.log import vouched
from decision_service.planning import participants
from decision_service.planning.grounds import ProtectedBy, SaidProtected
from decision_service.planning.participants import Enrol, find, opened
from decision_service.planning.protected_before import WHY, upgrade
from decision_service.planning.steps import step_of
from decision_service.reading.faults import validated
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationRow, ApplicationState, UnsealedRow
from tests.decision_service.api.test_beside_protected import together
from tests.world.office import World
from tests.world.people import NOVEMBER, TENANT, incomplete, personal_number

MARKED = SaidProtected(
    basis=ProtectedBy.CONFIDENTIALITY_MARKING,
    told_by="personen själv",
    reason="Skatteverkets beslut visades.",
)


def marked(world: World, application: str, person: int | None = None, who: str = "h-19") -> str:
    """Somebody in an application is marked by hand, the first where nobody is said."""
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, application))
        people = json.loads(row.content)["people"]
        number = people[0]["personal_number"] if person is None else personal_number(person)
        said = MARKED.model_dump() | {
            "person": next(each["id"] for each in people if each["personal_number"] == number)
        }
        own = validated(SaidOfSomebodyHere, said)
        return protecting.mark_in_application(world.office, session, TENANT, application, own, who).id


def enrol(world: World, person: int, *, protected: bool) -> str:
    given = {"first_name": "Kim", "last_name": "Ek", "day": world.clock.now.date(), "protected": protected}
    with transaction(world.engine) as session:
        said = Enrol(personal_number=personal_number(person), **given)
        return participants.enrol(world.office, session, TENANT, said, "ask-1").case_id


def is_protected(world: World, case: str) -> bool:
    with reading(world.engine) as session:
        if case.startswith("person-"):
            return opened(find(world.office, session, TENANT, case)).protected
        row = session.get_one(ApplicationRow, (TENANT, case))
        require_logged(world.office, session, row)
        return row.protected


def protected_later(world: World, person: int) -> str:
    """Somebody is enrolled, and then protected."""
    case = enrol(world, person, protected=False)
    step = step_of({"step": "details", "protects": MARKED.model_dump(mode="json", exclude_none=True)})
    with transaction(world.engine) as session:
        version = find(world.office, session, TENANT, case).version
        participants.take(world.office, session, TENANT, case, step, "ask-1", version)
    return case


Coming = Callable[[World, Any], str]
"""Something that comes to the service about one of some people, who are numbered from one on."""
PROTECTED: tuple[Coming, ...] = (
    lambda world, one: enrol(world, one, protected=True),
    protected_later,
    lambda world, one: world.receive(together((one, "APPLICANT"), protected=True)),
    lambda world, one: marked(world, world.receive(together((one, "APPLICANT"))), one),
    lambda world, one: world.receive(
        together((one + 3, "APPLICANT"), (one, "CO_APPLICANT"), (140_000 + one, "CHILD"), protected=True)
    ),
)
"""How somebody comes to be protected: in the planning, there later, by the own application, by hand, by that
of somebody else."""
BESIDE: tuple[Coming, ...] = (
    lambda world, one: world.receive(together((one + 1, "APPLICANT"), (one, "CO_APPLICANT"))),
    lambda world, one: world.receive(together((one + 1, "APPLICANT"))),
    lambda world, one: enrol(world, one + 1, protected=False),
    lambda world, one: names(world, one + 2, one + 1),
)
"""Whoever is near: a couple, one of it alone, one of it in the planning, and one whose months name one."""


def test_who_is_protected_does_not_depend_on_the_order(world: World) -> None:
    """Neither on where it is said: whoever comes before it, or after, is hidden, and who has nobody in common
    with them is not."""
    alone = [world.receive(together((9, "APPLICANT"))), enrol(world, 9, protected=False)]
    orders = list(permutations(range(1 + len(BESIDE))))[::15]
    for at, order in enumerate(orders):
        comings = (PROTECTED[at % len(PROTECTED)], *BESIDE)
        cases = [comings[each](world, 10 * (at + 1)) for each in order]
        assert [is_protected(world, case) for case in cases] == [True] * len(cases), order
    assert [is_protected(world, case) for case in alone] == [False, False]
    world.whole()


def test_one_that_completes_with_somebody_protected_in_the_planning_is_hidden(world: World) -> None:
    enrol(world, 2, protected=True)
    found = world.receive(incomplete(1, NOVEMBER))
    world.examine(found)
    assert world.state(found) is ApplicationState.WAITING
    assert not is_protected(world, found)
    other = together((1, "APPLICANT"), (2, "CO_APPLICANT"))["people"]
    world.complete(found, {"people": other})
    assert is_protected(world, found)


def test_nobody_is_shown_again_because_a_case_is_deleted(world: World) -> None:
    """Neither the participant whose application it was, nor who was with them."""
    takes_part = enrol(world, 1, protected=False)
    protected = world.receive(together((1, "APPLICANT"), protected=True))
    near = world.receive(together((2, "APPLICANT"), (1, "CO_APPLICANT")))
    with transaction(world.engine) as session:
        connection = session.connection()
        for table in ("party", "message", "application"):
            column = "id" if table == "application" else "application_id"
            connection.execute(text(f"DELETE FROM {table} WHERE {column} = :case"), {"case": protected})
            connection.execute(text("DELETE FROM party WHERE application_id = :case"), {"case": near})
    assert is_protected(world, takes_part)
    assert is_protected(world, near)
    later = world.receive(together((1, "APPLICANT")))
    assert is_protected(world, later)


def test_what_somebody_else_has_written_is_hidden_and_not_vouched_for(world: World) -> None:
    """A row that is not the logged one does not become so because it is near somebody protected."""
    near, takes_part = world.receive(together((1, "APPLICANT"))), enrol(world, 1, protected=False)
    with transaction(world.engine) as session:
        connection = session.connection()
        connection.execute(text("UPDATE application SET client = 'x' WHERE id = :id"), {"id": near})
        changed = text("UPDATE participant SET responsible = 'x' WHERE case_id = :id")
        connection.execute(changed, {"id": takes_part})
    world.receive(together((2, "APPLICANT"), (1, "CO_APPLICANT"), protected=True))
    for case in (near, takes_part):
        with pytest.raises(RowError):
            is_protected(world, case)
    with reading(world.engine) as session:
        assert session.get_one(ApplicationRow, (TENANT, near)).protected


def test_the_applications_of_participants_are_hidden_at_the_upgrade(world: World) -> None:
    """Once, when the service starts with the tables of a version that did not hide them."""
    cases = [world.receive(together((1, "APPLICANT"))), world.receive(together((3, "APPLICANT")))]
    waits = enrol(world, 2, protected=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(participants, "protect", lambda *_: None)
        patch.setattr(participants, "ground_row", lambda *_: UnsealedRow(name=WHY))
        enrol(world, 1, protected=True)
    assert [is_protected(world, case) for case in (*cases, waits)] == [False] * 3
    for _ in range(2):
        upgrade(world.office, world.engine)
        assert [is_protected(world, case) for case in (*cases, waits)] == [True, False, False]
        with reading(world.engine) as session:
            assert session.exec(select(UnsealedRow)).all() == []
    world.whole()


def completed(world: World, known: str, of: int, *, protected: bool) -> str:
    """An application ``of`` somebody gets somebody more, the first."""
    added = together((of, "APPLICANT"), (1, "CO_APPLICANT"))["people"]
    added[1]["protected"] = protected
    return world.complete(known, {"people": added}).id


def names(world: World, *people: int) -> str:
    """Months from an earlier system that name some people are put forward; an application of whose they are
    was there before."""
    known = world.receive(together((people[0], "APPLICANT")))
    numbers = [personal_number(each) for each in people]
    said = {"months": [{"month": "2026-08", "outcome": "BIFALL", "people": numbers}]}
    with transaction(world.engine) as session:
        imports.put_forward(world.office, session, TENANT, numbers[0], said, "admin-1")
    return known


MARKS: dict[str, Coming] = {
    "enrols": lambda world, _: enrol(world, 1, protected=True),
    "marks": lambda world, known: marked(world, known, 1),
    "completes with somebody protected": lambda world, known: completed(world, known, 7, protected=True),
}
"""What makes the first protected."""
MEANWHILE: dict[str, Coming] = {
    "applies": lambda world, _: world.receive(together((1, "APPLICANT"))),
    "completes": lambda world, known: completed(world, known, 9, protected=False),
    "names": lambda world, _: names(world, 8, 1),
}
"""What brings the first into an application, or ties somebody to them."""
RACES = [
    ("enrols", "applies"),
    ("enrols", "completes"),
    ("marks", "completes"),
    ("marks", "names"),
    ("completes with somebody protected", "applies"),
    ("completes with somebody protected", "completes"),
    ("completes with somebody protected", "names"),
]


@pytest.mark.parametrize(("marks", "meanwhile"), RACES)
@pytest.mark.parametrize("marks_first", [True, False])
def test_one_that_comes_at_the_same_moment_is_hidden(
    world: World, marks: str, meanwhile: str, marks_first: bool
) -> None:
    """Whoever comes to be protected while an application with them comes, an older one gets them, or months
    name them; it is the first of the year too."""
    if world.engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time")
    known = dict[str, str]()
    if marks == "marks":
        known[marks] = world.receive(together((1, "APPLICANT")))
    for name, person in ((marks, 7), (meanwhile, 9)):
        if name.startswith("completes"):
            known[name] = world.receive(incomplete(person, NOVEMBER))
            world.examine(known[name])
    began, go = Event(), Event()
    real = vouched.append
    first, second = (marks, meanwhile) if marks_first else (meanwhile, marks)

    def slow(*given: Any, **named: Any) -> Any:
        if current_thread().name == first:
            began.set()
            go.wait(1)
        return real(*given, **named)

    found = dict[str, str]()

    def work(name: str) -> None:
        found[name] = {**MARKS, **MEANWHILE}[name](world, known.get(name, ""))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vouched, "append", slow)
        threads = [Thread(target=work, args=(name,), name=name) for name in (first, second)]
        threads[0].start()
        assert began.wait(30)
        threads[1].start()
        for each in threads:
            each.join(60)
    assert is_protected(world, found[marks])
    assert is_protected(world, found[meanwhile])
