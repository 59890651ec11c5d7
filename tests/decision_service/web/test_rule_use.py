"""How often each rule applied, for those who write rules: right, and no count that could tell of one."""

from __future__ import annotations

import csv
import io
import re

import pytest

from decision_service.access.roles import Role
from decision_service.follow_up.rule_use import about
from decision_service.follow_up.small_cells import SMALLEST
from tests.world.people import TENANT
from tests.world.service import Whole, decided_by_machine
from tests.world.visitors import Visitor, visitor

HOME = f"/k/{TENANT}/regelbruk"


def test_every_count_that_is_told_stands_for_as_many_as_are_withheld() -> None:
    told: dict[int | None, list[int]] = {}
    for count in range(1, 20 * SMALLEST):
        told.setdefault(about(count), []).append(count)
    assert told.pop(None) == [*range(1, SMALLEST)]
    assert all(counts == [*range(number or 0, (number or 0) + SMALLEST)] for number, counts in told.items())
    assert about(0) == 0


@pytest.fixture(scope="module")
def policy(whole: Whole) -> Visitor:
    """Somebody who writes rules, when six decisions have been made in a month that is over and two in the
    next, which is over too."""
    for _ in range(6):
        decided_by_machine(whole)
    whole.clock.forward(days=10)
    for _ in range(2):
        decided_by_machine(whole)
    whole.clock.forward(days=31)
    return visitor(whole, Role.POLICY, purpose="")


def counts(found: str) -> dict[tuple[str, str], str]:
    rows = csv.reader(io.StringIO(found), delimiter=";")
    return {(rule, month): count for rule, _, month, count in rows}


def test_each_rule_of_a_month_is_counted_and_those_that_never_applied_too(policy: Visitor) -> None:
    found = counts(policy.get(f"{HOME}/csv?manad=2026-10").text)
    assert found["riksnorm.gemensam", "2026-10"] == "5"
    assert found["tillgång.räknas", "2026-10"] == "0"
    assert len(found) > 100
    page = policy.get(f"{HOME}?manad=2026-10").text
    assert re.search(r"riksnorm\.gemensam</a></th>.*?minst 5", page)


def test_a_rule_is_told_month_by_month(policy: Visitor) -> None:
    found = counts(policy.get(f"{HOME}/csv?manad=2026-11&regel=riksnorm.gemensam").text)
    assert found["riksnorm.gemensam", "2026-10"] == "5"
    assert found["riksnorm.gemensam", "2026-11"] == "färre än fem"
    assert found["riksnorm.gemensam", "2025-12"] == "0"
    assert len(found) == 13, "twelve months, and the head"


def test_a_misspelt_rule_is_told(policy: Visitor) -> None:
    found = policy.get(f"{HOME}?manad=2026-10&regel=riksnorm.gemensama")
    assert (found.status_code, "Menas ”riksnorm.gemensam”?" in found.text) == (422, True)
