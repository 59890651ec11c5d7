"""Whether a rule may apply is what the library would say, were what is missing known in some way."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
from typing import Any

import pytest

from rules.engines.durable.may import looked_at, may_by, may_match
from rules.engines.durable.native import Ruleset, rule
from rules.engines.durable.patterns import _NEGATED, _test
from rules.language.tree import Comparison

PATTERNS: list[Mapping[str, Any]] = [
    {"a": True},
    {"c": "röd"},
    {"$neq": {"c": "röd"}},
    {"$lt": {"n": 2}},
    {"$lte": {"n": 1}},
    {"$gt": {"n": 1}},
    {"$gte": {"n": 2}},
    {"$and": [{"a": True}, {"$or": [{"$lt": {"n": 1}}, {"c": "röd"}]}]},
    {"$or": [{"$and": [{"a": False}, {"$neq": {"n": 2}}]}, {"$and": [{"$gte": {"n": 2}}, {"c": "blå"}]}]},
]
VALUES: Mapping[str, tuple[bool | int | str, ...]] = {
    "a": (True, False),
    "n": (0, 1, 2, 3),
    "c": ("röd", "blå"),
}


def ways(held: Mapping[str, bool | int | str]) -> list[dict[str, bool | int | str]]:
    """A fact with everything that it lacks known in every way."""
    return [
        dict(zip(VALUES, each, strict=True))
        for each in product(*((held[name],) if name in held else VALUES[name] for name in VALUES))
    ]


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_a_pattern_may_match_when_the_library_matches_it_known_in_some_way(
    pattern: Mapping[str, Any],
) -> None:
    """Each pattern looks at a property once, so that it may match exactly when some values make it."""
    ruleset, may = Ruleset({"r": rule("k", pattern)}), may_match(pattern)
    for chosen in product(*((None, *values) for values in VALUES.values())):
        held = {name: one for name, one in zip(VALUES, chosen, strict=True) if one is not None}
        told = [{"id": str(number), "k": "k", **each} for number, each in enumerate(ways(held))]
        assert may(held) is bool(ruleset.firings(told)), held


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_by_some_properties_alone_a_pattern_may_match_when_it_may_with_the_rest_missing(
    pattern: Mapping[str, Any],
) -> None:
    may = may_match(pattern)
    for terms in (each for length in range(4) for each in combinations(VALUES, length)):
        for chosen in product(*((None, *VALUES[name]) for name in terms)):
            held = dict(zip(terms, chosen, strict=True))
            known = {name: one for name, one in held.items() if one is not None}
            assert eval(may_by(pattern, terms), {}, held) is may(known), held


@pytest.mark.parametrize("comparison", Comparison)
def test_a_negated_comparison_is_true_exactly_where_the_comparison_is_not(comparison: Comparison) -> None:
    ruleset = Ruleset(
        {"it": rule("k", _test(comparison, "n", 1)), "not": rule("k", _test(_NEGATED[comparison], "n", 1))}
    )
    found = ruleset.firings([{"id": str(number), "k": "k", "n": number} for number in range(3)])
    assert sorted(number for _, number in found) == ["0", "1", "2"]
    assert {name for name, _ in found} == {"it", "not"}


def test_a_pattern_looks_at_the_properties_in_it() -> None:
    assert [set(looked_at(pattern)) for pattern in PATTERNS[-2:]] == [{"a", "n", "c"}, {"a", "n", "c"}]
    assert [*looked_at({"$neq": {"c": "röd"}})] == ["c"]
