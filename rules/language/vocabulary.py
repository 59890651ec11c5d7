"""The vocabulary: every term that a rule may read or conclude, with its type, source and meaning.

Read from ``vocabulary.yaml``. A kind is what terms are said of: one household, several children. Where a
value comes from is declared here and nowhere else: ``från`` names the fields of a case, ``ord`` the word for
each code that stands there, ``beräkning`` the calculation where the value is not simply copied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from norms.fault import MisfitError, fault
from rules.language.types import DAY, KRONOR, PLAIN, TEXT, YES_NO, Base, Type, Unit, number, parse_unit
from rules.schema import FileModel, YesNo, validate

if TYPE_CHECKING:
    from norms.document import Document

ANSWER = "svar"
"""What the path begins with of what only a person can answer."""

VOCABULARY = Path(__file__).parents[1] / "vocabulary.yaml"


class Source(StrEnum):
    """Where the value of a term comes from."""

    APPLICATION = "ansökan"
    REGISTER = "register"
    HISTORY = "historik"
    INTAKE = "beräknad"
    CALENDAR = "kalender"
    SETTING = "inställning"
    RULE = "regel"
    CALCULATION = "kalkyl"


class WhenMissing(StrEnum):
    """Who is asked when the value is missing."""

    APPLICANT = "sökanden"
    PERSON = "handläggare"


class Stage(StrEnum):
    """The stages of a decision, in the order they run. A rule reads conclusions of earlier stages only."""

    FACTS = "uppgifter"
    ELIGIBILITY = "behörighet"
    NORM = "norm"
    COSTS = "kostnader"
    INCOMES = "inkomster"
    ACTIVITY = "motprestation"
    OUTCOME = "utfall"

    @cached_property
    def position(self) -> int:
        """0 for the first stage."""
        return list(Stage).index(self)


_TYPES = ("belopp", "heltal", "antal", "procent", "ja/nej", "val", "datum", "text")


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class BasisEntry(FileModel):
    """Where the default of a setting comes from, as declared in the file."""

    status: Literal["lag", "praxis", "eget val", "försiktigast"]
    source: str = Field(alias="källa", min_length=1)


class Delegated(StrEnum):
    """What a board may have delegated to the machine: decisions at all, and which."""

    DECISIONS = "beslut"
    GRANT = "bifall"
    PARTLY = "delavslag"
    REFUSE = "avslag"


class TermEntry(FileModel):
    """A term as declared in the file."""

    type_name: str = Field(alias="typ")
    unit: str | None = Field(default=None, alias="enhet")
    choices: tuple[str, ...] = Field(default=(), alias="val")
    source: Source = Field(alias="källa")
    sources: Annotated[tuple[str, ...], BeforeValidator(_one_or_more)] = Field(default=(), alias="från")
    derivation: str | None = Field(default=None, alias="beräkning")
    words: dict[str, str] = Field(default_factory=dict, alias="ord")
    other_word: str | None = Field(default=None, alias="annars")
    stage: Stage | None = Field(default=None, alias="steg")
    default: str | None = Field(default=None, alias="förval")
    basis: BasisEntry | None = Field(default=None, alias="underlag")
    when_missing: WhenMissing = Field(default=WhenMissing.PERSON, alias="om saknas")
    question: str | None = Field(default=None, alias="fråga")
    lowest: int | None = Field(default=None, alias="lägst")
    highest: int | None = Field(default=None, alias="högst")
    open_to_municipality: YesNo = Field(default=False, alias="öppen för kommunen")
    delegates: Delegated | None = Field(default=None, alias="delegerar")
    description: str = Field(alias="beskrivning")

    @field_validator("type_name")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value not in _TYPES:
            raise MisfitError(fault("no_such_type", found=value, known=", ".join(_TYPES)))
        return value

    @model_validator(mode="after")
    def _whole(self) -> TermEntry:
        if (self.type_name == "heltal") != (self.unit is not None):
            raise MisfitError(fault("unit_and_type"))
        if (self.type_name == "val") != bool(self.choices):
            raise MisfitError(fault("choices_and_type"))
        if self.unit is not None:
            try:
                parse_unit(self.unit)
            except ValueError as error:
                raise MisfitError(fault("no_such_unit", found=str(error))) from error
        if self.default is not None and self.source not in (Source.RULE, Source.SETTING):
            raise MisfitError(fault("default_of_what_is_given"))
        if self.basis is not None and (self.default is None or self.source is not Source.SETTING):
            raise MisfitError(fault("basis_of_no_setting"))
        if self.default is not None:
            _fits(_type(self), self.default)
        if len(self.sources) > 1 and self.derivation is None:
            raise MisfitError(fault("several_fields_no_calculation"))
        if self.derivation is not None and not self.sources:
            raise MisfitError(fault("calculation_without_fields"))
        if self.other_word is not None and not self.words:
            raise MisfitError(fault("other_word_without_words"))
        for word in (*self.words.values(), *([] if self.other_word is None else [self.other_word])):
            _fits(_type(self), word)
        if self.when_missing is WhenMissing.APPLICANT and self.question is None:
            raise MisfitError(fault("completion_without_question"))
        return self


def _fits(type_: Type, text: str) -> None:
    try:
        read_value(type_, text)
    except ValueError as error:
        raise MisfitError(fault("no_value_of_type", found=text, type=str(type_))) from error


def read_value(type_: Type, text: str) -> int | bool | str:
    """A value as files write it: ja, a choice, 3940 or 1234,50 kronor, 25 (percent), 2026-11-01.

    Raises ValueError with a Swedish message.
    """
    match type_.base:
        case Base.YES_NO if text in ("ja", "nej"):
            return text == "ja"
        case Base.CHOICE if text in type_.choices:
            return text
        case Base.NUMBER if type_.unit == KRONOR and (found := _KRONOR.fullmatch(text)):
            amount = int(found[2]) * 100 + int(found[3] or 0)
            return -amount if found[1] else amount
        case Base.NUMBER if type_.unit != KRONOR and _WHOLE.fullmatch(text):
            return int(text.replace("−", "-")) * (100 if type_.fraction else 1)
        case Base.DAY if _DAY.fullmatch(text):
            return _day(text)
        case Base.TEXT:
            return text
    raise ValueError(f"”{text}” är inget värde av typen {type_}")


_KRONOR = re.compile(r"([-−]?)([0-9]{1,12})(?:,([0-9]{2}))?")
_WHOLE = re.compile(r"[-−]?[0-9]{1,12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise ValueError(f"Dagen {text} finns inte") from None


def plain(code: str) -> str:
    """A code or an answer as tables know it: small letters, single spaces, no marks at its ends."""
    return " ".join(code.casefold().split()).strip(" .,:;!?-–—_/*")


def _type(entry: TermEntry) -> Type:
    match entry.type_name:
        case "belopp":
            return number(KRONOR)
        case "heltal":
            return number(_unit(entry))
        case "antal":
            return number(PLAIN)
        case "procent":
            return number(PLAIN, fraction=True)
        case "ja/nej":
            return YES_NO
        case "val":
            return Type(Base.CHOICE, choices=entry.choices)
        case "datum":
            return DAY
        case _:
            return TEXT


def _unit(entry: TermEntry) -> Unit:
    return parse_unit(entry.unit or "st")


class KindEntry(FileModel):
    """A kind as declared in the file. ``hör till`` names the kinds that own its members."""

    description: str = Field(alias="beskrivning")
    count: Literal["ett", "flera"] = Field(alias="antal")
    owners: tuple[str, ...] = Field(default=(), alias="hör till")
    terms: dict[str, TermEntry] = Field(alias="termer")


class VocabularyFile(FileModel):
    """The whole file."""

    name: str = Field(alias="ordlista")
    kinds: dict[str, KindEntry] = Field(alias="slag")


@dataclass(frozen=True)
class Basis:
    """Where the default of a setting comes from: ``status`` is the sort of ground, ``source`` says which."""

    status: str
    source: str


@dataclass(frozen=True)
class Term:
    """A declared term. ``default`` is the value when no rule concludes it or no setting gives it.

    ``sources`` are the fields of a case that the value comes from, ``derivation`` the calculation that makes
    it of them. ``words`` says what each code of the field is to the rules, codes in the form of ``plain``;
    ``other_word`` is for every other code. ``basis`` says where the default of a setting comes from.
    ``delegates``: a yes lets the machine make such decisions, and needs a decision of the board.
    """

    kind: str
    name: str
    type: Type
    percent: bool
    source: Source
    stage: Stage | None
    default: int | bool | str | None
    when_missing: WhenMissing
    question: str | None
    lowest: int | None
    highest: int | None
    sources: tuple[str, ...]
    derivation: str | None
    words: Mapping[str, int | bool | str]
    other_word: int | bool | str | None
    open_to_municipality: bool
    delegates: Delegated | None
    description: str
    line: int
    basis: Basis | None = None

    @cached_property
    def path(self) -> str:
        """The name as rules write it, e.g. ``barn.ålder``."""
        return f"{self.kind}.{self.name}"

    @cached_property
    def given(self) -> bool:
        """Whether the value is a fact of a case, and none that rules or the calculation conclude."""
        return self.source not in (Source.RULE, Source.CALCULATION)

    @cached_property
    def held_as(self) -> Callable[..., int | bool | str]:
        """The class that every value is of: whole smallest parts and days are numbers, choices are texts."""
        match self.type.base:
            case Base.YES_NO:
                return bool
            case Base.NUMBER | Base.DAY:
                return int
            case Base.CHOICE | Base.TEXT:
                return str

    @cached_property
    def limits(self) -> tuple[int | None, int | None]:
        """The least and the largest that a number may be, in smallest parts; None where none is declared."""
        scale = 100 if self.type.unit == KRONOR else 1
        low, high = (None if each is None else each * scale for each in (self.lowest, self.highest))
        return low, high

    @cached_property
    def answered(self) -> bool:
        """Whether only a person's answer gives the value."""
        return any(each.partition(".")[0] == ANSWER for each in self.sources)

    def word(self, code: str) -> int | bool | str | None:
        """What a code of the field is to the rules; None for a code that the table does not have."""
        return self.words.get(plain(code), self.other_word)


