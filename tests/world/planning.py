"""A participant for tests, and the steps that lead there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlmodel import Session

from decision_service.installation.calendar import SWEDISH
from decision_service.planning import marking, participants
from decision_service.planning.attendance import Marking, OneMark
from decision_service.planning.participants import Enrol
from decision_service.planning.participation import Enrolment, Participation
from decision_service.planning.steps import Today, step_of
from decision_service.planning.ways import Ways, ways_of
from decision_service.store.database import transaction
from decision_service.store.tables import ParticipantRow
from tests.world.office import World
from tests.world.people import TENANT, personal_number

Json = dict[str, Any]
ENROLLED = date(2026, 9, 1)
WAYS = ways_of("9999")

PLAN: Json = {
    "step": "plan",
    "decided": "2026-09-02",
    "first": "2026-09-03",
    "last": "2026-10-31",
    "goal": "Arbete som lagerarbetare",
    "own_search_hours": 10,
    "full_time": True,
}
GROUP: Json = {
    "step": "assign",
    "id": "grupp",
    "title": "Jobbsökargruppen",
    "kind": "JOB_SEARCH",
    "support": "COACH",
    "first": "2026-09-07",
    "slots": [{"weekday": 1, "hours": 3, "begins": "09:00"}, {"weekday": 3, "hours": 3}],
}
PLACEMENT: Json = {
    "step": "assign",
    "id": "praktik",
    "title": "Lagret",
    "kind": "WORKPLACE",
    "support": "EQUIP",
    "first": "2026-10-01",
    "slots": [{"weekday": each, "hours": 6} for each in (2, 4, 5)],
}


def taken(activity: str, day: str = "2026-09-04") -> Json:
    """The participant says yes."""
    return {"step": "answer", "activity": activity, "answer": "TAKEN", "day": day}


def participant(*steps: Json, today: date = date(2026, 10, 31), ways: Ways = WAYS) -> Participation:
    """Somebody who was enrolled, after these steps."""
    found = Participation(
        personal_number=personal_number(1),
        first_name="Kim",
        last_name="Ek",
        responsible="ask-1",
        enrolments=(Enrolment(day=ENROLLED),),
    )
    return after(found, *steps, today=today, ways=ways)


def after(
    person: Participation, *steps: Json, today: date = date(2026, 10, 31), ways: Ways = WAYS
) -> Participation:
    """A participant after more steps."""
    for step in steps:
        person = step_of(step).taken(person, Today(today, ways, SWEDISH))
    return person


Doing = Callable[[World, Session, int], object]


def enrol(world: World, session: Session, person: int) -> object:
    """Somebody is enrolled on 1 September."""
    given = Enrol(personal_number=personal_number(person), first_name="Kim", last_name="Ek", day=ENROLLED)
    return participants.enrol(world.office, session, TENANT, given, "ask-1")


def plan(world: World, session: Session, person: int) -> object:
    """The participant's plan is made."""
    return _step(world, session, person, PLAN)


def group(world: World, session: Session, person: int) -> object:
    """The participant takes part in a group."""
    _step(world, session, person, GROUP)
    return _step(world, session, person, taken("grupp"))


def mark(world: World, session: Session, person: int) -> object:
    """One occasion of the group is marked."""
    return marked("grupp")(world, session, person)


def marked(activity: str) -> Doing:
    """An occasion of an activity is marked."""

    def does(world: World, session: Session, person: int) -> object:
        one = OneMark(activity=activity, day=date(2026, 9, 14), mark=Marking.PRESENT)
        case = _row(world, session, person).case_id
        return marking.mark(world.office, session, TENANT, case, [one], "ask-1")

    return does


def stepping(said: Json) -> Doing:
    """A step is taken."""
    return lambda world, session, person: _step(world, session, person, said)


def _step(world: World, session: Session, person: int, said: Json) -> object:
    row = _row(world, session, person)
    step = step_of(said)
    return participants.take(world.office, session, TENANT, row.case_id, step, "ask-1", row.version)


def _row(world: World, session: Session, person: int) -> ParticipantRow:
    row = participants.known_as(world.office, session, TENANT, personal_number(person))
    assert row is not None
    return row


def attending(world: World, person: int, *doings: Doing) -> None:
    """Somebody is enrolled, has a plan, takes part and is marked; or only some of that."""
    for doing in doings or (enrol, plan, group, mark):
        with transaction(world.engine) as session:
            doing(world, session, person)
