"""Where a fact came from, in words that a reviewer understands.

Whoever builds the facts notes a source that a machine can follow: ``costs[0].appliedAmount``,
``registers.fk``, ``history[2].costs``; several are divided by a comma. Before them stands how the value was
made of them, where it was not copied. The words for them stand in ``origin.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from decision_service.decision.facts.case import ANNOUNCED, PAID
from decision_service.decision.facts.made import ASSUMED, EMPTY, INFERRED
from decision_service.decision.texts import Plain, places
from decision_service.registers.ssbtek.benefits import benefit as benefit_of
from norms import document
from norms.month import day_in_words
from rules.evaluated import Evaluation
from rules.language.vocabulary import ANSWER, Source
from rules.law import Law
from rules.outcome import HOUSEHOLD
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("origin.yaml")
_MADE: Mapping[str, Literal["inferred", "empty", "assumed"]] = {
    INFERRED: "inferred",
    EMPTY: "empty",
    ASSUMED: "assumed",
}
_PAYMENT = re.compile(rf"({PAID}|{ANNOUNCED})\[(\S+) ((\w+):.*)\]")
_SOURCE = re.compile(r"(?P<part>\w+)(?:\[(?P<row>\w*)\])?(?:\.(?P<inner>.+))?")
_FORM = "ansökan"


class Origins:
    """Where the values of an evaluation came from: ``given`` are the sources in the case, by subject and then
    path, ``concluded`` the titles of the rules that gave a value."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._law, kinds = evaluation.law, evaluation.law.vocabulary.kinds
        household: dict[str, str] = {}
        self.given: dict[str, Mapping[str, str]] = {HOUSEHOLD: household}
        for entity in evaluation.facts.entities:
            if kinds[entity.kind].single:
                household.update(entity.origin)
            else:
                self.given[entity.id] = entity.origin
        self.concluded: dict[tuple[str, str], list[str]] = {}
        for key in evaluation.fired:
            rule, subject = evaluation.instances[key].rule, key[1]
            for effect in rule.concludes:
                single = kinds[effect.path.partition(".")[0]].single
                titles = self.concluded.setdefault((HOUSEHOLD if single else subject, effect.path), [])
                if rule.title not in titles:
                    titles.append(rule.title)

    def words(self, subject: str, path: str) -> str:
        """Where a value of a subject, or of what there is one of, came from."""
        single = self._law.vocabulary.kinds[path.partition(".")[0]].single
        return self.told(HOUSEHOLD if single else subject, path)

    def told(self, subject: str, path: str) -> str:
        """Where a value of a subject, or of the household, came from."""
        source = self.given[subject].get(path)
        if source is not None:
            return words_of(source)
        return unsaid(self._law, path, self.concluded.get((subject, path)))


def unsaid(law: Law, path: str, titles: list[str] | None) -> str:
    """Where a value came from that is not of the case, or that it has none."""
    if titles:
        return concluded_by(titles)
    term, texts = law.vocabulary.terms[path], _words().texts
    match term.source:
        case Source.RULE:
            return texts.no_conclusion if term.default is None else texts.default
        case Source.CALCULATION:
            return texts.calculation
        case Source.CALENDAR:
            return texts.calendar
        case Source.SETTING:
            return texts.setting if path in law.set_by_municipality else texts.default
        case _:
            return texts.nowhere


def concluded_by(titles: Iterable[str]) -> str:
    """Where a value came from that rules with some titles gave."""
    texts = _words().texts
    first, *more = (texts.rule.format(rubrik=title) for title in titles)
    for each in more:
        first = texts.both.format(en=first, annan=each)
    return texts.conclusion.format(regel=first)


@lru_cache(20_000)
def words_of(source: str) -> str:
    """A source in words."""
    if source.startswith(f"{ANSWER}:"):
        return _words().texts.answer.format(vem=source.partition(":")[2])
    for mark, made in _MADE.items():
        if source.startswith(mark):
            text: str = getattr(_words().texts, made)
            return text.format(källa=words_of(source.removeprefix(mark)))
    fields: dict[str, list[str]] = {}
    for each in source.split(", "):
        part, field = _part_and_field(each)
        named = fields.setdefault(part, [])
        if field and field not in named:
            named.append(field)
    return "; ".join(_told(part, named) for part, named in fields.items())


