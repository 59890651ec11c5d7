"""The two ways of the exact evaluator: the short one answers as three values do, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given

import norms.load
from rules.engines.exact.case import Notes, ScopedCase
from rules.engines.exact.run import ExactEngine
from rules.engines.exact.source import NOT_ANSWERED, compile_short
from rules.engines.exact.three_valued import compile_value
from rules.evaluated import RuleState
from rules.explanation import condition
from rules.facts import Unknown
from tests.rules.generated import VOCABULARY, Sample, samples

NORMS = norms.load.load()


@pytest.mark.slow
@given(samples(NORMS))
def test_the_short_way_answers_as_three_values_do_or_not_at_all(sample: Sample) -> None:
    case = ScopedCase(sample.law, sample.facts)
    for rule in sample.law.rules:
        for root in rule.expressions:
            short, long = compile_short(root, VOCABULARY), compile_value(root, VOCABULARY)
            for scope in case.of(rule.subject):
                cells, all_cells = [], []
                value = long(scope, Notes(case, [], all_cells))
                try:
                    answer = short(scope.known, case.household.known, case, scope.entity, cells)
                except NOT_ANSWERED:
                    continue
                assert not isinstance(value, Unknown)
                assert (answer, type(answer)) == (value, type(value))
                assert answer is False or set(cells) == set(all_cells)


@pytest.mark.slow
@given(samples(NORMS))
def test_what_a_condition_saw_is_what_it_was_decided_on(sample: Sample) -> None:
    """The trace is looked at afterwards: nothing that a rule reads may have changed since."""
    evaluation = ExactEngine(sample.law).evaluate(sample.facts)
    possible = {
        RuleState.FIRED: {True},
        RuleState.DEFEATED: {True},
        RuleState.UNDECIDED: {True, None},
        RuleState.NOT_FIRED: {False, None},
    }
    for key, instance in evaluation.instances.items():
        assert condition(evaluation, key).holds in possible[instance.state]
