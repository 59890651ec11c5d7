"""The demonstration's participants: each page of the planning and of its follow-up has something to show."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from decision_service.commands.played_month import SetClock
from decision_service.commands.played_planning import PlayedPlanning
from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.outcomes import outcomes
from decision_service.follow_up.participants import everybody
from decision_service.planning import offered, participants
from decision_service.planning.attendance import Marking
from decision_service.planning.due import TodoKind
from decision_service.planning.office import today_of
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import reading
from norms.month import Month
from tests.world.office import World
from tests.world.people import TENANT, personal_number

DAYS = 31


@pytest.fixture
def played(world: World) -> World:
    """A world in which the month has been lived."""
    clock = SetClock(world.clock())
    world.office = replace(world.office, clock=clock)
    numbers, end = itertools.count(1), clock.now + timedelta(days=DAYS)
    planning = PlayedPlanning(
        world.office, clock, TENANT, lambda _born: personal_number(next(numbers)), swedish_day(end)
    )
    planning.begin()
    for day in range(DAYS + 1):
        planning.until(clock.now + timedelta(days=1) if day < DAYS else end)
    clock.to(end)
    planning.check_in()
    assert list(planning.applying) == ["ensam-bifall"]
    return world


@pytest.mark.slow
def test_every_page_has_something_to_show(played: World) -> None:
    office = played.office
    with reading(played.engine) as session:
        people = everybody(session, TENANT)
        today = swedish_day(office.clock())
        there = [each for each in people.values() if each.enrolment.exit is None]
        due = {one.what for each in there for one in participants.due_of(office, TENANT, each)}
        months = {
            case: participants.attendance_of(
                office, session, TENANT, case, today - timedelta(days=DAYS), today
            )
            for case in people
        }
        places = offered.places_taken(there, offered.all_offered(office, session, TENANT, today), today)
    assert {TodoKind.MEETING, TodoKind.PLAN, TodoKind.FOLLOW_UP, TodoKind.CONTACT} <= due
    breaches = [one for each in there for one in each.breaches]
    assert {(one.mended is not None, one.handed_over is not None) for one in breaches} == {
        (False, False),
        (True, False),
        (False, True),
    }
    assert any(each.side_track_on(today) for each in there)
    assert any(each.enrolment.reopens for each in there)
    assert any(each.protected for each in there)
    assert any(each.self_assessments for each in there)
    assert any(each.steps_forward for each in there)
    marks = {mark.mark for of_one in months.values() for month in of_one.values() for mark in month.marks}
    assert {Marking.PRESENT, Marking.ABSENT, Marking.ABSENT_VALID, Marking.SICK} <= marks
    assert sum(places.values()) > 5
    until = Month.of(today).plus(-1)
    figures = outcomes(people.values(), until.plus(-11).first, until.last).figures
    assert figures[Measure.WORK_OR_STUDIES] is not None
    assert figures[Measure.SHARE_ENDED] is not None
    played.office.log.checkpoint(played.engine, TENANT)
    played.whole()
    assert today_of(office, TENANT).day == today