@dataclass(frozen=True)
class Kind:
    """What terms are said of. ``single``: there is exactly one in a case."""

    name: str
    single: bool
    owners: tuple[str, ...]
    description: str
    terms: Mapping[str, Term]

    @cached_property
    def copied(self) -> tuple[Term, ...]:
        """The terms whose values come from fields of a case."""
        return tuple(term for term in self.terms.values() if term.sources)


@dataclass(frozen=True)
class Vocabulary:
    """All kinds and terms."""

    file: str
    kinds: Mapping[str, Kind]

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """Every term by its path."""
        return {term.path: term for kind in self.kinds.values() for term in kind.terms.values()}

    def term(self, path: str) -> Term:
        """The term of a path that is known to be declared. Raises KeyError."""
        return self.terms[path]


def load(path: Path = VOCABULARY) -> Vocabulary:
    """Read the vocabulary file. Raises FindingsError."""
    from norms import document  # the library that reads YAML is loaded when a file is read

    return build(document.read(path))


def build(source: Document) -> Vocabulary:
    """The vocabulary of a read document. Raises FindingsError."""
    entries = validate(VocabularyFile, source)
    return Vocabulary(
        source.file,
        {
            kind_name: Kind(
                kind_name,
                kind.count == "ett",
                kind.owners,
                kind.description,
                {
                    name: _term(kind_name, name, entry, source.line(("slag", kind_name, "termer", name)))
                    for name, entry in kind.terms.items()
                },
            )
            for kind_name, kind in entries.kinds.items()
        },
    )


def _term(kind: str, name: str, entry: TermEntry, line: int) -> Term:
    type_ = _type(entry)
    default = entry.default
    return Term(
        kind,
        name,
        type_,
        entry.type_name == "procent",
        entry.source,
        entry.stage,
        None if default is None else read_value(type_, default),
        entry.when_missing,
        entry.question,
        entry.lowest,
        entry.highest,
        entry.sources,
        entry.derivation,
        {plain(code): read_value(type_, word) for code, word in entry.words.items()},
        None if entry.other_word is None else read_value(type_, entry.other_word),
        entry.open_to_municipality,
        entry.delegates,
        entry.description,
        line,
        None if entry.basis is None else Basis(entry.basis.status, entry.basis.source),
    )
