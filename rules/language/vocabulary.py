"""The vocabulary: every term that a rule may read or conclude, with its type, source and meaning.

``vocabulary.yaml`` declares it, and ``vocabulary_file`` reads that. A kind is what terms are said of: one
household, several children.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from norms.nearest import hint
from rules.language.types import KRONOR, Base, Type

ANSWER = "svar"
"""What the path begins with of what only a person can answer."""
LARGEST = 2**53
"""No number of a case is larger, in smallest parts: beyond it a JSON reader may lose digits."""


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


class Delegated(StrEnum):
    """What a board may have delegated to the machine: decisions at all, and which."""

    DECISIONS = "beslut"
    GRANT = "bifall"
    PARTLY = "delavslag"
    REFUSE = "avslag"


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
    raise ValueError(f"”{text}” går inte att läsa.{hint(text, type_.choices)} {_expected(type_)}")


def _expected(type_: Type) -> str:
    """How a value is written, for whoever has written something else."""
    match type_.base:
        case Base.YES_NO:
            return "Skriv ja eller nej"
        case Base.CHOICE:
            return f"Skriv ett av {', '.join(type_.choices)}"
        case Base.DAY:
            return "Skriv dagen som ÅÅÅÅ-MM-DD"
        case Base.NUMBER if type_.unit == KRONOR:
            return "Skriv hela kronor med siffror och inget annat (3940), eller kronor och ören (1234,50)"
        case Base.NUMBER:
            return "Skriv ett heltal med siffror och inget annat (25)"
    return "Skriv en text"


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


@dataclass(frozen=True)
class Basis:
    """Where the default of a setting comes from: ``status`` is the sort of ground, ``source`` says which."""

    status: str
    source: str


class Fitting(NamedTuple):
    """What a value must be: its class, one of the choices where there are any, and within the limits where it
    is a number."""

    held_as: Callable[..., int | bool | str]
    choices: frozenset[str]
    least: int
    most: int

    def takes(self, value: object) -> bool:
        """Whether a value is that."""
        if value.__class__ is not self.held_as:
            return False
        if value.__class__ is int:
            return self.least <= value <= self.most
        return not self.choices or value in self.choices


@dataclass(frozen=True)
class Term:
    """A declared term. ``default`` is the value when no rule concludes it or no setting gives it.

    ``sources`` are the fields of a case that the value comes from, ``derivation`` the calculation that makes
    it of them. ``words`` says what each code of the field is to the rules, codes in the form of ``plain``;
    ``other_word`` is for every other code. ``basis`` says where the default of a setting comes from.
    ``delegates``: a yes lets the machine make such decisions, and needs a decision of the board.
    ``meaning`` is what the term is in a few words, which a sentence may hold; ``description`` is all that is
    said of it.
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
    meaning: str
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
    def fitting(self) -> Fitting:
        """What every value must be, beside a disputed one."""
        low, high = self.limits
        least, most = -LARGEST if low is None else low, LARGEST if high is None else high
        return Fitting(self.held_as, frozenset(self.type.choices), max(least, -LARGEST), min(most, LARGEST))

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

    @cached_property
    def fitting(self) -> Mapping[str, Fitting]:
        """What the values of each term that is given must be, by its path."""
        return {term.path: term.fitting for term in self.terms.values() if term.given}


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
