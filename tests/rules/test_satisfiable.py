"""What the analysis of conditions claims is so, by trying every case of a tiny vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import norms.load
from norms import document
from rules.build import Builder
from rules.checks.conflict import check as conflicts
from rules.checks.shadowed import check as shadowed
from rules.checks.unreachable import check as unreachable
from rules.language import tree, vocabulary_file
from rules.language.checker import CheckerScope, check
from rules.language.tree import Comparison, Expression
from rules.language.types import PLAIN, YES_NO, number
from rules.rule import Rule
from rules.rulefile import RuleFile
from rules.satisfiable import Alternative, Range, alternatives
from rules.schema import validate
from tests.rules.generated import LAWS

NORMS = norms.load.load()

VOCABULARY = vocabulary_file.build(
    document.parse(
        """
ordlista: prov
slag:
  hus:
    antal: ett
    beskrivning: Prov
    termer:
      a: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      b: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      v: {typ: val, val: [röd, grön, blå], källa: ansökan, beskrivning: Prov}
      n: {typ: antal, källa: ansökan, lägst: 0, högst: 3, beskrivning: Prov}
      m: {typ: antal, källa: ansökan, lägst: 0, högst: 2, beskrivning: Prov}
      k: {typ: belopp, källa: ansökan, lägst: 0, högst: 1, beskrivning: Prov}
      x: {typ: antal, källa: regel, beskrivning: Prov}
