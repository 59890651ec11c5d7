"""What nobody has confirmed: amounts, settings and rules that an assessment rests on."""

from __future__ import annotations

from collections.abc import Iterator

from decision_service.decision.document import Unconfirmed
from decision_service.decision.reasons import RESULT_KIND
from norms.table import Cell
from rules.evaluated import Evaluation, Instance, RuleState
from rules.explanation import condition, held_back_by
from rules.law import Law
from rules.outcome import HOUSEHOLD, InstanceKey
from rules.rule import AskEffect, Rule
from rules.setting import Setting

RestsOn = dict[str, set[Unconfirmed]]
"""What is not confirmed of that which the value of a term rests on, by the term's path."""


def unconfirmed_of(evaluation: Evaluation) -> list[Unconfirmed]:
    """Amounts, settings and rules of unconfirmed status that a line or the decision rests on.

    A conclusion rests on what its rule rests on, and so does every rule that reads it. So does the silence of
    a rule that would ask or give a line: what keeps it from applying counts like what applies.
    """
    rests_on: RestsOn = {
        each.path: {_setting(each)} for each in evaluation.law.settings if not each.status.confirmed
    }
    found: set[Unconfirmed] = set()
    for key, instance in _may_rest(evaluation, rests_on):
        unsure = _behind(evaluation, key, instance, rests_on)
        if not unsure:
            continue
        for effect in instance.rule.concludes:
            rests_on.setdefault(effect.path, set()).update(unsure)
        if _reaches_the_decision(instance):
            found |= unsure
    return sorted(found, key=lambda each: (each.kind, each.name, each.label))


def _may_rest(evaluation: Evaluation, rests_on: RestsOn) -> Iterator[tuple[InstanceKey, Instance]]:
    """Each rule that may rest on something that is not confirmed, for whom it does, in their order. What a
    rule reads is settled before its stage."""
    instances = evaluation.instances
    for rule in evaluation.law.may_be_unsure:
        if rule not in instances.silent:
            continue
        kind, nothing = instances.silent[rule]
        reads = not rests_on.keys().isdisjoint(nothing.rule.reads)
        if not reads and rule not in instances.spoken:
            continue
        said = instances.spoken.get(rule, {})
        for subject in instances.subjects.get(kind, ()):
            instance = said.get(subject, nothing)
            if reads or instance.cells or instance.state is not RuleState.NOT_FIRED:
                yield (rule, subject), instance


def _behind(
    evaluation: Evaluation, key: InstanceKey, instance: Instance, rests_on: RestsOn
) -> set[Unconfirmed]:
    """What is not confirmed of that which made a rule apply, give way to an exception, or stay silent."""
    law = evaluation.law
    match instance.state:
        case RuleState.FIRED:
            return _applying(law, instance, rests_on)
        case RuleState.DEFEATED:
            keys = [(name, about) for name in instance.defeated_by for about in (key[1], HOUSEHOLD)]
            exceptions = (evaluation.instances[each] for each in keys if each in evaluation.instances)
            return set().union(*(_applying(law, each, rests_on) for each in exceptions))
        case RuleState.NOT_FIRED:
            return _keeping_silent(evaluation, key, instance, rests_on)
        case RuleState.UNDECIDED:
            return set()


def _applying(law: Law, instance: Instance, rests_on: RestsOn) -> set[Unconfirmed]:
    """What a rule that applies rests on: its amounts, what it reads, and the rule itself."""
    unsure = {_amount(cell) for cell in instance.cells if not cell.status.confirmed}
    unsure.update(*(rests_on[path] for path in instance.rule.reads if path in rests_on))
    return {*unsure, _rule(instance.rule)} if instance.rule.id in law.unconfirmed else unsure


def _keeping_silent(
    evaluation: Evaluation, key: InstanceKey, instance: Instance, rests_on: RestsOn
) -> set[Unconfirmed]:
    """What alone keeps a rule from applying: without it, it would not be known whether it does."""
    sources: RestsOn = {path: rests_on[path] for path in instance.rule.reads if path in rests_on}
    for cell in instance.cells:
        if not cell.status.confirmed:
            sources.setdefault(f"norm.{cell.series}", set()).add(_amount(cell))
    if not sources:
        return set()
    return set().union(*(sources[each] for each in held_back_by(condition(evaluation, key), sources.keys())))


def _reaches_the_decision(instance: Instance) -> bool:
    """Whether a line or the outcome comes of a rule, or the lack of a line or a question of its silence."""
    rule = instance.rule
    if instance.state is RuleState.FIRED:
        return bool(rule.lines) or any(effect.path.startswith(f"{RESULT_KIND}.") for effect in rule.concludes)
    return bool(rule.lines) or any(isinstance(effect, AskEffect) for effect in rule.effects)


def _amount(cell: Cell) -> Unconfirmed:
    return Unconfirmed(
        kind="amount",
        name=cell.series,
        label=cell.label,
        status=cell.status.value,
        source=cell.source,
        amount=cell.value,
        unit=cell.unit,
    )


def _setting(setting: Setting) -> Unconfirmed:
    status = setting.status.value
    return Unconfirmed(kind="setting", name=setting.path, label="", status=status, source=setting.source)


def _rule(rule: Rule) -> Unconfirmed:
    return Unconfirmed(kind="rule", name=rule.id, label=rule.title, status=rule.status.value)
