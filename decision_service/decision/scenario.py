"""A made-up household under the rules: its calculation, what became of each rule and why, and the case."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from decision_service.decision.estimate import EstimateRequest, as_document, calculated
from decision_service.decision.estimated import EstimateDocument
from decision_service.decision.texts import texts
from rules.book import Rulebook
from rules.evaluated import Evaluation, RuleState
from rules.explanation import ConditionPart, WhyNot, why_not
from rules.policy_cases.write import case_file


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lit(_Part):
    """What became of a rule for one subject. ``why`` are the parts of its condition that kept it from
    applying, or are not known, with what they saw; or the exceptions that it gave way to."""

    rule: str
    title: str
    provision: str
    about: str
    state: RuleState
    why: tuple[str, ...]


class Scenario(_Part):
    """A household under the rules of a month. ``case`` is a case file that expects what came of it."""

    calculation: EstimateDocument
    rules: tuple[Lit, ...]
    case: str


def scenario(request: EstimateRequest, book: Rulebook, name: str) -> Scenario:
    """Calculate, and write it as a case with a name. Raises InputError as a trial calculation does."""
    found, given = calculated(request, book)
    return Scenario(
        calculation=as_document(found),
        rules=tuple(_lit(found.evaluation)),
        case=case_file(name, found.evaluation, given.entities),
    )


def _lit(evaluation: Evaluation) -> Iterator[Lit]:
    for key in evaluation.instances:
        found = why_not(evaluation, key)
        rule = found.rule
        yield Lit(
            rule=rule.id,
            title=rule.title,
            provision=rule.provision,
            about=rule.label,
            state=rule.state,
            why=tuple(_why(found)) if rule.state is not RuleState.FIRED else (),
        )


def _why(found: WhyNot) -> Iterator[str]:
    if found.rule.state is RuleState.DEFEATED:
        yield from (texts().rules.exception.format(regel=each) for each in found.rule.defeated_by)
        return
    for part in found.unknown if found.rule.state is RuleState.UNDECIDED else found.failed:
        yield _seen(part)


def _seen(part: ConditionPart) -> str:
    saw = ", ".join(texts().rules.saw.format(uppgift=each.text, värde=each.value) for each in part.saw)
    return f"{part.text} ({saw})" if saw else part.text
