"""SQLite finds the rows of one person by that person, also among many, once it has counted its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import URL, Engine, Select, event

from audit import tables as log_tables
from decision_service.casework import decisions, gather
from decision_service.casework.timetable import timetable
from norms.month import Month
from tests.world.filled import Filler, decide
from tests.world.office import World, new_world, shared_evaluators
from tests.world.people import TENANT

MANY = 400
ASKED: Mapping[str, tuple[Select[Any], Mapping[str, Any]]] = {
    "another decision of the same adults": (decisions._PAID_FOR, {"its_tenant": TENANT, "cases": ["x", "y"]}),
    "decisions about people": (gather._DECISIONS_ABOUT, {"here": TENANT, "persons": ["x", "y"]}),
    "applications of people": (gather._OTHERS, {"its_tenant": TENANT, "persons": ["x", "y"]}),
}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A SQLite database with many decisions, which the daily sweep has counted."""
    folder = tmp_path_factory.mktemp("many")
    world = new_world(URL.create("sqlite", database=str(folder / "many.db")), folder, shared_evaluators())
    _filled(world)
    for sweep in timetable(world.office, lambda *_: None, lambda: None):
        if sweep.name == "statistics":
            sweep.work()
    return world.engine


def _filled(world: World) -> None:
    with world.engine.begin() as connection:
        wrapping = connection.execute(log_tables.head.select()).mappings().first()
        assert wrapping is not None
        filler = Filler(connection, world.keys, str(wrapping["wrapping_key"]))
        for number in range(MANY):
            decide(filler, number, Month(2026, 1).plus(number % 10))


def plan(engine: Engine, name: str) -> list[str]:
    """How SQLite goes about a question, step by step."""
    asked: list[tuple[str, Any]] = []
    statement, given = ASKED[name]

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        asked.append((text, values))

    with engine.connect() as connection:
        event.listen(engine, "before_cursor_execute", note)
        connection.execute(statement, given)
        event.remove(engine, "before_cursor_execute", note)
        text, values = asked[-1]
        driver = connection.connection.driver_connection
        assert driver is not None
        return [step[3] for step in driver.execute(f"EXPLAIN QUERY PLAN {text}", values)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ASKED)
def test_no_table_is_read_by_its_municipality_alone(counted: Engine, name: str) -> None:
    found = plan(counted, name)
    assert any("party" in step for step in found)
    assert [step for step in found if step.endswith("(tenant=?)") or step.startswith("SCAN")] == []
