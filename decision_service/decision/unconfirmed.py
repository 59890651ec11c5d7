"""What nobody has confirmed: amounts, settings and rules that an assessment rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decision_service.decision.document import Unconfirmed
from decision_service.decision.reasons import RESULT_KIND
from norms.table import Cell
from rules.evaluated import Evaluation, Instance, RuleState
from rules.explanation import condition, deciding
from rules.law import Law
from rules.rule import AskEffect, Rule
from rules.settings import Setting

Settings = Mapping[str, Setting]


def unconfirmed_of(evaluation: Evaluation) -> list[Unconfirmed]:
    """Amounts, settings and rules of unconfirmed status that a line or the decision rests on.

    A conclusion rests on what its rule rests on, and so does every rule that reads it.
    """
    settings = {each.path: each for each in evaluation.law.settings if not each.status.confirmed}
    rests_on: dict[str, set[Unconfirmed]] = {}
    found: set[Unconfirmed] = set()
    for instance in evaluation.instances.values():
        rule = instance.rule
        if instance.state is RuleState.NOT_FIRED:
            found |= {_setting(each) for each in _keeping_silent(evaluation, instance, settings)}
        if instance.state is not RuleState.FIRED:
            continue
        unsure = {*_own(evaluation.law, instance, settings)}.union(
            *(rests_on[path] for path in rule.reads if path in rests_on)
        )
        for effect in rule.concludes:
            rests_on.setdefault(effect.path, set()).update(unsure)
        if _reaches_the_decision(rule):
            found |= unsure
    return sorted(found, key=lambda each: (each.kind, each.name, each.label))


def _own(law: Law, instance: Instance, settings: Settings) -> Iterator[Unconfirmed]:
    """What a rule itself rests on: its amounts, the settings it reads, and the rule."""
    yield from (_amount(cell) for cell in instance.cells if not cell.status.confirmed)
    yield from (_setting(settings[path]) for path in instance.rule.reads if path in settings)
    if not law.confirms(instance.rule):
        yield _rule(instance.rule)


def _reaches_the_decision(rule: Rule) -> bool:
    decides = any(effect.path.startswith(f"{RESULT_KIND}.") for effect in rule.concludes)
    return bool(rule.lines) or decides


def _keeping_silent(evaluation: Evaluation, instance: Instance, settings: Settings) -> list[Setting]:
    """The settings that alone keep a rule from asking: every part that fails reads one of them."""
    asks = any(isinstance(effect, AskEffect) for effect in instance.rule.effects)
    if not asks or not settings.keys() & instance.rule.reads:
        return []
    failed = deciding(condition(evaluation, (instance.rule.id, instance.subject)), False)
    read = [[path for path in settings if path in part.text] for part in failed]
    return [settings[path] for paths in read for path in paths] if all(read) else []


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
