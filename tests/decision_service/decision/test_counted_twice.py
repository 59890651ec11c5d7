"""A cost or an income that two rules count is asked about, and the machine does not decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from decision_service.application.outcome import Outcome
from decision_service.decision.decide import assess
from decision_service.decision.document import Assessment
from rules.evaluation import Engines
from tests.world.cases import NAMES, engines, example, raw, read


def with_another(name: str, of: str) -> Assessment:
    """An example case where another rule counts what a rule counts."""
    case = read(raw(name))
    law = engines(case).law
    [rule] = [each for each in law.rules if each.id == of]
    law = replace(law, rules=(*law.rules, replace(rule, id="prov.en_gång_till")))
    return assess(case, law, Engines(law)).document


@pytest.mark.parametrize("section", ["cost", "other_cost", "income"])
def test_two_rules_that_count_one_thing_are_asked_about(section: str) -> None:
    name, line = next(
        (name, line)
        for name in NAMES
        if (found := example(name).document).calculation is not None and found.outcome.decides
        for line in found.calculation.lines
        if line.part == section and line.subject and line.amount
    )
    document = with_another(name, line.rule)
    assert document.outcome is Outcome.HANDLAGGARE
    twice = [reason for reason in document.reasons if reason.code == "RÄKNAT_TVÅ_GÅNGER"]
    assert line.subject in {reason.subject for reason in twice}
    assert all(reason.label in reason.question for reason in twice)
