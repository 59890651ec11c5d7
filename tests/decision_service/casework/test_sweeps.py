"""Nothing is forgotten: what each sweep finds, does once, and leaves alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from audit.errors import RowError
from decision_service.casework import steps, sweeps
from decision_service.casework.handlaggare import claim
from decision_service.casework.leases import LONG
from decision_service.casework.timetable import timetable
from decision_service.log import journal
from decision_service.operations.readings import SWEEPS
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationRow, ApplicationState, IdempotencyRow, SweepRow, TaskRow
from tests.world.office import PERSON, START, World
from tests.world.people import NOVEMBER, TENANT, application, incomplete


def test_due(world: World) -> None:
    first = world.receive(application(1, NOVEMBER))
    later = world.receive(application(2, NOVEMBER), run_after=timedelta(seconds=30))
    assert sweeps.due(world.office) == [(TENANT, first)]
    assert sweeps.due(world.office) == []  # it has just been named
    world.clock.forward(seconds=30)
    assert sweeps.due(world.office) == [(TENANT, later)]
    world.clock.forward(seconds=31)
    assert sweeps.due(world.office) == [(TENANT, first)]
    world.examine(first)
    world.examine(later)
    world.clock.forward(days=1)
    assert sweeps.due(world.office) == []


def test_due_names_what_a_dead_worker_has_left(world: World) -> None:
    found = world.receive(application(1, NOVEMBER))
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, found))
        row.state, row.attempts, row.next_run_at = ApplicationState.EXAMINED, 1, world.clock.now + LONG
        session.add(row)
    assert sweeps.due(world.office) == []
    world.clock.now += LONG
    assert sweeps.due(world.office) == [(TENANT, found)]
    assert world.examine(found) == ApplicationState.HANDLAGGARE


def test_at_twenty_hours_a_person_gets_it(world: World) -> None:
    found = world.receive(application(1, NOVEMBER))
    world.clock.now = START + timedelta(hours=20) - timedelta(seconds=1)
    assert sweeps.late(world.office) == 0
    world.clock.forward(seconds=1)
    assert sweeps.late(world.office) == 1
    assert sweeps.late(world.office) == 0
    assert world.state(found) == ApplicationState.HANDLAGGARE
    assert world.reasons(found) == ["FRIST_NÄRA"]
    assert world.trail(found)[-1] == ("handed_over", "deadline_near")
    assert world.row(found).escalate_at == world.row(found).person_due_at - timedelta(hours=4)
    assert world.examine(found) == ApplicationState.HANDLAGGARE  # a job that comes late changes nothing
    world.whole()


def test_a_person_is_warned_and_then_the_manager(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    due = world.row(found).person_due_at
    world.clock.now = due - timedelta(hours=4)
    assert sweeps.late(world.office) == 1
    row = world.row(found)
    assert (row.escalation, row.escalate_at, row.breached_at) == (1, due, None)
    assert world.trail(found)[-1] == ("deadline", False)
    world.clock.now = due - timedelta(seconds=1)
    assert sweeps.late(world.office) == 0
    world.clock.now = due
    assert sweeps.late(world.office) == 1
    row = world.row(found)
    assert (row.escalation, row.escalate_at, row.breached_at) == (2, None, due)
    assert world.trail(found)[-1] == ("deadline", True)
    world.clock.forward(days=10)
    assert sweeps.late(world.office) == 0
    with transaction(world.engine) as session:
        assert [one.id for one in sweeps.undecided(session, [TENANT])] == [found]
        assert sweeps.undecided(session, ["1287"]) == []
    world.claim(found)
    world.decide(found)
    with transaction(world.engine) as session:
        assert sweeps.undecided(session, [TENANT]) == []
    assert world.row(found).breached_at == due  # it stays known
    world.whole()


def test_when_nobody_swept_for_days_the_breach_is_told_at_once(world: World) -> None:
    found = world.apply(application(1, NOVEMBER))
    world.clock.forward(days=9)
    assert sweeps.late(world.office) == 1
    assert world.row(found).breached_at == world.clock.now
    assert world.trail(found)[-1] == ("deadline", True)


def test_a_person_who_decides_in_time_breaches_nothing(world: World) -> None:
    found = world.known(1)
    world.clock.forward(days=9)
    assert sweeps.late(world.office) == 0
    assert world.row(found).breached_at is None


def waiting(world: World) -> str:
    found = world.apply(incomplete(1, NOVEMBER))
    with transaction(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, found))
        if row.state == ApplicationState.HANDLAGGARE:  # a first application: a person asks
            claim(world.office, session, TENANT, found, PERSON, row.version)
            wanted = [{"kind": "completion", "code": "X", "question": "Vad äger du?"}]
            steps.ask(world.office, session, row, wanted, world.clock.now, journal.MACHINE)
    assert world.state(found) == ApplicationState.WAITING
    return found


def test_reminded_once_and_then_given_to_a_person(world: World) -> None:
    found = waiting(world)
    asked = world.clock.now
    world.clock.forward(days=6, hours=23)
    assert (sweeps.unanswered(world.office), sweeps.late(world.office)) == (0, 0)
    world.clock.now = asked + timedelta(days=7)
    assert sweeps.unanswered(world.office) == 1
    assert sweeps.unanswered(world.office) == 0
    assert world.messages(found) == ["completion_request", "reminder"]
    assert world.trail(found)[-1] == ("completion", "reminded")
    world.clock.now = asked + timedelta(days=14)
    assert sweeps.unanswered(world.office) == 1
    assert sweeps.unanswered(world.office) == 0
    row = world.row(found)
    assert row.state == ApplicationState.HANDLAGGARE
    assert world.reasons(found) == ["KOMPLETTERING_UTEBLEV", "UPPGIFT_SAKNAS"]
    assert row.deadline_at == world.clock.now + timedelta(hours=24)
    assert row.person_due_at >= row.deadline_at
    assert row.escalate_at == row.person_due_at - timedelta(hours=4)
    assert world.trail(found)[-1] == ("completion", "unanswered")
    world.whole()


def test_the_clock_stands_while_the_applicant_is_waited_for(world: World) -> None:
    found = waiting(world)
    world.clock.forward(days=6)
    assert sweeps.late(world.office) == 0
    assert sweeps.due(world.office) == []
    assert world.row(found).breached_at is None


def test_what_cannot_be_swept_keeps_no_other_waiting(world: World) -> None:
    broken = world.receive(application(1, NOVEMBER))
    world.clock.forward(seconds=1)
    sound = world.receive(application(2, NOVEMBER))
    world.clock.forward(days=1)
    with world.engine.begin() as connection:
        spoilt = text("UPDATE application SET content = :content WHERE id = :id")
        connection.execute(spoilt, {"id": broken, "content": b"not sealed"})
    with pytest.raises(RowError):
        sweeps.late(world.office)
    assert world.state(sound) == ApplicationState.HANDLAGGARE
    with transaction(world.engine) as session:
        query = select(ApplicationRow.state).where(ApplicationRow.id == broken)
        assert session.exec(query).one() == ApplicationState.RECEIVED


def test_several_sweep_at_once(world: World) -> None:
    found = [world.receive(application(number, NOVEMBER)) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        named = [each for some in pool.map(lambda _: sweeps.due(world.office), range(4)) for each in some]
    assert sorted(named) == sorted((TENANT, one) for one in found)
    world.clock.forward(days=1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: sweeps.late(world.office), range(4)))
    for one in found:
        assert world.trail(one) == [("application_received", None), ("handed_over", "deadline_near")]
    world.whole()


def test_old_keys_are_forgotten(world: World) -> None:
    with transaction(world.engine) as session:
        for name, hours in (("old", 49), ("new", 47)):
            moment = world.clock.now - timedelta(hours=hours)
            session.add(
                IdempotencyRow(
                    tenant=TENANT,
                    client="e",
                    key=name,
                    request="",
                    application_id="",
                    created_at=moment,
                )
            )
    assert sweeps.forget_keys(world.office) == 1
    with transaction(world.engine) as session:
        assert session.exec(select(IdempotencyRow.key)).all() == ["new"]


def test_a_sweep_is_noted(world: World) -> None:
    sweeps.note_run(world.office, "due")
    world.clock.forward(minutes=1)
    sweeps.note_run(world.office, "due")
    with transaction(world.engine) as session:
        assert session.get_one(SweepRow, "due").ran_at == world.clock.now
        assert session.exec(select(TaskRow)).all() == []


def test_every_sweep_of_the_timetable_comes_to_its_end_and_is_noted(world: World) -> None:
    """Those that readiness asks for go round often enough for its patience."""
    received = world.receive(application(1, NOVEMBER))
    asked: list[tuple[str, ...]] = []
    found = list(timetable(world.office, lambda *named: asked.append(named), lambda: None))
    for sweep in found:
        sweep.work()
    with transaction(world.engine) as session:
        noted = set(session.exec(select(SweepRow.name)))
    every = {sweep.name: sweep.every for sweep in found}
    assert noted == every.keys() >= SWEEPS.keys()
    assert all(2 * every[name] <= patience for name, patience in SWEEPS.items())
    assert asked == [(TENANT, received)]
