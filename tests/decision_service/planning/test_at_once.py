"""Two who change the same participant at once: the second sees what the first did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import URL

from decision_service.planning import marking, participants
from decision_service.planning.attendance import Marking, OneMark
from decision_service.planning.steps import step_of
from decision_service.store.database import transaction
from decision_service.store.refused import StaleError
from tests.world.office import Unused, World, world_like
from tests.world.people import TENANT, personal_number
from tests.world.planning import attending

STEP = step_of({"step": "exit", "day": "2026-09-21", "reason": "WORK"})


@pytest.fixture
def world(postgresql_server: URL, postgresql_office: Unused, tmp_path: Path) -> Iterator[World]:
    with world_like(postgresql_office, postgresql_server, tmp_path) as found:
        attending(found, 1)
        yield found


def case_of(world: World) -> str:
    with transaction(world.engine) as session:
        row = participants.known_as(world.office, session, TENANT, personal_number(1))
        assert row is not None
        return row.case_id


def test_who_has_read_before_another_wrote_is_told_so(world: World) -> None:
    office, case = world.office, case_of(world)
    with transaction(world.engine) as session:
        known = participants.find(office, session, TENANT, case)
        with transaction(world.engine) as other:
            participants.take(office, other, TENANT, case, STEP, "ask-2", known.version)
        with pytest.raises(StaleError):
            participants.take(office, session, TENANT, case, STEP, "ask-1", known.version)
    world.whole()


def test_a_mark_that_another_makes_meanwhile_stays(world: World) -> None:
    office, case = world.office, case_of(world)
    first, second = (
        OneMark(activity="grupp", day=date(2026, 9, day), mark=Marking.ABSENT) for day in (16, 21)
    )
    with transaction(world.engine) as session:
        read = participants.all_attendance(office, session, TENANT, case)
        with transaction(world.engine) as other:
            marking.mark(office, other, TENANT, case, [first], "ask-2")
        marking.mark(office, session, TENANT, case, [second], "ask-1")
        assert [each.day.day for each in participants.opened_month(read[0]).marks] == [14, 16, 21]
    world.whole()
