"""Single rows of every table, put back as they once were, removed, or put back when they have gone: as an old
backup of some tables would, or somebody who has the database alone. Who notices?

The log vouches for the row, or the service's own check tells, or it stands in a list with the reason why
nobody needs to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Table, event
from sqlmodel import SQLModel

from tests.decision_service.casework.test_every_column import lived_and_waiting
from tests.decision_service.casework.test_who_notices import told, vouched_for
from tests.world.database import new_database, unbound
from tests.world.office import World, new_world, shared_evaluators

pytestmark = pytest.mark.slow

Row = tuple[Any, ...]
OLDER, REMOVED, BACK = "older", "removed", "back"

_AGAIN = "what has been delivered has a stamp: without it it is delivered again, under the same key"
_NOTICE = "a notice to a client says nothing, and the client asks when it hears nothing"
_REST = "a rest longer than ours is none, and without a row there is none: test_lanes.py"
_RUN = "a run that looks at decisions: what comes of it is a person's task, which is vouched for"
_SIGNED_IN = "whoever has no session signs in again; one that is over is over by its own stamped time"
_HOOK = "nothing comes, or to the client's own earlier address, and a notice says nothing: test_webhooks.py"
_TASK = "nobody works on a case by its task unless the case is with a person"
NOT_NOTICED: Mapping[tuple[str, str], str] = {
    ("application", OLDER): "a version, the number of tries or a clock that is checked: test_who_notices.py",
    ("case_count", OLDER): "two cases with one number are refused by the database",
    ("case_count", REMOVED): "the same",
    ("idempotency", REMOVED): "whoever sends again gets a second application, which is seen",
    ("impact", OLDER): _RUN,
    ("impact", REMOVED): _RUN,
    ("impact_case", REMOVED): _RUN,
    ("message", OLDER): _AGAIN,
    ("message", REMOVED): _NOTICE,
    ("receiver", OLDER): _REST,
    ("receiver", REMOVED): _REST,
    ("staff", REMOVED): "the token says the name, and it is noted and stamped again",
    ("task", BACK): _TASK,
    ("web_session", REMOVED): _SIGNED_IN,
    ("webhook", REMOVED): _HOOK,
}
"""What nobody notices of some rows of a table, and why nobody needs to."""


@dataclass
class History:
    """Every row that was ever there, by table and key, as the database had it."""

    world: World
    seen: dict[str, dict[Row, dict[Row, None]]] = field(default_factory=dict)

    def note(self, connection: Connection) -> None:
        for table in SQLModel.metadata.sorted_tables:
            known = self.seen.setdefault(table.name, {})
            for row in rows_of(connection, table):
                known.setdefault(key_of(table, row), {})[row] = None


def rows_of(connection: Connection, table: Table) -> list[Row]:
    own = connection.connection.cursor()
    own.execute(f"SELECT {', '.join(each.name for each in table.c)} FROM {table.name}")
    return [tuple(row) for row in own.fetchall()]


def key_of(table: Table, row: Row) -> Row:
    names = list(table.c.keys())
    return tuple(row[names.index(each.name)] for each in table.primary_key)


@pytest.fixture(scope="module")
def history(server: URL | None, tables: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """An office where everything has happened, and all that its tables have held on the way."""
    folder = tmp_path_factory.mktemp("history")
    with new_database(server, folder, tables) as url:
        world = new_world(url, folder, shared_evaluators())
        found = History(world)
        event.listen(world.engine, "commit", found.note)
        lived_and_waiting(world)
        event.remove(world.engine, "commit", found.note)
        yield found
        world.engine.dispose()


def attempts(history: History, table: Table) -> Iterator[tuple[str, Row | None, Row | None]]:
    """What may be done to the rows of a table: how, the row that is there and the one to be there instead.
    One of each sort: of the rows that say the same kind and state, changed in the same columns."""
    names = [each.name for each in table.c]
    with history.world.engine.connect() as connection:
        now = {key_of(table, row): row for row in rows_of(connection, table)}
    tried = set()
    for key, versions in history.seen[table.name].items():
        there = now.get(key)
        wanted: list[tuple[str, Row | None, Row | None]] = [(BACK, None, list(versions)[-1])]
        if there is not None:
            wanted = [(REMOVED, there, None), *((OLDER, there, each) for each in versions if each != there)]
        for how, before, after in wanted:
            said = dict(zip(names, after or before or (), strict=True))
            pairs = zip(names, before or (), after or (), strict=False)
            sort = (
                how,
                said.get("kind"),
                said.get("state"),
                *(name for name, one, other in pairs if one != other),
            )
            if sort not in tried:
                tried.add(sort)
                yield how, before, after


def put(world: World, table: Table, before: Row | None, after: Row | None) -> None:
    """Put a row in the place of another, behind the keys' back and whatever belongs to it."""
    names, columns = ", ".join(each.name for each in table.c), len(table.c)
    same = " AND ".join(f"{each.name} = ?" for each in table.primary_key)
    done: list[tuple[str, Row]] = []
    if before is not None:
        done.append((f"DELETE FROM {table.name} WHERE {same}", key_of(table, before)))
    if after is not None:
        marks = ", ".join("?" * columns)
        done.append((f"INSERT INTO {table.name} ({names}) VALUES ({marks})", after))
    if world.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(world.engine.url.database))) as database, database:
            for statement, values in done:
                database.execute(statement, values)
        return
    with world.engine.begin() as connection:
        unbound(connection)
        for statement, values in done:
            connection.exec_driver_sql(statement.replace("?", "%s"), values)


def test_whoever_puts_back_or_takes_away_a_row_is_noticed_or_there_is_a_reason(history: History) -> None:
    world, silent = history.world, set[tuple[str, str]]()
    assert told(world) == []
    for table in SQLModel.metadata.sorted_tables:
        with world.engine.connect() as connection:
            vouched = vouched_for(connection, table)
        for how, before, after in list(attempts(history, table)):
            put(world, table, before, after)
            with world.engine.connect() as connection:
                noticed = vouched_for(connection, table) != vouched or told(world) != []
            put(world, table, after, before)
            if not noticed:
                silent.add((table.name, how))
    assert silent == set(NOT_NOTICED)
    assert told(world) == []
