"""Which rows are adopted: what no entry vouches for, in cases that are not deleted, until it is ended."""

from __future__ import annotations

import hashlib

import pytest

from audit import EntryKind, adoption, trail
from audit.rows import TableRow
from tests.audit.test_vault import NOW, delete
from tests.audit.world import MACHINE, World


def row(case: str, name: str) -> TableRow:
    return TableRow(case, name, hashlib.sha256(name.encode()).digest())


def adopted(world: World, *rows: TableRow) -> dict[str, list[str]]:
    """What an adoption of these rows has vouched for, by case."""
    cases: dict[str, list[TableRow]] = {}
    for each in rows:
        cases.setdefault(each.case, []).append(each)
    with world.engine.begin() as connection:
        adoption.adopt(world.log, connection, "1287", cases, NOW, MACHINE)
        leaves = {case: trail.read_leaves(connection, "1287", case, EntryKind.ADOPTION) for case in cases}
    return {case: sorted(one.entry["rows"]) for case, found in leaves.items() for one in found}


def test_a_log_that_began_with_commitments_adopts_nothing(world: World) -> None:
    assert adopted(world, row("c-1", "decision")) == {}


def test_only_what_no_entry_vouches_for_in_cases_that_live(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.decide()
    delete(world)
    world.append(case="c-2", rows={"decision": row("c-2", "decision").content})
    monkeypatch.setattr(adoption, "vouches", lambda *given: False)
    rows = [row(case, name) for case in ("c-1", "c-2", "c-3") for name in ("decision", "letter")]
    once = {"c-2": ["letter"], "c-3": ["decision", "letter"]}
    assert adopted(world, *rows) == once
    assert adopted(world, *rows) == once
    with world.engine.begin() as connection:
        adoption.end(world.log, connection, "1287", NOW, MACHINE)
    monkeypatch.undo()
    assert adopted(world, row("c-4", "decision")) == {}
