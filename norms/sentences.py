"""Faults as sentences: a YAML file has every code in Swedish and English, and is checked when it is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from norms import document
from norms.document import Document, Location
from norms.fault import ARABIC, ENGLISH, SWEDISH, Fault, TextForm, shown_in_yaml
from norms.finding import Finding, FindingsError, Severity
from norms.validation import faults_of

FILE = Path(__file__).with_name("faults.yaml")
CODE = "F001"
"""The code of a finding in a file of sentences."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z_]+")
_ISOLATES = "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
"""Between these what is filled in reads in its own direction, among words from right to left."""

Text = Annotated[str, StringConstraints(min_length=1)]


class _Said(BaseModel):
    """A code in both languages. ``sida`` and ``page`` say it to those who fill in a page, where ``sv`` and
    ``en`` speak of what programs send. ``yaml`` is advice, in Swedish, for those who write files. ``ar`` says
    in Arabic what the open pages may have to say."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    sv: Text
    en: Text
    sida: str = ""
    page: str = ""
    yaml: str = ""
    ar: str = ""

    @property
    def on_page(self) -> Mapping[str, str]:
        """What pages say, by language."""
        said = {SWEDISH: self.sida or self.sv, ENGLISH: self.page or self.en, ARABIC: self.ar}
        return {language: text for language, text in said.items() if text}


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    kinds: dict[str, _Said] = {}
    faults: dict[str, _Said]


class Sentences:
    """What every fault is called. Made by ``read``."""

    def __init__(self, said: Mapping[str, _Said], kinds: Mapping[str, _Said]) -> None:
        self._said, self._kinds = MappingProxyType(dict(said)), MappingProxyType(dict(kinds))

    @classmethod
    def read(cls, path: Path, below: Sentences | None = None) -> Sentences:
        """The sentences of a file, with those of the rooms below. Raises FindingsError with every fault."""
        source = document.read(path)
        try:
            file = _File.model_validate(source.data)
        except ValidationError as error:
            found = faults_of(_File, error.errors(include_url=False), source.data, shown_in_yaml)
            raise FindingsError(_finding(source, each.path, f"{each}") for each in found) from error
        findings = [
            _finding(source, ("faults", code), complaint)
            for code, said in file.faults.items()
            if (complaint := _complaint(said))
        ]
        known = dict(below._said) if below is not None else {}
        findings += [
            _finding(source, ("faults", code), "Koden finns redan i en fil under den här. Välj en annan.")
            for code in file.faults.keys() & known.keys()
        ]
        if findings:
            raise FindingsError(findings)
        kinds = dict(below._kinds) if below is not None else {}
        return cls(known | file.faults, kinds | file.kinds)

    @property
    def kinds(self) -> Collection[str]:
        """What has words where a sentence names it."""
        return self._kinds.keys()

    @property
    def placeholders(self) -> Mapping[str, frozenset[str]]:
        """The names that the sentence of each code uses."""
        return {code: _names(said.sv) | _names(said.sida) for code, said in self._said.items()}

    def say(self, fault: Fault, language: str = SWEDISH) -> str:
        """The sentence about a fault, without its place. Raises KeyError for a code that no file has."""
        said = self._said[fault.code]
        return self._filled(said.en if language == ENGLISH else said.sv, fault, language)

    def say_on_page(self, fault: Fault, language: str = SWEDISH) -> str:
        """The sentence for those who fill in a page. Raises KeyError for a code that no file has, and for a
        language that it is not said in."""
        return self._filled(self._said[fault.code].on_page[language], fault, language)

    def on_page_in(self, fault: Fault) -> Collection[str]:
        """The languages in which a page can say a fault. Raises KeyError for a code that no file has."""
        return self._said[fault.code].on_page.keys()

    def line(self, fault: Fault, language: str = SWEDISH) -> str:
        """The sentence after its place: ``costs[0].amount: Uppgiften saknas.``"""
        said = self.say(fault, language)
        return f"{fault.where}: {said}" if fault.path else said

    def in_yaml(self, fault: Fault) -> str:
        """The sentence in Swedish for one who writes YAML, with the advice that there is."""
        return f"{self.say(fault)} {self._said[fault.code].yaml}".rstrip()

    def _filled(self, text: str, fault: Fault, language: str) -> str:
        return _PLACEHOLDER.sub(lambda found: self._value(fault.values[found[1]], language), text)

    def _value(self, value: str | int, language: str) -> str:
        said = self._kinds.get(value) if isinstance(value, StrEnum | TextForm) else None
        if said is None:
            return str(value).join(_ISOLATES) if language == ARABIC else str(value)
        return {ENGLISH: said.en, ARABIC: said.ar or said.en}.get(language, said.sv)


@cache
def shapes() -> Sentences:
    """What can be wrong with the shape of any input, and with a month."""
    return Sentences.read(FILE)


def _complaint(said: _Said) -> str:
    names = _names(said.sv)
    if names != _names(said.en):
        return "Svenskan och engelskan har inte samma namn inom klammer."
    if not _names(said.ar) <= names | _names(said.sida):
        return "Arabiskan har ett namn inom klammer som svenskan inte har."
    if wrong := sorted(name for name in names if not _NAME.fullmatch(name)):
        return f"”{wrong[0]}” är inget namn. Skriv små bokstäver a till z och _ inom klammer."
    return ""


def _names(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def _finding(source: Document, location: Location, message: str) -> Finding:
    where = ".".join(str(part) for part in location)
    return Finding(source.file, source.line(location), CODE, Severity.ERROR, where, message)
