"""The made-up year through the database and the service's own functions: what is kept is what was lived,
every figure is that of the bare events, and another municipality sees nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from sqlmodel import Session

from decision_service.commands.played_month import SetClock
from decision_service.follow_up.outcomes import outcomes
from decision_service.follow_up.participants import everybody, quarter_counts
from decision_service.follow_up.requirement import quarter
from decision_service.installation.calendar import SWEDISH
from decision_service.planning import marking, participants
from decision_service.planning.attendance import Marking, OneMark
from decision_service.planning.facts import activity_of
from decision_service.planning.known import planned_activity
from decision_service.planning.participants import Enrol
from decision_service.planning.participation import Participation
from decision_service.planning.steps import step_of
from decision_service.reading.swedish_time import begin_of
from decision_service.store.database import reading, transaction
from decision_service.store.refused import NotFoundError
from norms.month import Month
from tests.decision_service.planning.test_a_year import Life, lived
from tests.world.database import new_database
from tests.world.installation import HANDLES
from tests.world.office import World, new_world, shared_evaluators
from tests.world.people import TENANT, personal_number

pytestmark = pytest.mark.slow

LIVES = 10
TODAY = date(2027, 1, 15)


@pytest.fixture
def world(sqlite_tables: URL, tmp_path: Path) -> Iterator[World]:
    """An office on SQLite: what differs between databases is tried where statements fail."""
    with new_database(None, tmp_path, sqlite_tables) as url:
        found = new_world(url, tmp_path, shared_evaluators())
        yield found
        found.engine.dispose()


@pytest.fixture
def kept(world: World) -> tuple[World, list[Life]]:
    """Everybody's year, step by step in the order of the days, as it is said."""
    clock = SetClock(begin_of(date(2026, 1, 1)))
    world.office = replace(world.office, clock=clock)
    lives = [lived(number) for number in range(1, LIVES + 1)]
    events = sorted(
        (
            (day, life.number, number, said)
            for life in lives
            for number, (day, said) in enumerate(life.events)
        ),
        key=lambda event: event[:3],
    )
    cases: dict[int, str] = {}
    month = None
    while events:
        month = Month.of(events[0][0])
        with transaction(world.engine) as session:
            while events and Month.of(events[0][0]) == month:
                day, number, _, said = events.pop(0)
                clock.to(begin_of(day) + timedelta(hours=12))
                happens(world, session, cases, number, day, said)
    clock.to(begin_of(TODAY) + timedelta(hours=9))
    return world, lives


def happens(
    world: World, session: Session, cases: dict[int, str], number: int, day: date, said: dict[str, Any]
) -> None:
    """An event of the made-up year, by the function that the API and the pages use."""
    office = world.office
    if said["step"] == "enrolled":
        given = Enrol(
            personal_number=personal_number(number), first_name="Kim", last_name=f"Ek {number}", day=day
        )
        cases[number] = participants.enrol(office, session, TENANT, given, "ask-1").case_id
    elif said["step"] == "mark":
        one = OneMark(activity=said["activity"], day=day, mark=Marking(said["mark"]))
        marking.mark(office, session, TENANT, cases[number], one, "ask-1")
    else:
        version = participants.find(office, session, TENANT, cases[number]).version
        participants.take(office, session, TENANT, cases[number], step_of(said), "ask-1", version)


def test_what_is_kept_is_what_was_lived(kept: tuple[World, list[Life]]) -> None:
    world, lives = kept
    office = world.office
    people: dict[int, Participation] = {each.number: each.person for each in lives if each.person}
    with reading(world.engine) as session:
        found = everybody(session, TENANT)
        rows = {
            number: participants.known_as(office, session, TENANT, personal_number(number))
            for number in people
        }
        for life in lives:
            row = rows[life.number]
            assert row is not None
            assert found[row.case_id] == people[life.number]
            months = participants.attendance_of(
                office, session, TENANT, row.case_id, date(2026, 1, 1), date(2026, 12, 31)
            )
            assert {name: dict(each.by_occasion) for name, each in months.items()} == {
                name: dict(each.by_occasion) for name, each in life.months.items()
            }
            told = planned_activity(office, session, TENANT, [row.person], Month(2026, 12), {})[row.person]
            expected = activity_of(
                people[life.number], life.months, Month(2026, 11), TODAY, SWEDISH
            ).model_dump(mode="json", by_alias=True, include={"plan", "sessions"})
            assert told == expected, life.number
        for first in (Month(2026, month) for month in (1, 4, 7, 10)):
            lived_through = [(each.person, each.months) for each in lives if each.person]
            counted = quarter(lived_through, first, TODAY, SWEDISH).figures
            figures = quarter_counts(office, session, TENANT, first).figures
            assert {each: figures[each] for each in counted} == dict(counted)
            assert quarter_counts(office, session, TENANT, first).figures == figures, "as remembered"
        table = outcomes(found.values(), date(2026, 1, 1), date(2026, 12, 31))
        assert table == outcomes(people.values(), date(2026, 1, 1), date(2026, 12, 31))
        assert everybody(session, HANDLES) == {}
        case = next(iter(found))
        with pytest.raises(NotFoundError):
            participants.find(office, session, HANDLES, case)
    world.whole()
