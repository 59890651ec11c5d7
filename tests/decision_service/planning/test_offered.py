"""Activities for groups: the log vouches for each as it was offered, and the last day is everybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

import audit
from audit.errors import RowError
from decision_service.log import vouched
from decision_service.planning import participants
from decision_service.planning.offered import (
    OfferedActivity,
    all_offered,
    as_offered,
    end,
    offer,
    offered,
    require_place,
    taking_part,
)
from decision_service.planning.offered_before import vouch
from decision_service.planning.participation import AssignedActivity
from decision_service.planning.steps import step_of
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.store.database import transaction
from decision_service.store.refused import ConflictError, NotFoundError
from decision_service.store.tables import OfferedActivityRow
from tests.world.installation import HANDLES
from tests.world.office import Unused, World, world_like
from tests.world.people import TENANT, personal_number
from tests.world.planning import attending, enrol, plan
from tests.world.tampering import tamper

TODAY = date(2026, 10, 28)
SAID = {
    "title": "Jobbsökargruppen",
    "kind": "JOB_SEARCH",
    "support": "COACH",
    "first": "2026-10-05",
    "slots": [{"weekday": 2, "hours": 3, "begins": "09:00"}],
    "capacity": 2,
}


def offering(world: World, **more: Any) -> str:
    with transaction(world.engine) as session:
        given = validated(OfferedActivity, SAID | more)
        return offer(world.office, session, TENANT, given, "ask-1").id


def assigned(group: str, **more: Any) -> dict[str, Any]:
    return {"step": "assign", "id": "g", "offered": group, "first": "2026-10-28", **more}


def put_in(world: World, session: Session, person: int, said: dict[str, Any]) -> None:
    """Put a participant into a group's activity, as the page does."""
    row = participants.known_as(world.office, session, TENANT, personal_number(person))
    assert row is not None
    step = step_of(dict(as_offered(world.office, session, TENANT, said)))
    require_place(world.office, session, TENANT, step)
    participants.take(world.office, session, TENANT, row.case_id, step, "ask-1", row.version)


def schedule(world: World, person: int) -> AssignedActivity:
    with transaction(world.engine) as session:
        row = participants.known_as(world.office, session, TENANT, personal_number(person))
        assert row is not None
        return participants.opened(row).activities[-1]


def faults(world: World) -> list[str]:
    report = audit.verify_database(
        world.engine, world.public, vault=world.keys, tenants=[TENANT], source=vouched.source
    )
    return [said for state, said in report if state == "FEL"]


ATTACKS = {
    "another title": "UPDATE offered_activity SET document = replace(document, 'Jobb', 'Jabb')",
    "more places": "UPDATE offered_activity SET document = replace(document, 'capacity', 'platser')",
    "another last day": "UPDATE offered_activity SET last = '2027-01-01'",
    "another municipality's": f"UPDATE offered_activity SET tenant = '{HANDLES}'",
    "taken away": "DELETE FROM offered_activity",
    "invented": "INSERT INTO offered_activity (id, tenant, last, document) "
    "SELECT 'x' || substr(id, 2), tenant, last, document FROM offered_activity",
}


@pytest.mark.parametrize("statement", ATTACKS.values(), ids=ATTACKS)
def test_an_activity_that_is_not_the_logged_one_is_found(world: World, statement: str) -> None:
    offering(world)
    assert faults(world) == []
    assert tamper(world.engine, statement)
    assert any("offered_activity" in each for each in faults(world))


READING: dict[str, Callable[[World, Session, str], object]] = {
    "the list": lambda world, session, id_: all_offered(world.office, session, TENANT, TODAY),
    "one": lambda world, session, id_: offered(world.office, session, TENANT, id_),
    "a day of it": lambda world, session, id_: taking_part(world.office, session, TENANT, id_, TODAY),
    "ending it": lambda world, session, id_: end(world.office, session, TENANT, id_, TODAY, "ask-1"),
    "a place in it": lambda world, session, id_: require_place(
        world.office, session, TENANT, step_of(assigned(id_) | {"support": "COACH", **_OWN})
    ),
}
_OWN = {name: SAID[name] for name in ("title", "kind", "slots")}


@pytest.mark.parametrize("attack", ["another title", "another last day"])
def test_nobody_acts_on_one_that_is_not_the_logged_one(world: World, attack: str) -> None:
    found = offering(world)
    assert tamper(world.engine, ATTACKS[attack])
    for read in READING.values():
        with pytest.raises(RowError, match="offered_activity i ärende"), transaction(world.engine) as session:
            read(world, session, found)


