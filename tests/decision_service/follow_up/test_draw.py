"""Who is drawn: by lot, each with the same chance, and the same again for whoever has the seed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.follow_up.draw import Lot, drawn, shared
from decision_service.follow_up.error_rate import error_rate, for_many, wilson
from decision_service.follow_up.small_cells import SMALLEST

GROUPS = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 60), min_size=1)


@given(GROUPS, st.integers(1, 120))
def test_each_group_gives_its_share_and_no_decision_is_left_out_for_its_group(
    groups: dict[str, int], size: int
) -> None:
    found, total = shared(groups, size), sum(groups.values())
    assert sum(found.values()) == min(size, total)
    for name, count in groups.items():
        exact = min(size, total) * count / total
        assert exact - 1 < found[name] < exact + 1
        assert found[name] <= count


@given(GROUPS, st.integers(1, 120), st.integers(0, 9))
def test_the_same_seed_draws_the_same_whatever_the_order(
    groups: dict[str, int], size: int, seed: int
) -> None:
    lots = [Lot(f"{name}{at}", f"{name}{at}", name) for name, count in groups.items() for at in range(count)]
    chosen = drawn(lots, size, str(seed))
    assert chosen == drawn(reversed(lots), size, str(seed))
    assert len(set(chosen)) == min(size, len(lots))
    assert Counter(each.group for each in chosen) == Counter(shared(groups, size))


def test_another_seed_draws_others_and_every_decision_has_the_same_chance() -> None:
    lots = [Lot(str(at), str(at), "alla") for at in range(20)]
    times = Counter(each.decision for seed in range(2000) for each in drawn(lots, 5, str(seed)))
    assert len(times) == len(lots)
    assert all(400 < count < 600 for count in times.values()), "500 expected, spread about 19"


@pytest.mark.parametrize(
    ("wrong", "reviewed", "low", "high"),
    [(0, 50, 0.0, 0.0713), (2, 50, 0.0110, 0.1346), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_the_interval_is_wilsons(wrong: int, reviewed: int, low: float, high: float) -> None:
    """Against the tables of statistics packages."""
    assert wilson(wrong, reviewed) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 300), st.data())
def test_what_many_see_tells_of_no_single_decision(reviewed: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, reviewed))
    found = for_many(error_rate(wrong, reviewed))
    assert found is not None
    if 0 < wrong < SMALLEST:
        assert found.wrong is found.share is None
        others = [for_many(error_rate(each, reviewed)) for each in range(1, min(SMALLEST - 1, reviewed) + 1)]
        assert all(each == found for each in others), "no small count can be told from another"
    else:
        assert found == error_rate(wrong, reviewed)
    assert error_rate(0, 0) is None
