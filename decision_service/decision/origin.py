"""Where a fact came from, in words that a reviewer understands.

Whoever builds the facts notes how each was made, and the places that it was made of: paths that a machine can
follow, ``costs[0].appliedAmount``, ``registers.fk``, ``history[2].costs``, or who says what stands there. The
words for them stand in ``origin.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from decision_service.decision.facts.made import (
    AddedBy,
    AnsweredBy,
    FactPlaces,
    PaymentMade,
    TakenForGranted,
)
from decision_service.decision.texts import Plain, places
from decision_service.registers.ssbtek.benefits import benefit as benefit_of
from norms import document
from norms.month import day_in_words
from rules.evaluated import Evaluation
from rules.facts import FactOrigin, Made
from rules.language.vocabulary import ANSWER, Source
from rules.law import Law
from rules.outcome import HOUSEHOLD
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("origin.yaml")
_PATH = re.compile(r"(?P<part>\w+)(?:\[(?P<row>\w*)\])?(?:\.(?P<inner>.+))?")
_FORM = "ansökan"


class Origins:
    """Where the values of an evaluation came from: ``given`` are the sources in the case, by subject and then
    path, ``concluded`` the titles of the rules that gave a value."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._law, kinds = evaluation.law, evaluation.law.vocabulary.kinds
        household: dict[str, FactOrigin] = {}
        self.given: dict[str, Mapping[str, FactOrigin]] = {HOUSEHOLD: household}
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
        origin = self.given[subject].get(path)
        if origin is not None:
            return words_of(origin)
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
def words_of(origin: FactOrigin) -> str:
    """An origin in words."""
    fields: dict[str, list[str]] = {}
    for place in origin.places:
        part, field = _part_and_field(place) if isinstance(place, str) else (_who_says(place), "")
        named = fields.setdefault(part, [])
        if field and field not in named:
            named.append(field)
    told = "; ".join(_told(part, named) for part, named in fields.items())
    return told if origin.made is Made.COPIED else _words().texts.made(origin.made).format(källa=told)


def where(places: FactPlaces) -> str:
    """Where something stands, for those who look it up: a path as it is, else who says it."""
    return ", ".join(each if isinstance(each, str) else _who_says(each) for each in places)


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


def _who_says(place: Hashable) -> str:
    """Who says what is no field of the case."""
    texts = _words().texts
    match place:
        case PaymentMade(made, day, agency, benefit):
            text, label = texts.payment if made else texts.announced, benefit_of(benefit).label
            return text.format(myndighet=agency_of(agency), dag=day_in_words(day), förmån=label)
        case AnsweredBy(by, day, ""):
            return texts.answer.format(vem=by, dag=day_in_words(day))
        case AnsweredBy(by, day, reason):
            return texts.answer_and_why.format(vem=by, dag=day_in_words(day), skäl=reason)
        case AddedBy(by, day):
            return texts.added.format(vem=by, dag=day_in_words(day))
        case TakenForGranted(decision):
            return texts.granted.format(beslut=decision)
    raise TypeError(f"No facts come from {place!r}.")


def _part_and_field(path: str) -> tuple[str, str]:
    """The part of the case that a path is in, and the field; a name that has no words stands as it is."""
    words, found = _words(), _PATH.fullmatch(path)
    if found is None:
        return path, ""
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
    answer: Annotated[str, places("vem", "dag")] = Field(alias="svar")
    answer_and_why: Annotated[str, places("vem", "dag", "skäl")] = Field(alias="svar med skäl")
    added: Annotated[str, places("vem", "dag")] = Field(alias="tillagt")
    granted: Annotated[str, places("beslut")] = Field(alias="antaget enligt beslut")
    payment: Annotated[str, places("myndighet", "dag", "förmån")] = Field(alias="utbetalning")
    announced: Annotated[str, places("myndighet", "dag", "förmån")] = Field(alias="aviserad")
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

    def made(self, made: Made) -> str:
        """How it is said that a value was made of others."""
        return {Made.INFERRED: self.inferred, Made.EMPTY: self.empty, Made.ASSUMED: self.assumed}[made]


class _Words(FileModel):
    """``origin.yaml``: how an origin is said, and fields and parts of a case, what others have said in the
    form, and the agencies, each by the name people know."""

    texts: _OriginTexts = Field(alias="så här sägs det")
    fields: Mapping[str, str] = Field(alias="fält")
    parts: Mapping[str, str] = Field(alias="delar")
    by_others: Mapping[str, str] = Field(alias="av andra")
    rows: frozenset[str] = Field(alias="numrerade")
    agencies: Mapping[str, str] = Field(alias="myndigheter")


@cache
def _words() -> _Words:
    return validate(_Words, document.read(FILE))
