"""The vocabulary as it stands in ``vocabulary.yaml``: what a file may say, and the terms that it declares.

Where a value comes from is declared there and nowhere else: ``från`` names the fields of a case, ``ord`` the
word for each code that stands there, ``beräkning`` the calculation where the value is not simply copied.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from norms import document
from norms.document import Document
from norms.fault import MisfitError, fault
from rules.language.types import DAY, KRONOR, PLAIN, TEXT, YES_NO, Base, Type, Unit, number, parse_unit
from rules.language.vocabulary import (
    Basis,
    Delegated,
    Kind,
    Source,
    Stage,
    Term,
    Vocabulary,
    WhenMissing,
    plain,
    read_value,
)
from rules.schema import FileModel, YesNo, validate

VOCABULARY = Path(__file__).parents[1] / "vocabulary.yaml"


_TYPES = ("belopp", "heltal", "antal", "procent", "ja/nej", "val", "datum", "text")


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class BasisEntry(FileModel):
    """Where the default of a setting comes from, as declared in the file."""

    status: Literal["lag", "praxis", "eget val", "försiktigast"]
    source: str = Field(alias="källa", min_length=1)


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
    further: str = Field(default="", alias="närmare")

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


def load(path: Path = VOCABULARY) -> Vocabulary:
    """Read the vocabulary file. Raises FindingsError."""
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
        entry.description.rstrip("."),
        f"{entry.description} {entry.further}".rstrip(),
        line,
        None if entry.basis is None else Basis(entry.basis.status, entry.basis.source),
    )
