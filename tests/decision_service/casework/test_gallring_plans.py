"""Each case costs the same however many there are, from its first day to gallring: what is asked of the
database is found in an index, and at gallring asked for many cases at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Index, Table, UniqueConstraint, event
from sqlmodel import SQLModel

from audit import retention
from audit import tables as log_tables
from decision_service.casework import gallring
from decision_service.casework.gallring import Gallring, tables_of_cases
from decision_service.log import journal
from tests.world.lived import delivered, lived, lived_on
from tests.world.office import Unused, World, world_like
from tests.world.people import NOVEMBER, TENANT, application
from tests.world.planted import Planter

Asked = list[tuple[str, Any]]


@contextmanager
def asked(engine: Engine) -> Iterator[Asked]:
    """What the database is asked meanwhile, with the values."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def gallring_of(world: World) -> Gallring:
    return Gallring(world.engine, world.office.log, world.keys, {TENANT: ()}, retention.load())


def decided(world: World, *people: int) -> None:
    for person in people:
        world.imported(person)
        world.apply(application(person, NOVEMBER))
    delivered(world)


def test_the_list_asks_no_more_for_many_cases_than_for_few(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.clock.forward(days=30)
    later = world.clock() + timedelta(days=366 * 7)
    counts, found = [], []
    for people in ((1,), (2, 3, 4, 5)):
        decided(world, *people)
        with asked(world.engine) as statements:
            found.append(list(gallring_of(world).preview(TENANT, later)))
        counts.append(len(statements))
    assert len(found[1]) > 3 * len(found[0])
    assert counts[0] == counts[1]
    monkeypatch.setattr(gallring, "TOGETHER", 3)  # and in several turns it says the same
    assert list(gallring_of(world).preview(TENANT, later)) == found[1]


PLAN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}
READS_ALL = {
    "sqlite": re.compile(r"\bSCAN (\w+)|\bSEARCH (\w+) USING \w*\s?INDEX \w+ \(tenant=\?\)"),
    "postgresql": re.compile(r"\bSeq Scan on (\w+)"),
}
"""How each says that it reads all of a table, or all that a municipality has in it."""
FEW = {
    "idempotency": "rows of two days",
    "offered_activity": "a municipality's activities for groups",
    "audit_schema": "one row",
    "audit_head": "a row for each municipality",
    "audit_case": "the list of them all, in the order of their first entries",
}
"""Tables that are small whatever a municipality decides, and the one that is read as a whole."""
FEW_OF_A_LIFE = {
    "audit_schema": "one row",
    "audit_head": "a row for each municipality",
    "audit_checkpoint": "the newest alone: the one that ends the index",
    "case_count": "a row for each year",
    "webhook": "a row for each address of a client",
    "message_due": "an index of what is to go out now",
}
"""The same of what is asked while a case lives: tables, and an index that holds little."""


def tables_read_whole(world: World, statements: Asked, few: Collection[str]) -> dict[str, str]:
    """The tables of which all is read, or all that a municipality has in them, but for ``few`` of them, each
    with a statement that does."""
    dialect, names = world.engine.dialect.name, {*SQLModel.metadata.tables, *log_tables.metadata.tables}
    found = {}
    with world.engine.connect() as connection:
        if dialect == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, values in dict(statements).items():
            for step in connection.exec_driver_sql(PLAN[dialect] + statement, values).all():
                for each in READS_ALL[dialect].finditer(said := str(step[-1])):
                    called = next(filter(None, each.groups()))
                    its = re.search(rf"\b(\w+)(?: AS)? {called}\b", statement)
                    table = its[1] if its and its[1] in names else called
                    if table in names and not {table, *said.split()} & {*few}:
                        found[table] = statement
    return found


def looked(statements: Asked) -> Asked:
    """Of what the database is asked, what looks for something."""
    return [each for each in statements if re.match(r"\s*(SELECT|DELETE|UPDATE|WITH)\b", each[0])]


def test_nothing_is_looked_for_through_a_whole_table(world: World) -> None:
    """Neither for the list nor when cases are deleted: were there an index, it would be used here, where
    PostgreSQL reads a whole table only for want of one."""
    world.clock.forward(days=30)
    decided(world, 1)
    later = world.clock() + timedelta(days=366 * 7)
    with asked(world.engine) as statements:
        assert all(each.goes for each in gallring_of(world).preview(TENANT, later) if each.number)
        assert gallring_of(world).sweep(TENANT, later, journal.MACHINE)
    assert len(looked(statements)) > 30
    assert tables_read_whole(world, looked(statements), FEW) == {}


def test_nothing_is_looked_for_through_all_of_a_municipality_while_a_case_lives(
    sqlite_office: Unused, tmp_path: Path
) -> None:
    """Whatever is done of it: else each costs more than the one before. SQLite judges by the indexes alone;
    PostgreSQL by how much there is, which here is nothing."""
    with world_like(sqlite_office, None, tmp_path) as world:
        with asked(world.engine) as statements:
            lived(world)
            lived_on(world, Planter(), 3)
        assert len(dict(looked(statements))) > 100
        assert tables_read_whole(world, looked(statements), FEW_OF_A_LIFE) == {}


def test_every_table_of_cases_is_found_by_the_case() -> None:
    """By a key or an index that begins with the municipality and the case: so a case's rows are read and
    deleted without the others', and what refers to an application is found when it goes."""
    without = {
        f"{table.name}.{column}"
        for table, column in tables_of_cases()
        if table.name not in FEW and ["tenant", column] not in [each[:2] for each in _keys(table)]
    }
    assert without == set()


def _keys(table: Table) -> Iterator[list[str]]:
    yield [each.name for each in table.primary_key]
    for one in (*table.indexes, *table.constraints):
        if isinstance(one, Index | UniqueConstraint):
            yield [each.name for each in one.columns]