def part_of(path: str) -> str:
    """What people call the part of a case that a path begins in; empty for one that is no source to them."""
    name = re.split(r"\W", path, maxsplit=1)[0]
    return _words().parts.get({"application": _FORM}.get(name, name), "")


def agency_of(code: str) -> str:
    """What people call the agency of a code; the code where it has no name."""
    return _words().agencies.get(code.lower(), code)


def _told(part: str, fields: list[str]) -> str:
    if not fields:
        return part
    *most, last = fields
    texts = _words().texts
    if not most:
        return texts.field.format(ställe=part, fält=last)
    return texts.fields.format(ställe=part, fält=texts.both.format(en=", ".join(most), annan=last))


def _part_and_field(source: str) -> tuple[str, str]:
    """The part of the case that a source is in, and the field; a name that has no words stands as it is."""
    words, found = _words(), _SOURCE.fullmatch(source)
    if payment := _PAYMENT.fullmatch(source):
        made, day, benefit, agency = payment.groups()
        when = day_in_words(date.fromisoformat(day))
        return (
            f"{words.agencies[agency.lower()]}, {words.payments[made]} {when} ({benefit_of(benefit).label})",
            "",
        )
    if found is None:
        return source, ""
    part, row, inner = found["part"], found["row"] or "", found["inner"] or ""
    if part in words.by_others:
        return words.by_others[part], ""
    if part == ANSWER:
        return words.parts[part], ""
    names = [part, *re.findall(r"\w+", inner)]
    agency = next((words.agencies[name] for name in names if name in words.agencies), None)
    if agency is not None:
        return words.texts.of_agency.format(myndighet=agency), ""
    if part not in words.parts:
        return words.parts[_FORM], words.fields.get(part, part)
    numbered = f" {int(row) + 1}" if row.isdigit() and part in words.rows else ""
    field = next((words.fields[name] for name in reversed(names[1:]) if name in words.fields), inner)
    return f"{words.parts[part]}{numbered}", field


class _OriginTexts(FileModel):
    """How it is said where a value came from."""

    inferred: Annotated[str, places("källa")] = Field(alias="härlett")
    empty: Annotated[str, places("källa")] = Field(alias="tomt")
    assumed: Annotated[str, places("källa")] = Field(alias="antaget")
    answer: Annotated[str, places("vem")] = Field(alias="svar")
    conclusion: Annotated[str, places("regel")] = Field(alias="slutsats")
    rule: Annotated[str, places("rubrik")] = Field(alias="regel")
    both: Annotated[str, places("en", "annan")] = Field(alias="båda")
    field: Annotated[str, places("ställe", "fält")] = Field(alias="ett fält")
    fields: Annotated[str, places("ställe", "fält")] = Field(alias="flera fält")
    of_agency: Annotated[str, places("myndighet")] = Field(alias="myndighetens svar")
    no_conclusion: Plain = Field(alias="ingen slutsats")
    default: Plain = Field(alias="förval")
    calculation: Plain = Field(alias="kalkyl")
    calendar: Plain = Field(alias="kalender")
    setting: Plain = Field(alias="inställning")
    nowhere: Plain = Field(alias="ingenstans")


class _Words(FileModel):
    """``origin.yaml``: how an origin is said, and fields and parts of a case, what others have said in the
    form, and the agencies, each by the name people know."""

    texts: _OriginTexts = Field(alias="så här sägs det")
    fields: Mapping[str, str] = Field(alias="fält")
    parts: Mapping[str, str] = Field(alias="delar")
    by_others: Mapping[str, str] = Field(alias="av andra")
    rows: frozenset[str] = Field(alias="numrerade")
    agencies: Mapping[str, str] = Field(alias="myndigheter")
    payments: Mapping[str, str] = Field(alias="utbetalningar")


@cache
def _words() -> _Words:
    return validate(_Words, document.read(FILE))
