"""The law for one municipality and one benefit month: the rules, amounts and settings that apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from norms.lookup import NormView
from norms.month import Month
from norms.table import Cell
from rules.book import Rulebook
from rules.facts import Entity, Known
from rules.language.vocabulary import Source, Stage, Vocabulary
from rules.laws import Span
from rules.outcome import HOUSEHOLD
from rules.rule import Rule
from rules.setting import Confirmation, Setting

CALENDAR_KIND = "månad"


class Reading(NamedTuple):
    """What a rule rests on: its provisions in force, and what it reads of its subject and the household."""

    provision: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Law:
    """A release resolved. Pure data: the same release, municipality and month give the same law."""

    release: str
    month: Month
    municipality: str | None
    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    norms: NormView
    settings: tuple[Setting, ...]
    confirmations: tuple[Confirmation, ...] = ()

    @cached_property
    def stages(self) -> Mapping[Stage, tuple[Rule, ...]]:
        """The rules of each stage."""
        return {stage: tuple(rule for rule in self.rules if rule.stage is stage) for stage in Stage}

    @cached_property
    def rule(self) -> Mapping[str, Rule]:
        """The rules by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def exceptions(self) -> Mapping[str, tuple[Rule, ...]]:
        """For each rule the rules that are exceptions from it."""
        return {
            rule.id: tuple(other for other in self.rules if rule.id in other.defeats) for rule in self.rules
        }

    @cached_property
    def reading(self) -> Mapping[str, Reading]:
        """What each rule rests on in this month, by id."""
        kinds = self.vocabulary.kinds

        def reads(rule: Rule) -> Iterator[str]:
            for path in rule.paths:
                kind = path.partition(".")[0]
                if kinds[kind].single or kind == rule.subject:
                    yield path

        return {rule.id: Reading(rule.provision(self.month), tuple(reads(rule))) for rule in self.rules}

    @cached_property
    def read_of(self) -> Mapping[str, tuple[str, ...]]:
        """What the rules read of their subjects, by kind, and under HOUSEHOLD of what there is one of."""
        found: dict[str, set[str]] = {}
        for reading in self.reading.values():
            for path in reading.reads:
                kind = path.partition(".")[0]
                found.setdefault(HOUSEHOLD if self.vocabulary.kinds[kind].single else kind, set()).add(path)
        return {kind: tuple(sorted(paths)) for kind, paths in found.items()}

    @cached_property
    def given(self) -> tuple[Entity, ...]:
        """The facts that the law itself gives: the calendar and the municipality's settings."""
        settings: dict[str, dict[str, Known]] = {}
        for term in self.vocabulary.terms.values():
            if term.source is Source.SETTING:
                values = settings.setdefault(term.kind, {})
                if term.default is not None:
                    values[term.path] = term.default
        for setting in self.settings:
            settings[self.vocabulary.term(setting.path).kind][setting.path] = setting.value
        calendar: dict[str, Known] = {
            path: value for path, value in self.calendar.items() if path in self.vocabulary.terms
        }
        found = [Entity(kind, kind, values) for kind, values in settings.items()]
        if CALENDAR_KIND in self.vocabulary.kinds:
            found.append(Entity(CALENDAR_KIND, CALENDAR_KIND, calendar))
        return tuple(found)

    @cached_property
    def set_by_municipality(self) -> frozenset[str]:
        """The paths of the settings that the municipality has."""
        return frozenset(setting.path for setting in self.settings)

    @property
    def of_sums(self) -> Law:
        """The law of the calculation alone: rules that give lines, and rules that conclude what they read."""
        kept = {rule.id for rule in self.rules if rule.lines}
        needed: set[str] = set()
        while needed < (read := {path for rule in self.rules if rule.id in kept for path in rule.reads}):
            needed = read
            kept |= {rule.id for rule in self.rules for each in rule.concludes if each.path in needed}
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id in kept))

    @cached_property
    def unconfirmed(self) -> frozenset[str]:
        """The rules that no decision may rest on, by id."""
        return frozenset(rule.id for rule in self.rules if not self.confirms(rule))

    @cached_property
    def may_be_unsure(self) -> tuple[str, ...]:
        """The rules that look up amounts, that may rest on a setting or a rule that is not confirmed, or that
        such a rule is an exception from, by id, in their order. Nothing that is not confirmed stands behind
        any other."""
        paths = {each.path for each in self.settings if not each.status.confirmed}
        found: set[str] = set()

        def unsure(rule: Rule) -> bool:
            own = rule.looks_up or rule.id in self.unconfirmed or not rule.reads.isdisjoint(paths)
            return own or any(other.id in found for other in self.exceptions[rule.id])

        while more := [rule for rule in self.rules if rule.id not in found and unsure(rule)]:
            found |= {rule.id for rule in more}
            paths |= {effect.path for rule in more for effect in rule.concludes}
        return tuple(rule.id for stage in self.stages.values() for rule in stage if rule.id in found)

    def confirms(self, rule: Rule) -> bool:
        """Whether a decision may rest on a rule: it is confirmed, or the municipality stands for it.

        A municipality stands for practice by its setting, with a status of its own, or by name.
        """
        adopted = any(
            setting.path == rule.adopted_by and setting.value is True and setting.status.confirmed
            for setting in self.settings
        )
        return rule.status.confirmed or adopted or any(each.rule == rule.id for each in self.confirmations)

    @property
    def calendar(self) -> Mapping[str, int]:
        """Terms of the benefit month: its days, number, year, first and last day."""
        month = self.month
        return {
            f"{CALENDAR_KIND}.dagar": month.days,
            f"{CALENDAR_KIND}.sista_dag": month.last.toordinal(),
            f"{CALENDAR_KIND}.första_dag": month.first.toordinal(),
            f"{CALENDAR_KIND}.förra_månadens_nummer": month.plus(-1).number,
            f"{CALENDAR_KIND}.förra_månadens_första_dag": month.plus(-1).first.toordinal(),
            f"{CALENDAR_KIND}.förra_månadens_sista_dag": month.plus(-1).last.toordinal(),
        }

    def amount(self, series: str, keys: tuple[int, ...]) -> Cell | None:
        """The norm table's cell, or None when there is no such amount."""
        place = (series, keys)
        if place not in self._cells:
            found = self.norms.series(series)
            self._cells[place] = found.get(*keys) if found is not None else None
        return self._cells[place]

    @cached_property
    def _cells(self) -> dict[tuple[str, tuple[int, ...]], Cell | None]:
        """What has been looked up: ages and counts of persons, so never many."""
        return {}


def resolve(
    book: Rulebook, month: Month, municipality: str | None = None, *, without_norm: bool = False
) -> Law:
    """The law of a month in a municipality, or national law alone.

    Raises NoTableError when there is no riksnorm for the month, unless ``without_norm``: then its amounts
    are not known and every rule that reads one is undecided. Raises UnknownMunicipalityError.
    """

    def applies(owner: str | None, span: Span) -> bool:
        return owner in (None, municipality) and span.holds(month)

    return Law(
        book.release,
        month,
        municipality,
        book.vocabulary,
        tuple(rule for rule in book.rules if applies(rule.municipality, rule.span)),
        book.norms.resolve(month, municipality, without_norm=without_norm),
        tuple(setting for setting in book.settings if applies(setting.municipality, setting.span)),
        tuple(each for each in book.confirmations if applies(each.municipality, each.span)),
    )
