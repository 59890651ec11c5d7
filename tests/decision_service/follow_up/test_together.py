"""Whoever has every page of a month and its quarter cannot make out a small group from them."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from decision_service.follow_up.small_cells import SMALLEST
from decision_service.follow_up.together import shown_together
from tests.decision_service.follow_up.test_published import FAST, reduced

DECISIONS = [str(number) for number in range(24)]
FIGURES = st.lists(st.frozensets(st.sampled_from(DECISIONS), max_size=24), min_size=1, max_size=8)


def shown(figures: list[frozenset[str]]) -> list[frozenset[str]]:
    """Those that are shown, where each counts a decision once."""
    told = shown_together({number: dict.fromkeys(each, 1) for number, each in enumerate(figures)})
    return [figures[number] for number in sorted(told)]


@FAST
@given(FIGURES)
def test_no_small_group_is_a_combination_of_what_is_shown(figures: list[frozenset[str]]) -> None:
    rows = [[int(one in each) for one in DECISIONS] for each in shown(figures)]
    groups = set(figures)
    for one, other in combinations(figures, 2):
        groups |= {one & other, one - other, other - one}
    for group in groups:
        if 0 < len(group) < SMALLEST:
            assert any(reduced(rows, [int(one in group) for one in DECISIONS])), sorted(group)


def test_large_figures_are_shown_and_what_would_tell_of_few_is_not() -> None:
    """Of nine decisions by people six had a proposal: the three without one would be told."""
    all_, people, proposed = (frozenset(DECISIONS[:number]) for number in (14, 9, 6))
    assert shown([all_, people]) == [all_, people]
    assert shown([all_, people, proposed]) == [all_, people], "three had no proposal"
    assert shown([all_, frozenset(DECISIONS[:12])]) == [all_], "two are by the machine"
    assert shown([frozenset(), all_]) == [frozenset(), all_]
    assert shown([frozenset(DECISIONS[:4])]) == []


def test_adults_are_counted_as_often_as_a_decision_has_them() -> None:
    """Seven adults of six decisions: the couple is one decision."""
    one_each = dict.fromkeys(DECISIONS[:6], 1)
    adults = one_each | {DECISIONS[0]: 2}
    assert shown_together({"decisions": one_each, "adults": adults}) == {"decisions"}
    assert shown_together({"decisions": one_each, "again": one_each}) == {"decisions", "again"}
