"""What would have given another outcome is a circumstance of life, and what would really have happened."""

from __future__ import annotations

from decimal import Decimal

import pytest

from decision_service.decision.circumstances import Changed, changed_circumstances, circumstances
from tests.world.cases import decided, engines, example, raw, read
from tests.world.law import book

CASES = (
    "par-delavslag-internet",
    "ensam-bifall",
    "ensam-avslag-overskott",
    "ensam-delavslag-el",
    "hyra-over-grans",
)


def changes(name: str) -> list[Changed]:
    case = read(raw(name))
    return [*changed_circumstances(case, engines(case))]


def test_the_bill_that_was_cut_is_told_and_not_that_it_could_be_called_something_else() -> None:
    found = changes("par-delavslag-internet")
    assert {one.change.path for one in found} <= set(circumstances())
    (bill,) = [one for one in found if one.change.label == "Internet"]
    assert (bill.change.before, bill.change.after) == (49_900, 40_000)
    assert (bill.assessment.outcome.value, bill.assessment.automatic) == ("BIFALL", True)


@pytest.mark.parametrize("name", CASES)
def test_what_is_told_is_what_would_have_happened(name: str) -> None:
    """The application that says so comes to just that."""
    now = example(name).document.outcome
    found = changes(name)
    assert found
    for one in found:
        changed = raw(name)
        if one.change.path not in ("kostnad.belopp", "inkomst.belopp"):
            continue
        part, field = (
            ("costs", "appliedAmount") if one.change.path == "kostnad.belopp" else ("incomes", "amount")
        )
        at = int(one.change.entity.partition("[")[2].rstrip("]"))
        changed["application"][part][at][field] = str(Decimal(int(one.change.after)) / 100)
        told = decided(changed)
        assert (told.outcome, told.calculation.granted) == (
            one.assessment.outcome,
            one.assessment.calculation.granted,
        )
        assert told.outcome != now
        assert told.automatic is one.assessment.automatic


def test_every_circumstance_is_a_fact_with_a_question_or_a_description() -> None:
    for path in circumstances():
        assert book().vocabulary.terms[path].description
