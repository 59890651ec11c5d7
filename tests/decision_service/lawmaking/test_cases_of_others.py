"""A case that is not a municipality's own, and does not come out since the municipality changes what it rests
on, says so: whoever raises an amount should see what the raise has to do with a case of the nation."""

from __future__ import annotations

import pytest

from decision_service.lawmaking import checks
from decision_service.lawmaking.checks import ToCheck, changed_of, failed
from decision_service.lawmaking.findings import CASE
from decision_service.log import releases
from rules.book import ROOT
from rules.policy_cases.run import CaseResult, read_cases
from tests.world.drafting import AMOUNTS
from tests.world.law import book

NATIONAL, OWN = "sets/national/kostnad.fall.yaml", "sets/municipal/9999/egen.fall.yaml"
NAMES = {"9999": "Exempelkommun", "1384": "Kungsbacka"}
WHY = "egna för Exempelkommun, och dem ändrar utkastet"


@pytest.mark.parametrize(
    ("file", "whose", "said"),
    [(NATIONAL, "9999", True), (NATIONAL, "1384", False), (OWN, "9999", False)],
)
def test_only_a_case_of_others_that_rests_on_what_is_changed_says_so(
    file: str, whose: str, said: bool
) -> None:
    [found] = failed([CaseResult(file, 5, "Ett fall", ("fel",), frozenset({whose}))], {"9999"}, NAMES)
    assert (found.file, found.line, found.message.startswith("fel")) == (f"rules/{file}", 5, True)
    assert (WHY in found.message) is said


@pytest.mark.slow
def test_a_raised_limit_says_what_it_has_to_do_with_the_cases_of_the_nation() -> None:
    base = releases.files_of(book())
    raised = {**base, AMOUNTS: base[AMOUNTS].replace("1, 0: 6400", "1, 0: 6600")}
    assert raised != base
    cases = {f"rules/{NATIONAL}": read_cases(ROOT)[NATIONAL].decode()}
    given = ToCheck(law=raised, cases=cases, base=base, present="2026-11")
    assert changed_of(given) == {"9999"}
    found = [each for each in checks.checked(given, whole=True).findings if each.code == CASE]
    assert found
    assert all(WHY in each.message for each in found)