""".encode(),
        "ordlista.yaml",
    )
)
# Every value, and of kronor those around the limits that conditions name.
VALUES: Mapping[str, tuple[int | bool | str, ...]] = {
    "hus.a": (False, True),
    "hus.b": (False, True),
    "hus.v": ("röd", "grön", "blå"),
    "hus.n": (0, 1, 2, 3),
    "hus.m": (0, 1, 2),
    "hus.k": (0, 1, 49, 50, 51, 99, 100),
}
SIGNS = ("=", "≠", "<", "<=", ">", ">=")


@st.composite
def conditions(draw: Any, depth: int = 3) -> str:
    """The text of a condition; some of its leaves are more than the analysis can decide."""
    leaves = [
        st.sampled_from(("hus.a", "hus.b", "ja", "nej", "hus.a = nej", "hus.b ≠ ja")),
        st.builds("hus.v {} {}".format, st.sampled_from(("=", "≠")), st.sampled_from(("röd", "grön", "blå"))),
        st.sampled_from(("hus.v i {röd, grön}", "hus.v i {röd}", "hus.v i {röd, grön, blå}")),
        st.builds("hus.{} {} {}".format, st.sampled_from("nm"), st.sampled_from(SIGNS), st.integers(-1, 4)),
        st.builds("{} {} hus.n".format, st.integers(-1, 4), st.sampled_from(SIGNS)),
        st.builds(
            "hus.k {} {} kr".format, st.sampled_from(SIGNS), st.sampled_from(("0", "0,50", "1", "-1", "2"))
        ),
        st.builds("hus.n {} hus.m".format, st.sampled_from(SIGNS)),
        st.builds("hus.m {} hus.n".format, st.sampled_from(SIGNS)),
        st.builds("hus.n + 1 {} hus.m".format, st.sampled_from(SIGNS)),
    ]
    if depth == 0 or draw(st.booleans()):
        return str(draw(st.one_of(leaves)))
    inner = conditions(depth - 1).map(lambda text: f"({text})")
    return str(
        draw(
            st.one_of(
                st.builds("{} och {}".format, inner, inner),
                st.builds("{} och {} och {}".format, inner, inner, inner),
                st.builds("{} eller {}".format, inner, inner),
                st.builds("inte {}".format, inner),
            )
        )
    )


Values = Mapping[str, Any]


def checked(text: str) -> Expression:
    node, problems = check(text, CheckerScope(VOCABULARY, NORMS.catalog, None), YES_NO)
    assert node is not None, problems
    return node


def value(node: Expression, values: Values) -> Any:
    """What an expression is: written for this test alone."""
    match node:
        case tree.Literal(value=found):
            return found
        case tree.TermUsed(text=text):
            return values[text]
        case tree.And(parts=parts):
            return all(value(part, values) for part in parts)
        case tree.Or(parts=parts):
            return any(value(part, values) for part in parts)
        case tree.Not(inner=inner):
            return not value(inner, values)
        case tree.OneOf(inner=inner, choices=choices):
            return value(inner, values) in choices
        case tree.Arithmetic(left=left, right=right):
            return value(left, values) + value(right, values)
        case tree.Compare(comparison=comparison, left=left, right=right):
            one, other = value(left, values), value(right, values)
            if comparison in (Comparison.EQ, Comparison.NE):
                return (one == other) is (comparison is Comparison.EQ)
            return {
                Comparison.LT: one < other,
                Comparison.LE: one <= other,
                Comparison.GT: one > other,
                Comparison.GE: one >= other,
            }[comparison]
    raise AssertionError(node)


def every_case(*nodes: Expression) -> Iterator[Values]:
    """Every combination of values of the terms that the conditions read."""
    read = sorted(
        {each.text for node in nodes for each in tree.walk(node) if isinstance(each, tree.TermUsed)}
    )
    for combination in product(*(VALUES[path] for path in read)):
        yield dict(zip(read, combination, strict=True))


def allows(way: Alternative, values: Values) -> bool:
    """Whether a way allows the values."""
    for key, atom in way.items():
        left, _, right = key.partition(" ? ")
        found = values[key] if not right else order(number_of(left), number_of(right), values)
        if isinstance(atom.allowed, frozenset):
            if found not in atom.allowed:
                return False
        elif not any(within(range_, found) for range_ in atom.allowed):
            return False
    return True


def order(left: Expression, right: Expression, values: Values) -> int:
    difference = value(left, values) - value(right, values)
    return int(difference > 0) - int(difference < 0)


@cache
def number_of(text: str) -> Expression:
    node, problems = check(text, CheckerScope(VOCABULARY, NORMS.catalog, None), number(PLAIN))
    assert node is not None, problems
    return node


def within(range_: Range, number: int) -> bool:
    return (range_.low is None or range_.low <= number) and (range_.high is None or number <= range_.high)


@pytest.mark.slow
@given(conditions())
def test_every_case_in_which_a_condition_holds_is_one_of_its_ways(text: str) -> None:
    """So a condition without ways never holds, and no rule is called unreachable that is not."""
    node = checked(text)
    ways = alternatives(node, VOCABULARY)
    assert ways is not None
    for values in every_case(node):
        if value(node, values):
            assert any(allows(way, values) for way in ways), values


@pytest.mark.slow
@given(conditions())
def test_every_plain_way_has_a_case_in_which_the_condition_holds(text: str) -> None:
    node = checked(text)
    for way in alternatives(node, VOCABULARY) or []:
        if all(atom.plain for atom in way.values()):
            cases = [values for values in every_case(node) if allows(way, values)]
            assert cases
            assert all(value(node, values) for values in cases)


# --- whole rules


def rules(*entries: tuple[str, str, str, tuple[str, ...]]) -> tuple[Rule, ...]:
    """Rules by id, condition, what they conclude of ``hus.x`` and what they are exceptions from."""
    data: Any = {
        "regelsamling": "prov",
        "beskrivning": "prov",
        "steg": "behörighet",
        "status": "verifierad",
        "regler": [
            {
                "id": f"prov.{name}",
                "rubrik": "prov",
                "lagrum": ["PL 1 §"],
                "gäller": {"från": "2020-01"},
                "när": condition,
                "undantag från": [f"prov.{other}" for other in defeats],
                "ger": {"slutsats": {"hus.x": concluded}},
                "motivering": {"sv": "prov"},
            }
            for name, condition, concluded, defeats in entries
        ],
    }
    source = document.Document("prov.yaml", data, {(): 1})
    builder = Builder(source, None, VOCABULARY, NORMS.catalog, LAWS)
    found = tuple(builder.rules(validate(RuleFile, source)))
    assert not builder.findings, [str(finding) for finding in builder.findings]
    return found


@pytest.mark.slow
@given(conditions(1), conditions(1), conditions(1), conditions(1))
def test_what_is_reported_of_rules_and_their_exceptions_is_so(a: str, b: str, c: str, d: str) -> None:
    """a and b contradict each other, c is an exception from a, and d one from c."""
    book = rules(("a", a, "1", ()), ("b", b, "2", ()), ("c", c, "1", ("a",)), ("d", d, "2", ("c",)))
    one, other, except_a, except_c = (rule.condition for rule in book)

    def applies(values: Values) -> dict[str, bool]:
        holds = {"b": value(other, values), "d": value(except_c, values)}
        holds["c"] = value(except_a, values) and not holds["d"]
        holds["a"] = value(one, values) and not holds["c"]
        return holds

    cases = [applies(values) for values in every_case(one, other, except_a, except_c)]
    for finding in (*unreachable(book, VOCABULARY), *shadowed(book, VOCABULARY)):
        assert not any(case[finding.where.removeprefix("prov.")] for case in cases), finding
    for finding in conflicts(book, VOCABULARY):
        pair = [
            rule.id.removeprefix("prov.") for rule in book if rule.id in f"{finding.where} {finding.message}"
        ]
        assert len(pair) == 2
        assert any(case[pair[0]] and case[pair[1]] for case in cases), finding


@pytest.mark.parametrize(
    "condition", ["hus.a och inte hus.a", "hus.n > 3", "hus.k < 0 kr", "hus.v = röd och hus.v ≠ röd"]
)
def test_what_can_never_hold_is_found(condition: str) -> None:
    assert alternatives(checked(condition), VOCABULARY) == []


def test_a_condition_with_too_many_ways_is_left_undecided() -> None:
    parts = [f"(hus.n + {number} = hus.m eller hus.m + {number} = hus.n)" for number in range(1, 15)]
    assert alternatives(checked(" och ".join(parts)), VOCABULARY) is None
