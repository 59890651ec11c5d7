"""How many statements an application costs: what each costs more, every application of the country does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from decision_service.casework.delivery import deliver
from decision_service.casework.examine import examine
from decision_service.casework.rows import require_logged
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, ApplicationState
from tests.world.office import World
from tests.world.people import NOVEMBER, TENANT, application

RECEIVED = {"sqlite": 14, "postgresql": 9}
EXAMINED = {"sqlite": 26, "postgresql": 20}
DELIVERED = {"sqlite": 31, "postgresql": 22}
"""For two applications, with receipts, letters and payments: six messages."""
READ = 2
"""At most, with those that begin a transaction."""


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that a database is asked."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_an_application_that_the_machine_decides_costs_no_more_than_this(world: World) -> None:
    dialect = world.engine.dialect.name
    world.clock.forward(days=30)
    for person in (1, 2):
        world.imported(person)
    world.apply(application(1, NOVEMBER))  # what is asked once of each connection
    with counted(world.engine) as received:
        case = world.receive(application(2, NOVEMBER))
    with counted(world.engine) as examined:
        examine(world.office, TENANT, case)
    assert world.state(case) == ApplicationState.DECIDED
    assert len(received) <= RECEIVED[dialect], "\n".join(received)
    assert len(examined) <= EXAMINED[dialect], "\n".join(examined)


def test_messages_that_go_out_side_by_side_cost_no_more_than_this(world: World) -> None:
    dialect = world.engine.dialect.name
    world.clock.forward(days=30)
    for person in (1, 2):
        world.imported(person)
        world.apply(application(person, NOVEMBER))
    world.office.log.checkpoint(world.engine, TENANT)
    with counted(world.engine) as asked:
        assert deliver(world.office) == 6
    assert {one.kind for one in world.recorder.got} == {"receipt", "letter", "payment"}
    assert len(asked) <= DELIVERED[dialect], "\n".join(asked)


def test_what_is_checked_of_a_case_before_it_is_shown_is_asked_of_tables_that_have_something(
    world: World,
) -> None:
    """Not of every table that could: a case that has just come has nothing in any of them."""
    case = world.receive(application(1, NOVEMBER))
    with reading(world.engine) as session:
        row = session.get_one(ApplicationRow, (TENANT, case))
        with counted(world.engine) as asked:
            require_logged(world.office, session, row)
    assert len(asked) <= READ, "\n".join(asked)