def test_one_from_before_the_log_vouched_for_it_is_vouched_for_where_it_is_as_logged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tuple(each for each in vouched.VOUCHED if each.table is not OfferedActivityRow)
    with monkeypatch.context() as before:
        before.setattr(vouched, "VOUCHED", others)
        before.delitem(vouched.OF_TABLE, OfferedActivityRow)
        same, changed = offering(world), offering(world, title="Spåret")
    assert len(faults(world)) == 2
    assert tamper(world.engine, "UPDATE offered_activity SET document = replace(document, 'Spåret', 'Kurs')")
    ready = world.engine, world.office.log, world.keys, world.office.clock
    assert (vouch(*ready), vouch(*ready)) == (1, 0)
    (fault,) = faults(world)
    assert changed in fault
    with transaction(world.engine) as session:
        assert offered(world.office, session, TENANT, same).title == "Jobbsökargruppen"
        with pytest.raises(RowError):
            offered(world.office, session, TENANT, changed)


def test_the_last_day_is_that_of_all_who_take_part(world: World) -> None:
    group, other = offering(world), offering(world, title="Kurs", slots=[{"weekday": 3, "hours": 2}])
    for person, where in ((1, group), (2, group), (3, other)):
        attending(world, person, enrol, plan)
        with transaction(world.engine) as session:
            put_in(world, session, person, assigned(where))
    last = date(2026, 11, 10)
    with transaction(world.engine) as session:
        assert len(end(world.office, session, TENANT, group, last, "ask-2")) == 2
        assert offered(world.office, session, TENANT, group).last == last
        assert list(all_offered(world.office, session, TENANT, last)) == [group, other]
        assert list(all_offered(world.office, session, TENANT, date(2026, 11, 11))) == [other]
        with pytest.raises(ConflictError):
            end(world.office, session, TENANT, group, last, "ask-2")
    assert [schedule(world, person).last for person in (1, 2, 3)] == [last, last, None]
    with transaction(world.engine) as session:
        assert len(end(world.office, session, TENANT, group, date(2026, 11, 3), "ask-2")) == 2
    assert schedule(world, 1).last == date(2026, 11, 3)
    world.whole()


@pytest.mark.parametrize("last", [date(2026, 10, 4), date(2020, 1, 1)])
def test_what_has_been_is_not_taken_back_by_an_earlier_last_day(world: World, last: date) -> None:
    group = offering(world)
    with pytest.raises(InputError), transaction(world.engine) as session:
        end(world.office, session, TENANT, group, last, "ask-1")
    with pytest.raises(NotFoundError), transaction(world.engine) as session:
        end(world.office, session, HANDLES, group, date(2026, 12, 1), "ask-1")


def test_a_place_is_within_the_activitys_own_time(world: World) -> None:
    """Its last day where none is said, an earlier one where that is said, and never a later one."""
    group = offering(world, last="2026-12-18")
    for person, said, last in ((1, {}, date(2026, 12, 18)), (2, {"last": "2026-11-17"}, date(2026, 11, 17))):
        attending(world, person, enrol, plan)
        with transaction(world.engine) as session:
            put_in(world, session, person, assigned(group, **said))
        assert schedule(world, person).last == last
    attending(world, 3, enrol, plan)
    for said in ({"last": "2026-12-19"}, {"first": "2026-10-01"}):
        with pytest.raises(InputError), transaction(world.engine) as session:
            put_in(world, session, 3, assigned(group, **said))
    with pytest.raises(ConflictError), transaction(world.engine) as session:
        put_in(world, session, 3, assigned(group))


@pytest.fixture
def on_postgresql(postgresql_server: URL, postgresql_office: Unused, tmp_path: Path) -> Iterator[World]:
    with world_like(postgresql_office, postgresql_server, tmp_path) as found:
        yield found


def test_who_ends_an_activity_waits_for_who_is_taking_a_place(on_postgresql: World) -> None:
    """So nobody is in a group that has ended: whoever comes first is seen by the other."""
    world = on_postgresql
    group = offering(world)
    attending(world, 1, enrol, plan)
    with transaction(world.engine) as session:
        put_in(world, session, 1, assigned(group))
        with transaction(world.engine) as other:
            other.connection().exec_driver_sql("SET LOCAL lock_timeout = '1ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                end(world.office, other, TENANT, group, date(2026, 11, 10), "ask-2")
    with transaction(world.engine) as session:
        assert len(end(world.office, session, TENANT, group, date(2026, 11, 10), "ask-2")) == 1
    assert schedule(world, 1).last == date(2026, 11, 10)
