"""What a letter says, in short and in other languages, for whoever does not read the Swedish of law easily.

The words stand in ``texts/forklaringar``, a file a language. An explanation is no letter: each says that the
Swedish one is what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from pydantic import Field

from decision_service.outputs.letter_texts import PLACEHOLDER, TEXTS, LetterKind
from decision_service.outputs.payload import ExplainedJson
from norms import document
from norms.month import Month
from rules.schema import FileModel, validate

FOLDER = TEXTS.with_name("forklaringar")
LANGUAGES = ("sv", "en", "ar")
"""The languages of explanations, in the order that they stand."""
Value = str | Month | date | None
ISOLATES = "\u2068\u2069"
"""Between these what is filled in reads in its own direction, whatever stands around it."""


class LetterLanguage(FileModel):
    """A language: its name and direction, how it writes days, and which paragraphs a letter has."""

    name: str = Field(alias="språk")
    direction: Literal["ltr", "rtl"] = Field(alias="riktning")
    months: tuple[str, ...] = Field(alias="månader", min_length=12, max_length=12)
    day: str = Field(alias="dag")
    month: str = Field(alias="månad")
    unknown_month: str = Field(alias="okänd")
    applies: str = Field(alias="gäller")
    letters: Mapping[LetterKind, tuple[str, ...]] = Field(alias="brev")
    paragraphs: Mapping[str, str] = Field(alias="stycken")

    def written(self, value: Value) -> str:
        """A value in this language; empty for none."""
        if isinstance(value, date):
            return self.day.format(dag=value.day, månad=self.months[value.month - 1], år=value.year)
        if isinstance(value, Month):
            return self.month.format(månad=self.months[value.number - 1], år=value.year)
        return value or ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A letter in short: in which language, by its code and its own name, read from left or right."""

    language: str
    name: str
    direction: str
    applies: str
    paragraphs: tuple[str, ...]

    def as_json(self) -> ExplainedJson:
        """The same for whoever lays it out."""
        return {
            "language": self.language,
            "name": self.name,
            "direction": self.direction,
            "applies": self.applies,
            "paragraphs": list(self.paragraphs),
        }

    @classmethod
    def of_json(cls, found: ExplainedJson) -> Explained:
        """What ``as_json`` wrote."""
        told = (found["language"], found["name"], found["direction"], found["applies"])
        return cls(*told, tuple(found["paragraphs"]))


@cache
def words_of(language: str) -> LetterLanguage:
    """The words of a language. Raises FindingsError for a file that does not hold."""
    return validate(LetterLanguage, document.read(FOLDER / f"{language}.yaml"))


def explained(kind: LetterKind, values: Mapping[str, Value]) -> tuple[Explained, ...]:
    """A letter in short, in every language. A paragraph with a place that has no value is left out."""
    return tuple(
        Explained(
            language,
            words.name,
            words.direction,
            words.applies,
            tuple(_filled(words, kind, values)),
        )
        for language, words in ((each, words_of(each)) for each in LANGUAGES)
    )


def _filled(words: LetterLanguage, kind: LetterKind, values: Mapping[str, Value]) -> Iterator[str]:
    found = {place: words.written(value) for place, value in values.items()}
    found["månad"] = found.get("månad") or words.unknown_month
    said = {place: _isolated(words, value) for place, value in found.items() if value}
    for name in words.letters[kind]:
        text = words.paragraphs[name]
        if _places(text) <= said.keys():
            yield text.format_map(said)


@cache
def _places(text: str) -> frozenset[str]:
    """The places of a paragraph as it stands in its file."""
    return frozenset(PLACEHOLDER.findall(text))


def _isolated(words: LetterLanguage, value: str) -> str:
    return value.join(ISOLATES) if words.direction == "rtl" else value
