"""Who decides what: which decisions each municipality lets the machine make, and by what right."""

from __future__ import annotations

from dataclasses import dataclass

from norms.month import Month
from norms.status import Status
from rules.book import Rulebook
from rules.law import Law, resolve
from rules.rule import Rule
from rules.setting import Setting

MAY_DECIDE = "beslut.får_fattas_automatiskt"
_SETTING = "kommun."


@dataclass(frozen=True)
class DelegationChosen:
    """What a municipality has chosen: whether the machine ``decides``, on which decision of its own that
    rests, and how sure it is that it was made."""

    municipality: str
    decides: bool
    sources: tuple[str, ...]
    statuses: tuple[Status, ...]


@dataclass(frozen=True)
class Delegation:
    """A kind of decision with the rule that lets the machine make it, and each municipality's choice."""

    rule: Rule
    choices: tuple[DelegationChosen, ...]


def delegates(rule: Rule) -> bool:
    """Whether a rule lets the machine decide."""
    return any(effect.path == MAY_DECIDE for effect in rule.concludes)


def delegation(book: Rulebook, month: Month) -> list[Delegation]:
    """Every kind of decision that the machine may make somewhere in a month."""
    laws = [resolve(book, month, code, without_norm=True) for code in municipalities_of(book)]
    found = {rule.id: rule for law in laws for rule in law.rules if delegates(rule)}
    return [Delegation(rule, tuple(_choice(law, rule) for law in laws)) for rule in found.values()]


def municipalities_of(book: Rulebook) -> list[str]:
    """The municipalities that have rules or settings of their own."""
    return sorted({each.municipality for each in book.settings})


def _source(setting: Setting) -> str:
    """Where it is decided, and by which decision of the board where one delegates."""
    return setting.source if setting.decision is None else f"{setting.source}: {setting.decision}"


def _choice(law: Law, rule: Rule) -> DelegationChosen:
    """A municipality lets the machine decide where every setting that the rule asks for says yes, and is
    known to have been decided."""
    asked = [path for path in rule.paths if path.startswith(_SETTING)]
    values = {path: law.vocabulary.terms[path].default for path in asked}
    made = {each.path: each for each in law.settings if each.path in values}
    values |= {path: each.value for path, each in made.items()}
    return DelegationChosen(
        municipality=law.municipality or "",
        decides=all(value is True for value in values.values())
        and all(each.status.confirmed for each in made.values()),
        sources=tuple(dict.fromkeys(_source(each) for each in made.values())),
        statuses=tuple(dict.fromkeys(each.status for each in made.values())),
    )
