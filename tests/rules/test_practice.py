"""What rests on practice decides only where the municipality has adopted it, and says so in its note."""

from __future__ import annotations

import re

import pytest

from norms.month import Month
from norms.status import Status
from rules import rulebook
from rules.book import Rulebook
from rules.law import resolve
from tests.rules.test_rulebook import build, rule, rule_file, settings_file

JULY = Month(2025, 7)
ADOPTED = rule(
    status="praxis",
    **{"antas genom": "kommun.hel_krona", "ger": "{normpost: {del: personlig, belopp: 100 kr}}"},
)
UNSURE = re.compile(r"praxis|inte kontrollerat|inte läst|inte känd", re.IGNORECASE)
"""What a note says of a rule that no binding source confirms."""


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return rulebook.load()


@pytest.mark.parametrize(
    ("value", "status", "confirmed"),
    [("ja", "fiktiv", True), ("ja", "verifierad", True), ("nej", "fiktiv", False), ("ja", "exempel", False)],
)
def test_practice_is_confirmed_by_the_setting_of_a_municipality_that_stands_for_it(
    value: str, status: str, confirmed: bool
) -> None:
    row = f"  kommun.hel_krona:\n    - {{värde: {value}, från: 2025-01, källa: Prov, status: {status}}}\n"
    book = build(
        {
            "sets/national/prov.yaml": rule_file(ADOPTED),
            "sets/municipal/9999/kommun.yaml": settings_file("9999", row),
        }
    )
    [practice] = book.rules
    assert practice.status is Status.PRACTICE
    assert resolve(book, JULY, "9999").confirms(practice) is confirmed
    assert not resolve(book, JULY, "1280").confirms(practice)
    assert not resolve(book, JULY).confirms(practice)
    assert not resolve(book, Month(2024, 12), "9999").confirms(practice)


def test_a_note_and_a_status_say_the_same(shipped: Rulebook) -> None:
    """A note that doubts the source is not beside a verified rule; practice says that it is."""
    doubted = {each.id for each in shipped.rules if each.note is not None and UNSURE.search(each.note)}
    confirmed = {each.id for each in shipped.rules if each.status.confirmed}
    assert doubted & confirmed == set()
    practice = {each.id for each in shipped.rules if each.status is Status.PRACTICE}
    assert practice - doubted == set()
    assert len(practice) >= 8


def test_what_rests_on_no_law_says_so_in_its_status(shipped: Rulebook) -> None:
    lawless = [each for each in shipped.rules if any(cited.law == "Praxis" for cited in each.citations)]
    assert {each.status for each in lawless} == {Status.PRACTICE}


def test_the_made_up_municipality_has_adopted_all_practice(shipped: Rulebook) -> None:
    law = resolve(shipped, Month(2026, 9), "9999")
    practice = [each for each in law.rules if each.status is Status.PRACTICE and each.adopted_by is not None]
    assert practice
    assert all(law.confirms(each) for each in practice)
