"""The figures of a run say nothing that could tell of one case."""

from __future__ import annotations

from decision_service.impact.again import Again, ImpactSide
from decision_service.impact.shown import HouseholdFigures, told
from decision_service.impact.summary import Summary


def one(number: int, household: str, change: int) -> Again:
    """A decided case that gets so much more."""
    sides = (ImpactSide("BIFALL", "BIFALL", 900_000 + more, (), True) for more in (0, change))
    rules = ("riksnorm.vuxen.ensam",) if change else ()
    return Again(f"a-{number}", "2026-11", household, *sides, rules, change, decided=True, as_recorded=True)


def of(*groups: tuple[str, int, int]) -> Summary:
    """So many cases of a kind of household with a change."""
    found = Summary()
    for household, change, count in groups:
        for number in range(count):
            found.add(one(number, household, change))
    return found


def test_what_is_of_many_is_shown_as_it_is() -> None:
    found = told(of(("ensam", 10_000, 20), ("ensam", -5_000, 10), ("ensam", 0, 30), ("par", 0, 12)))
    assert (found.cases, found.moved, found.owed) == (72, 30, 30)
    assert found.what == {"utfall": 0, "belopp": 30, "frågor": 0, "väg": 0}
    assert (found.before, found.after) == (72 * 900_000, 72 * 900_000 + 150_000)
    assert found.quartiles == (-5_000, 10_000, 10_000)
    assert found.households == {"ensam": HouseholdFigures(60, 20, 10), "par": HouseholdFigures(12, 0, 0)}
    assert found.rules == {"riksnorm.vuxen.ensam": 30}


def test_fewer_than_five_changes_give_no_figure_nor_a_sum_that_would() -> None:
    found = told(of(("ensam", 10_000, 4), ("ensam", 0, 30)))
    assert (found.moved, found.owed, found.what["belopp"]) == (None, None, None)
    assert (found.before, found.after, found.quartiles) == (None, None, None)
    assert found.households == {"ensam": HouseholdFigures(34, None, 0)}
    assert found.rules == {"riksnorm.vuxen.ensam": None}


def test_a_kind_of_few_households_takes_the_next_with_it() -> None:
    found = told(of(("ensam", 0, 30), ("par", 0, 12), ("stor", 0, 3)))
    assert found.households == {
        "ensam": HouseholdFigures(30, 0, 0),
        "par": HouseholdFigures(None, None, None),
        "stor": HouseholdFigures(None, None, None),
    }


def test_all_but_a_few_tell_of_the_few() -> None:
    assert told(of(("ensam", 10_000, 30), ("ensam", 0, 3))).moved is None
