"""What somebody has written in own words: one fact a text, for rules to put before a person."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from decision_service.application.form import Cost, Income
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.made import FactPlace
from decision_service.decision.facts.sources import Record, Sources, followed, in_record
from decision_service.reading.names import name_words, without_marks
from norms import document
from rules.language.vocabulary import plain
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
        for place, text, row in _each(path, base):
            asks_for_a_name = word_of[path.casefold()] == NAMES
            if not str(text).strip() or _is_of_the_form(path, row, str(text)):
                continue
            if asks_for_a_name and not is_more_than_asked_for(path, str(text)):
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


def _each(path: str, base: Sources) -> Iterator[tuple[FactPlace, Any, Any]]:
    """The values at a path that are filled in, where each stands, and the row that it stands in."""
    start, several, rest = path.rpartition("[].")
    if not several:
        value, place = followed(path, base)
        if value is not None:
            yield place, value, None
        return
    records = base[f"{start}[]"]
    assert isinstance(records, tuple)
    for record in records:
        value, place = in_record(record, tuple(rest.split(".")))
        if value is not None:
            yield place, value, record.value


def _is_of_the_form(path: str, row: Any, text: str) -> bool:
    """Whether a text is one that a form itself sets on a row of its kind."""
    kinds = _TABLE.of_forms.get(path)
    if kinds is None:
        return False
    match row:
        case Income():
            kind = row.income_type or ""
        case Cost():
            kind = ":".join(filter(None, (row.cost_type, row.other_sub_type)))
        case _:
            return False
    return plain(text) in kinds.get(kind, ())


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
    also_names: frozenset[str] = Field(alias="ord i en mening som också är namn")
    lower_case: int = Field(alias="flest ord med liten bokstav")
    streets: Mapping[str, str] = Field(alias="gator")
    name: str = Field(alias="namn skrivs")
    names: frozenset[str] = Field(alias="fält för ett namn")
    sum_: str = Field(alias="summa i ett namn")
    times: frozenset[str] = Field(alias="ord om tid")
    contact: Mapping[str, str] = Field(alias="kontaktvägar")
    of_forms: Mapping[str, Mapping[str, frozenset[str]]] = Field(alias="formulärens egna ord")
    currencies: frozenset[str] = Field(alias="valutor")
    usual_cost: frozenset[str] = Field(alias="vanliga ord om en kostnad")
    recipients: frozenset[str] = Field(alias="kända mottagare")
    companies: frozenset[str] = Field(alias="bolagsformer")
    ends_of_recipients: tuple[str, ...] = Field(alias="slut på en mottagares namn")
    ends_of_surnames: tuple[str, ...] = Field(alias="slut på efternamn")
    seeking: frozenset[str] = Field(alias="ord som säger att något söks")
    usual_when_sought: frozenset[str] = Field(alias="vanliga bara när något söks")
    abroad: frozenset[str] = Field(alias="länder och städer i andra länder")
    usual: frozenset[str] = Field(alias="vanliga ord i en planerad aktivitet")


_TABLE = validate(_File, document.read(Path(__file__).with_name("written.yaml")))


def only_recipient_and_month(
    case: Case, said: str | None, number: int | None, year: int | None
) -> bool | None:
    """Whether a text says no more than a recipient that is known for one, and the month applied for."""
    if said is None or number is None or year is None:
        return None
    written_as = " ".join(re.sub(_the_month(number, year), " ", said).split())
    rest = written_as.casefold()
    words = re.findall(r"\w+", written_as)
    others = {each for names in _TABLE.months for each in names}
    telling, stems = _TABLE.telling, _TABLE.stems
    if not (len(words) > 1 and _is_written_as_a_name(words)):
        telling, stems = telling | _TABLE.telling_names | _TABLE.in_sentences, stems + _TABLE.stems_names
    tells = {*map(str.casefold, words)} & (telling | others | _TABLE.currencies)
    if tells or any(stem in rest for stem in stems):
        return False
    return (
        len(rest) <= _TABLE.longest and not re.search(r"\d", _without_recipients(rest)) and _is_known(words)
    )


def _the_month(number: int, year: int) -> str:
    """A pattern of the ways to write a month: its name, its number, or its first and last day."""
    name = "|".join(_TABLE.months[number - 1])
    last = monthrange(year, number)[1]
    dash = r"\s*(?:-|–|till|t\.?o\.?m\.?)\s*"
    return (
        rf"(?i)\b(?:{year}-{number:02}-01{dash}{year}-{number:02}-{last}|0?1/{number}{dash}{last}/{number}"
        rf"|(?:0?1{dash}{last}\s+)?({name})\.?(\s+{year}|\s+[-’']?{year % 100}\b)?|{year}-{number:02})(?!\w)"
    )


def _without_recipients(text: str) -> str:
    """A text without the words that are known recipients, for some have a digit in their name."""
    return " ".join(word for word in re.findall(r"\w+", text) if word not in _TABLE.recipients)


def _is_known(words: Sequence[str]) -> bool:
    """Whether each word is one that we know, or stands beside one that makes it the name of a recipient."""
    low = [word.casefold() for word in words]
    known = _TABLE.usual_cost | _TABLE.recipients | _TABLE.companies | _TABLE.small
    unknown = [word for word in words if word.casefold() not in known]
    if not all(word[0].isupper() or word.casefold().endswith(_TABLE.ends_of_recipients) for word in unknown):
        return False
    names_a_company = {*low} & _TABLE.companies or any(
        each.endswith(_TABLE.ends_of_recipients) for each in low
    )
    names_a_person = (
        1 < len(words) < 4 and not words[-1].isupper() and low[-1].endswith(_TABLE.ends_of_surnames)
    )
    return not unknown or bool(names_a_company) or names_a_person


def _is_written_as_a_name(words: Sequence[str]) -> bool:
    """Whether each word has a capital but the small ones."""
    return all(word[0].isupper() or word in _TABLE.small for word in words)


def only_usual_activities(case: Case, said: str | None) -> bool | None:
    """Whether a planned activity has no other words than usual ones."""
    if said is None:
        return None
    words = {*re.findall(r"\w+", said.casefold())}
    if words & _TABLE.seeking:
        words = {word for word in words - _TABLE.usual_when_sought if not re.fullmatch(r"\d{1,3}", word)}
    return words - _TABLE.seeking <= _TABLE.usual


def is_more_than_asked_for(field: str, text: str) -> bool:
    """Whether a text where a name, an address or a way to reach somebody is asked for says something more."""
    written_as = _TABLE.contact.get(field)
    if written_as is not None:
        return not re.fullmatch(written_as, text.strip())
    street = _TABLE.streets.get(field)
    words = re.findall(r"[^\W\d]+(?:-[^\W\d]+)*", text)
    lower_case = sum(word[0].islower() for word in words if word not in _TABLE.small)
    is_a_name = _is_written_as_a_name(words) and not (text.isupper() and len(words) > 1)
    in_sentences = _TABLE.in_sentences - _TABLE.also_names if is_a_name or street else _TABLE.in_sentences
    return (
        (street is not None and not re.fullmatch(street, text.strip()))
        or (street is None and bool(re.search(_TABLE.sum_, text)))
        or (field in _TABLE.names and _is_no_name(text, words))
        or len(text) > _TABLE.longest_answer
        or lower_case > _TABLE.lower_case
        or (len(words) > 1 and not _is_latin(text))
        or bool({word.casefold() for word in words} & in_sentences)
        or any(stem in text.casefold() for stem in _TABLE.stems_in_names)
    )


def _is_no_name(text: str, words: Sequence[str]) -> bool:
    """Whether a text where the name of a person or a town is asked for has what no such name has."""
    written_as_one = re.fullmatch(_TABLE.name, without_marks(text).strip())
    return not written_as_one or bool({word.casefold() for word in words} & _TABLE.times)


def is_abroad(town: str) -> bool:
    """Whether a town of an address is one outside Sweden, or names another country."""
    return bool(name_words(town) & _ABROAD)


_ABROAD = frozenset(map(without_marks, _TABLE.abroad))


def _is_latin(text: str) -> bool:
    """Whether each letter is a Latin one."""
    return all(unicodedata.name(each, "").startswith("LATIN") for each in text if each.isalpha())


WRITTEN: Mapping[str, Derivation] = {
    "bara_mottagare_och_månad": only_recipient_and_month,
    "bara_vanliga_aktiviteter": only_usual_activities,
}
