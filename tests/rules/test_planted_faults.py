"""A fault planted in either engine is seen by comparing it with the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

import norms.load
from rules.engines.durable import arithmetic, engine, may, patterns
from rules.engines.exact import run, source, three_valued
from rules.evaluation import Engines
from rules.facts import Disputed
from rules.language.tree import Comparison, Extreme, Fold, Operator
from tests.rules.generated import Sample, samples
from tests.world.sweeps import share

pytestmark = pytest.mark.slow

NORMS = norms.load.load()
Plant = Callable[[pytest.MonkeyPatch], None]


def _patched(module: Any, name: str, make: Callable[[Any], Any]) -> Plant:
    return lambda monkeypatch: monkeypatch.setattr(module, name, make(getattr(module, name)))


def _item(table: Any, key: Any, value: Any) -> Plant:
    return lambda monkeypatch: monkeypatch.setitem(table, key, value)


def _forgetful(case: Any, kind: str, owner: str | None, where: Any) -> bool:
    """An ``exists`` that takes the members told of for all there are."""
    return bool(source._held(case, kind, owner, where))


def _strict(value: Any, step: int) -> Any:
    """A step that rounds halves down."""
    return int(-((-value + Fraction(step, 2)) // step) * step)


FAULTS: dict[str, Plant] = {
    "exact: <= read as <": _item(source._COMPARISONS, Comparison.LE, "<"),
    "exact: > read as >=": _item(source._COMPARISONS, Comparison.GT, ">="),
    "exact: a sum read as a count": _item(source._FOLDS, Fold.SUM, "count"),
    "exact: minus read as plus": _item(source._OPERATORS, Operator.SUB, "+"),
    "exact: members that are not known of forgotten": _item(source._NAMES, "exists", _forgetful),
    "exact: halves rounded down": _item(source._NAMES, "rounded", _strict),
    "exact, three values: eller read as och": _patched(
        three_valued, "_any_of", lambda _: three_valued._all_of
    ),
    "exact, three values: unknown taken as false": _patched(
        three_valued, "_not", lambda _: lambda inner: lambda scope, notes: inner(scope, notes) is not True
    ),
    "exact, three values: members that are not known of forgotten": _patched(
        three_valued, "_fold", lambda fold: lambda kind, answers, open_end: fold(kind, answers, None)
    ),
    "exact: exceptions ignored": _patched(
        run._Run, "holds", lambda _: lambda self, key, tried: (tried[key].holds, ())
    ),
    "exact: a sum forgets a line": _patched(
        run._Run,
        "add_up",
        lambda add_up: lambda self: (self.lines.__delitem__(slice(0, 1)), add_up(self)),
    ),
    "durable: negated < is <": _item(patterns._NEGATED, Comparison.LT, Comparison.LT),
    "durable: negated = is =": _item(patterns._NEGATED, Comparison.EQ, Comparison.EQ),
    "durable: negated <= is <": _item(patterns._NEGATED, Comparison.LE, Comparison.LT),
    "durable: negated != is !=": _item(patterns._NEGATED, Comparison.NE, Comparison.NE),
    "durable, may apply: what is missing is no": _patched(
        may,
        "_text",
        lambda text: lambda pattern: re.sub(r"get\('(\w+)', [^)]*\)", r"get('\1', -9)", text(pattern)),
    ),
    "durable, may apply: everything may": _patched(may, "_text", lambda _: lambda pattern: "True"),
    "durable: a rule whose terms are missing is not told of": _patched(
        engine, "may_by", lambda by: lambda *of: by(*of).replace("is None or", "is not None and")
    ),
    "durable: >= read as >": _item(patterns._SIGNS, Comparison.GE, "$gt"),
    "durable: och read as eller": _patched(patterns, "_and", lambda _: patterns._or),
    "durable: exceptions ignored": _patched(engine, "_effective", lambda _: lambda law, rule: rule.condition),
    "durable: owner ignored": _item(
        arithmetic._NAMES,
        "exists",
        lambda view, kind, _, where: arithmetic.exists(view, kind, False, where),
    ),
    "durable: alla read as finns": _item(arithmetic._FOLDS, Fold.ALL, "exists"),
    "durable: rounding down": _item(
        arithmetic._NAMES,
        "rounded",
        lambda value, step: None if value is None else value[0] // (value[1] * step) * step,
    ),
    "durable: lägsta gives the highest": _item(arithmetic._PICKS, Extreme.LOWEST, ("max", "highest")),
    "durable: a disputed value is read": _patched(
        engine,
        "_known",
        lambda known: (
            lambda values: {
                path: value.values[0][1] if isinstance(value, Disputed) else value
                for path, value in values.items()
            }
        ),
    ),
    "durable: a firing is lost": _patched(
        engine.Ruleset, "firings", lambda firings: lambda self, facts: firings(self, facts)[1:]
    ),
    "durable: conflicts take the first value": _patched(
        engine._Run,
        "conclude",
        lambda conclude: (
            lambda self, rules, concluded, contested: conclude(
                self,
                rules,
                {place: set(sorted(values, key=repr)[:1]) for place, values in concluded.items()},
                contested,
            )
        ),
    ),
}


@pytest.fixture(scope="module")
def corpus() -> list[Sample]:
    """Samples drawn once; every fault is sought in the same ones."""
    found: list[Sample] = []

    @seed(1)
    @settings(
        max_examples=1_000,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(samples(NORMS))
    def collect(sample: Sample) -> None:
        found.append(sample)

    collect()
    return found


@dataclass(frozen=True)
class Told:
    """An engine that says of a case what it has said of it before."""

    said: Any

    def evaluate(self, *_: Any) -> Any:
        return self.said


@pytest.fixture(scope="module")
def sound(corpus: list[Sample]) -> list[dict[str, Told]]:
    """What each engine as it is says of each sample."""
    of_both = [(Engines(each.law), each.facts) for each in corpus]
    return [
        {"exact": Told(engines.exact.evaluate(facts)), "durable": Told(engines.durable.evaluate(facts))}
        for engines, facts in of_both
    ]


def _differs(sample: Sample, told: Mapping[str, Told]) -> bool:
    """Whether the engines differ, of which some say what they have said before."""
    engines = Engines(sample.law)
    vars(engines).update(told)
    try:
        return not engines.evaluate(sample.facts).agree
    except (AssertionError, TypeError, AttributeError):
        return True  # a fault that stops the evaluation is seen as well


@pytest.mark.parametrize("name", share(FAULTS, 3))
def test_a_planted_fault_is_seen(
    name: str, monkeypatch: pytest.MonkeyPatch, corpus: list[Sample], sound: list[dict[str, Told]]
) -> None:
    """Only the engine that has it is asked anew."""
    other = "durable" if name.startswith("exact") else "exact"
    FAULTS[name](monkeypatch)
    assert any(_differs(sample, {other: told[other]}) for sample, told in zip(corpus, sound, strict=True))


def test_without_a_fault_nothing_is_seen(corpus: list[Sample], sound: list[dict[str, Told]]) -> None:
    assert not any(map(_differs, corpus, sound))
