"""What somebody has written in own words: one fact a text, for rules to put before a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources, followed, in_record
from norms import document
from rules.schema import FileModel, validate

TEXT = "skrivet.text"
"""The term that lists every field where somebody writes freely."""
FIELD, NAMES = "skrivet.fält", "ett_namn_eller_en_kontaktväg"
"""The term that says which field a text stands in, and its word for those that ask for a name."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and the path of the field that it stands in."""

    field: str
    text: str


def written(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every text that is filled in; of fields that ask for a name, those that say more than one."""
    fields, word_of = case.law.vocabulary.terms[TEXT].sources, case.law.vocabulary.terms[FIELD].words
    nothing: Sources = dict.fromkeys(fields)
    for path in fields:
        for place, text in _each(path, base):
            asks_for_a_name = word_of[path.casefold()] == NAMES
            if not str(text).strip() or (asks_for_a_name and not is_more_than_asked_for(path, str(text))):
                continue
            bound: Sources = {
                **nothing,
                path: Record(place, text),
                "skrivet": Record(place, Written(path, text), whole=True),
            }
            draft = Draft("skrivet", f"text {place}")
            fill(draft, case, base | bound, derivations)
            word = str(draft.values.get("skrivet.fält", "text"))
            draft.label = word.replace("_", " ").capitalize()
            yield draft


def _each(path: str, base: Sources) -> Iterator[tuple[str, Any]]:
    """The values at a path that are filled in, and where each stands."""
    start, several, rest = path.rpartition("[].")
    if not several:
        value, place = followed(path, base)
        if value is not None:
            yield place, value
        return
    records = base[f"{start}[]"]
    assert isinstance(records, tuple)
    for record in records:
        value, place = in_record(record, tuple(rest.split(".")))
        if value is not None:
            yield place, value


# --- calculations


class _File(FileModel):
    months: tuple[tuple[str, ...], ...] = Field(alias="månader", min_length=12, max_length=12)
    longest: int = Field(alias="längsta namn")
    telling: frozenset[str] = Field(alias="ord som läses")
    stems: tuple[str, ...] = Field(alias="delar av ord som läses")
    telling_names: frozenset[str] = Field(alias="ord som också är namn")
    stems_names: tuple[str, ...] = Field(alias="delar av ord som också är namn")
    small: frozenset[str] = Field(alias="små ord i namn")
    longest_answer: int = Field(alias="längsta svar")
    in_sentences: frozenset[str] = Field(alias="ord i en mening")
    stems_in_names: tuple[str, ...] = Field(alias="delar av namn som läses")
    lower_case: int = Field(alias="flest ord med liten bokstav")
    contact: Mapping[str, str] = Field(alias="kontaktvägar")
    currencies: frozenset[str] = Field(alias="valutor")
    usual_cost: frozenset[str] = Field(alias="vanliga ord om en kostnad")
    usual: frozenset[str] = Field(alias="vanliga ord i en planerad aktivitet")


_TABLE = validate(_File, document.read(Path(__file__).with_name("written.yaml")))


def only_recipient_and_month(
    case: Case, said: str | None, number: int | None, year: int | None
) -> bool | None:
    """Whether a text says no more than a short name and the month that the application is for.

    A name is one word, or words with a capital; beside it only usual words about a cost may stand.
    """
    if said is None or number is None or year is None:
        return None
    name = "|".join(_TABLE.months[number - 1])
    month = rf"(?i)\b(?:({name})\.?(\s+{year})?|{year}-{number:02})(?!\w)"
    written_as = " ".join(re.sub(month, " ", said).split())
    rest = written_as.casefold()
    words = {*re.findall(r"\w+", rest)}
    others = {each for names in _TABLE.months for each in names}
    telling, stems = _TABLE.telling, _TABLE.stems
    if not _is_written_as_a_name(written_as):
        telling, stems = telling | _TABLE.telling_names | _TABLE.in_sentences, stems + _TABLE.stems_names
    tells = words & (telling | others | _TABLE.currencies)
    if tells or any(stem in rest for stem in stems):
        return False
    short = len(rest) <= _TABLE.longest and not re.search(r"\d", rest)
    return short and (
        len(words) < 2 or all(_may_stand_with_a_name(each) for each in re.findall(r"\w+", written_as))
    )


def _may_stand_with_a_name(word: str) -> bool:
    """Whether a word begins with a capital, or is one that names and accounts of costs have."""
    return word[0].isupper() or word in _TABLE.small or word.casefold() in _TABLE.usual_cost


def _is_written_as_a_name(text: str) -> bool:
    """Whether a text has more words than one, each with a capital but the small ones."""
    words = re.findall(r"\w+", text)
    return len(words) > 1 and all(word[0].isupper() or word in _TABLE.small for word in words)


def only_usual_activities(case: Case, said: str | None) -> bool | None:
    """Whether a planned activity has no other words than usual ones."""
    return None if said is None else {*re.findall(r"\w+", said.casefold())} <= _TABLE.usual


def is_more_than_asked_for(field: str, text: str) -> bool:
    """Whether a text where a name, an address or a way to reach somebody is asked for says something more."""
    written_as = _TABLE.contact.get(field)
    if written_as is not None:
        return not re.fullmatch(written_as, text.strip())
    words = re.findall(r"[^\W\d]+", text)
    lower_case = sum(word[0].islower() for word in words if word not in _TABLE.small)
    return (
        len(text) > _TABLE.longest_answer
        or lower_case > _TABLE.lower_case
        or bool({word.casefold() for word in words} & _TABLE.in_sentences)
        or any(stem in text.casefold() for stem in _TABLE.stems_in_names)
    )


WRITTEN: Mapping[str, Derivation] = {
    "bara_mottagare_och_månad": only_recipient_and_month,
    "bara_vanliga_aktiviteter": only_usual_activities,
}
