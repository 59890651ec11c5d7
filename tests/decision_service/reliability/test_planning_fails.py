"""The database fails at every statement and commit of a step of the planning: all has happened or nothing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import OperationalError

from decision_service.planning import participants
from decision_service.store.database import transaction
from tests.decision_service.reliability.test_failing_statement import Breaker, breaking
from tests.world.office import World
from tests.world.people import TENANT, personal_number
from tests.world.planning import Doing, attending, enrol, group, mark, plan, stepping

pytestmark = pytest.mark.slow

LEFT = stepping({"step": "exit", "day": "2026-09-21", "reason": "WORK"})
BACK = stepping({"step": "return", "day": "2026-09-25"})
STEPS: tuple[tuple[Doing, tuple[Doing, ...]], ...] = (
    (enrol, ()),
    (plan, (enrol,)),
    (mark, (enrol, plan, group)),
    (LEFT, (enrol, plan, group, mark)),
    (BACK, (enrol, plan, LEFT)),
)


def there(world: World, person: int) -> tuple[object, ...]:
    """What is known of somebody: the participation and the months, or nothing."""
    with transaction(world.engine) as session:
        row = participants.known_as(world.office, session, TENANT, personal_number(person))
        if row is None:
            return ()
        months = participants.attendance_of(
            world.office, session, TENANT, row.case_id, date(2026, 1, 1), date(2026, 12, 31)
        )
        said = [(each.month, [one.mark for one in each.marks]) for each in months.values()]
        found = participants.opened(row)
        return row.version, found.model_copy(update={"personal_number": ""}), said


@pytest.mark.parametrize(("step", "before"), STEPS, ids=lambda each: getattr(each, "__name__", ""))
def test_everything_or_nothing(world: World, step: Doing, before: tuple[Doing, ...]) -> None:
    for after in (False, True):
        person = 500 if after else 0
        counting = Breaker(after=after)
        prepared(world, person, before)
        with breaking(world.engine, counting), transaction(world.engine) as session:
            step(world, session, person)
        expected = there(world, person)
        assert expected
        places = [n for n, what in enumerate(counting.seen, 1) if not after or what == "after commit"]
        for place in places:
            person += 1
            prepared(world, person, before)
            stood = there(world, person)
            with (
                breaking(world.engine, Breaker(at=place, after=after)),
                pytest.raises(OperationalError),
                transaction(world.engine) as session,
            ):
                step(world, session, person)
            assert there(world, person) == (expected if after else stood)
            if not after:
                with transaction(world.engine) as session:
                    step(world, session, person)
                assert there(world, person) == expected
    world.whole()


def prepared(world: World, person: int, before: tuple[Doing, ...]) -> None:
    if before:
        attending(world, person, *before)
