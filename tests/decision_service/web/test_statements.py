"""What pages ask the database: of one municipality, no more for more decisions, and never a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel

from audit import tables as log_tables
from decision_service.access.roles import Role
from tests.decision_service.web.test_queue import dear
from tests.decision_service.web.test_walk import MAY, asked, routes
from tests.world.divided import strays
from tests.world.people import TENANT
from tests.world.service import Whole, decided_by_machine
from tests.world.visitors import Visitor, visitor

WIDEST = (Role.HANDLAGGARE, Role.REVISOR, Role.ACTIVITY_SECRETARY, Role.POLICY)
"""Together they may open every page; the first of them has protected persons hidden in lists."""
OF_CASES = {
    *(name for name, table in SQLModel.metadata.tables.items() if "application_id" in table.c),
    "application",
    log_tables.entry.name,
    log_tables.case.name,
} - {"proposed_correction"}
"""Tables that grow with the number of cases. What waits for a second person does not."""
SCAN = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
FEW = "application_protected"
"""An index of few rows."""

Statement = tuple[str, Any]


@contextmanager
def statements(whole: Whole) -> Iterator[list[Statement]]:
    """What is asked of the database meanwhile."""
    found: list[Statement] = []

    def note(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        found.append((statement, parameters))

    engine = whole.service.office.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def whole_tables(whole: Whole, asked_for: list[Statement]) -> set[str]:
    """Tables of cases that a database which knows nothing of their size would read from end to end."""
    found = set()
    with whole.service.office.engine.connect() as connection:
        for statement, parameters in asked_for:
            if statement.lstrip().startswith(("SELECT", "WITH")):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                scans = [SCAN.match(each.detail) for each in plan]
                found |= {one[1] for one in scans if one and one[1] in OF_CASES and one[2] != FEW}
    return found


@pytest.fixture(scope="module")
def cases(one: Whole) -> list[str]:
    """One case that is decided, and one that waits for a person."""
    found = [decided_by_machine(one)[0], dear(one)]
    one.settle()
    return found


@pytest.fixture(scope="module")
def people(one: Whole) -> dict[Role, Visitor]:
    return {role: visitor(one, role) for role in WIDEST}


@pytest.mark.slow
def test_no_page_reads_a_whole_table_of_cases(
    one: Whole, cases: list[str], people: dict[Role, Visitor]
) -> None:
    opened = 0
    for name, method, path in routes():
        if method != "GET":
            continue
        reader = next(people[role] for role in WIDEST if role in MAY[name])
        for case in cases if "{application}" in path else cases[:1]:
            with statements(one) as found:
                opened += asked(reader, method, path, case).status_code == 200
            read = whole_tables(one, found)
            assert read == set(), name
            assert [each for each, _ in found if strays(each)] == [], name
    assert opened >= 20


def counted(one: Whole, reader: Visitor, path: str) -> int:
    """How many statements a page takes, when what is remembered is remembered."""
    for _ in range(2):
        with statements(one) as found:
            assert reader.get(f"/k/{TENANT}/{path}").status_code == 200, path
    return len(found)


@pytest.mark.slow
def test_pages_ask_no_more_for_more_decisions(
    one: Whole, cases: list[str], people: dict[Role, Visitor]
) -> None:
    decided, waiting = cases
    number = one.jurist().get(f"/applications/{decided}").json()["case_number"]
    paths = {
        Role.HANDLAGGARE: (
            "ko",
            f"ko/{waiting}",
            "beslut",
            "beslut?visa=alla&manad=2026-11",
            f"beslut/{decided}",
            f"beslut/{decided}/andringar",
            f"beslut/{decided}/jamfor?med={number}",
            f"efter/{decided}",
            "deltagare",
        ),
        Role.REVISOR: (f"beslut/{decided}", "beslut?vem=dator", "siffror", "stickprov", "resultat"),
    }
    before = {(role, path): counted(one, people[role], path) for role, some in paths.items() for path in some}
    for _ in range(3):
        decided_by_machine(one)
        dear(one)
    one.settle()
    after = {(role, path): counted(one, people[role], path) for role, path in before}
    assert {each: after[each] for each in before if after[each] > before[each]} == {}
    assert max(before.values()) < 60
