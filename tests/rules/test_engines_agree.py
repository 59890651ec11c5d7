"""The two engines say the same of any well-typed rule set and any facts, and neither depends on order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import norms.load
from norms.month import Month
from rules.book import Rulebook
from rules.engines.durable.engine import DurableEngine
from rules.engines.exact.run import ExactEngine
from rules.evaluated import RuleState
from rules.evaluation import Engines
from rules.facts import Entity, Facts
from rules.law import resolve
from tests.rules.generated import VOCABULARY, Sample, samples

NORMS = norms.load.load()


@given(samples(NORMS))
def test_engines_agree(sample: Sample) -> None:
    sample.facts.check(VOCABULARY)
    agreed = Engines(sample.law).evaluate(sample.facts)
    assert agreed.differences == ()


@pytest.mark.slow
@given(samples(NORMS), st.randoms(use_true_random=False))
def test_order_of_facts_and_rules_does_not_matter(sample: Sample, random: st.DataObject) -> None:
    entities, rules = list(sample.facts.entities), list(sample.law.rules)
    random.shuffle(entities)  # type: ignore[attr-defined]
    random.shuffle(rules)  # type: ignore[attr-defined]
    shuffled_law = replace(sample.law, rules=tuple(rules))
    shuffled_facts = Facts(tuple(entities), sample.facts.incomplete)
    first = ExactEngine(sample.law).evaluate(sample.facts).outcome
    assert ExactEngine(shuffled_law).evaluate(shuffled_facts).outcome == first
    assert DurableEngine(shuffled_law).evaluate(shuffled_facts) == first


@pytest.mark.slow
@given(samples(NORMS))
def test_a_fact_that_no_rule_reads_changes_nothing(sample: Sample) -> None:
    unread = Entity("oläst", "o1", {"oläst.k": 100})
    for engine in (ExactEngine(sample.law), DurableEngine(sample.law)):
        with_fact = engine.evaluate(sample.facts.plus([unread]))
        without = engine.evaluate(sample.facts)
        first, second = (getattr(each, "outcome", each) for each in (with_fact, without))
        assert first == second


@pytest.mark.slow
@given(samples(NORMS), st.data())
def test_learning_a_fact_never_overturns_what_was_settled(sample: Sample, data: st.DataObject) -> None:
    """What applied or did not apply without a fact is the same once the fact is known, whatever it is."""
    holes = [
        (index, term)
        for index, entity in enumerate(sample.facts.entities)
        for term in VOCABULARY.kinds[entity.kind].terms.values()
        if term.source.value == "ansökan" and not isinstance(entity.values.get(term.path), int | str)
    ]
    if not holes:
        return
    index, term = data.draw(st.sampled_from(holes))
    known = {
        "tal": st.integers(-3, 12) if not term.percent else st.sampled_from((0, 5_000, 10_000)),
        "ja/nej": st.booleans(),
        "val": st.sampled_from(("röd", "grön", "blå")),
        "datum": st.integers(739_000, 739_010),
    }[term.type.base.value]
    entity = sample.facts.entities[index]
    learned = replace(entity, values={**entity.values, term.path: data.draw(known)})
    entities = (*sample.facts.entities[:index], learned, *sample.facts.entities[index + 1 :])
    engine = ExactEngine(sample.law)
    before = engine.evaluate(sample.facts)
    after = engine.evaluate(Facts(entities, sample.facts.incomplete))
    requires = {rule.id for rule in sample.law.rules for effect in rule.effects if hasattr(effect, "paths")}
    for key, instance in before.instances.items():
        if instance.state is not RuleState.UNDECIDED and key[0] not in requires:
            settled = instance.state is RuleState.FIRED
            assert (after.instances[key].state is RuleState.FIRED) is settled
            assert after.instances[key].state is not RuleState.UNDECIDED
    assert before.outcome.lines <= after.outcome.lines
    assert before.outcome.conclusions.items() <= after.outcome.conclusions.items()


def test_engines_compiled_once_say_the_same_under_another_law_with_the_same_rules(book: Rulebook) -> None:
    """Only the rules are compiled: amounts and settings are those of the law that is asked."""
    months = [resolve(book, Month(year, 9), "1287") for year in (2025, 2026)]
    assert [*map(id, months[0].rules)] == [*map(id, months[1].rules)]
    other = replace(months[1], settings=())
    facts = Facts(
        (Entity("hushåll", "hushåll", {"hushåll.vuxna": 1}), Entity("vuxen", "v", {"vuxen.ålder": 30}))
    )
    engines = Engines(months[0])
    for law in (months[1], other):
        alone, shared = Engines(law).evaluate(facts), engines.under(law).evaluate(facts)
        assert shared.evaluation.law is law
        assert (shared.differences, shared.evaluation.outcome) == (
            alone.differences,
            alone.evaluation.outcome,
        )
        assert shared.evaluation.values == alone.evaluation.values
    with pytest.raises(ValueError, match="other rules"):
        engines.under(resolve(book, Month(2012, 1)))
