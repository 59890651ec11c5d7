"""A cost or an income that two rules count is asked about, and the machine does not decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from decision_service.application.case_file import CaseFile
from decision_service.application.outcome import Outcome
from decision_service.decision.decide import assess
from decision_service.decision.facts.case_facts import build_facts
from rules.evaluation import Engines
from rules.law import Law
from rules.policy_cases.file import Expectation
from rules.policy_cases.run import failures_of
from tests.world.cases import NAMES, engines, example, raw, read
from tests.world.law import book

ANOTHER = "prov.en_gång_till"


def with_another(case: CaseFile, of: str) -> Law:
    """The law of a case where another rule counts what a rule counts."""
    law = engines(case).law
    [rule] = [each for each in law.rules if each.id == of]
    return replace(law, rules=(*law.rules, replace(rule, id=ANOTHER)))


@pytest.mark.parametrize("section", ["cost", "other_cost", "income"])
def test_two_rules_that_count_one_thing_are_asked_about(section: str) -> None:
    name, line = next(
        (name, line)
        for name in NAMES
        if (found := example(name).document).calculation is not None and found.outcome.decides
        for line in found.calculation.lines
        if line.part == section and line.subject and line.amount
    )
    case = read(raw(name))
    law = with_another(case, line.rule)
    document = assess(case, law, Engines(law)).document
    assert document.outcome is Outcome.HANDLAGGARE
    twice = [reason for reason in document.reasons if reason.code == "RÄKNAT_TVÅ_GÅNGER"]
    assert line.subject in {reason.subject for reason in twice}
    assert all(reason.label in reason.question for reason in twice)


def test_a_case_of_the_policy_staff_that_shows_it_fails() -> None:
    case = read(raw("ensam-bifall"))
    law = with_another(case, "kostnad.hyra")
    agreed = Engines(law).evaluate(build_facts(case, law).facts)
    expected = Expectation.model_validate({"gäller": ["kostnad.hyra"]})
    [failure] = failures_of(expected, agreed, book())
    assert failure.startswith(f"costs[0] räknas av flera regler: kostnad.hyra, {ANOTHER}.")
