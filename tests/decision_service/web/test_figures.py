"""The manager's figures: right, and no count that could tell of one person."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.access.roles import Role
from decision_service.follow_up.small_cells import SMALLEST, shown
from tests.world.people import TENANT
from tests.world.service import Whole, decided_by_machine
from tests.world.visitors import nobody, visitor

HOME = f"/k/{TENANT}/siffror"


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), max_size=6))
def test_a_withheld_count_cannot_be_had_from_the_sum(cells: dict[str, int]) -> None:
    found = shown(cells)
    withheld = [name for name, count in found.items() if count is None]
    assert all(count is None or count == 0 or count >= SMALLEST for count in found.values())
    assert all(found[name] in (None, count) for name, count in cells.items())
    others = [name for name, count in cells.items() if count]
    assert len(withheld) != 1 or len(others) == 1


@pytest.fixture(scope="module")
def decided(whole: Whole) -> int:
    """Six decisions of the machine."""
    for _ in range(6):
        decided_by_machine(whole)
    return 6


def test_the_month_is_counted(whole: Whole, decided: int) -> None:
    chef = visitor(whole, Role.CHEF, purpose="")
    page = chef.get(f"{HOME}?manad=2026-10")
    assert page.status_code == 200
    assert "färre än 5" not in page.text
    file = chef.get(f"{HOME}/csv?manad=2026-10")
    rows = {(one, two): three for one, two, three in csv.reader(io.StringIO(file.text), delimiter=";")}
    assert rows["beslut", "alla"] == rows["utfall", "BIFALL"] == rows["vem", "dator"] == str(decided)
    assert rows["vem", "människa"] == "0"
    empty = chef.get(f"{HOME}/csv?manad=2020-01").text
    assert "beslut;alla;0" in empty
    assert "visas inte" in empty


def test_figures_are_for_those_who_follow_up(whole: Whole) -> None:
    for path in (HOME, f"{HOME}/csv"):
        assert nobody(whole).get(path).status_code == 303
        for role in Role:
            expected = 200 if role in (Role.CHEF, Role.JURIST, Role.REVISOR) else 403
            assert visitor(whole, role).get(path).status_code == expected, role
    assert visitor(whole, Role.CHEF).get(f"{HOME}?manad=nu").status_code == 422
