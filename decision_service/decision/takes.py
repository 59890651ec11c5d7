"""What a question takes for an answer: the kind of value, its unit, and the choices; and reading one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from decision_service.reading.kronor import typed_ore
from norms.fault import MisfitError, fault, shown
from norms.month import day_of
from rules.facts import Known
from rules.language.types import KRONOR, Base, Type, unit_text
from rules.language.vocabulary import Term
from rules.texts import shown as in_words

LONGEST_TEXT = 4000
"""Characters of an answer in free text."""


class AnswerKind(StrEnum):
    """Vad ett svar är: ett värde av ett visst slag, eller att någon har sett saken och godtar den."""

    AMOUNT = "belopp"
    YES_NO = "ja-nej"
    CHOICE = "val"
    DAY = "dag"
    COUNT = "antal"
    PERCENT = "procent"
    TEXT = "text"
    ACCEPT = "godta"


class Choice(BaseModel):
    """Ett val: koden som skickas, och vad människor läser."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str | bool
    label: str


class Takes(BaseModel):
    """Vad en fråga tar emot som svar."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: AnswerKind = Field(description="Slaget av värde; godta betyder sedd, beräkningen står som den är")
    unit: str = Field(default="", description="Enheten i ord, till exempel kronor; belopp skrivs i kronor")
    choices: tuple[Choice, ...] = Field(default=(), description="Värdena att välja bland, där de är givna")
    lowest: StrictInt | None = Field(default=None, description="Minsta möjliga tal, i enheten")
    highest: StrictInt | None = Field(default=None, description="Största möjliga tal, i enheten")

    def read(self, value: Any) -> Known:
        """The value as the rules read it, in smallest parts. Raises MisfitError for one that does not fit."""
        found = _READ[self.kind](value)
        if self.choices and found not in {each.value for each in self.choices}:
            allowed = ", ".join(str(_written(each.value)) for each in self.choices)
            raise MisfitError(fault("answer_not_a_choice", found=shown(value), allowed=allowed))
        if isinstance(found, int) and not isinstance(found, bool):
            whole = 100 if self.kind in (AnswerKind.AMOUNT, AnswerKind.PERCENT) else 1
            if self.lowest is not None and found < self.lowest * whole:
                raise MisfitError(fault("answer_too_small", found=shown(value), limit=self.lowest))
            if self.highest is not None and found > self.highest * whole:
                raise MisfitError(fault("answer_too_large", found=shown(value), limit=self.highest))
        return found


ACCEPTS = Takes(kind=AnswerKind.ACCEPT)
"""Whoever answers has looked at it: the calculation stands as it is."""


def takes_of(term: Term, only: Known | None = None) -> Takes:
    """What a question about a fact takes; ``only`` is the single value that it may be given."""
    kind = _kind(term.type)
    choices: tuple[str | bool, ...] = term.type.choices if kind is AnswerKind.CHOICE else ()
    if isinstance(only, str | bool):
        choices = (only,)
    limits = (
        (only, only) if isinstance(only, int) and not isinstance(only, bool) else (term.lowest, term.highest)
    )
    return Takes(
        kind=kind,
        unit=_unit(term.type, kind),
        choices=tuple(Choice(value=each, label=in_words(each, term.type)) for each in choices),
        lowest=limits[0],
        highest=limits[1],
    )


def read_fact(term: Term, value: Any) -> Known:
    """A stored answer as the value of its fact. Raises MisfitError."""
    return takes_of(term).read(value)


def _kind(type_: Type) -> AnswerKind:
    match type_.base:
        case Base.YES_NO:
            return AnswerKind.YES_NO
        case Base.CHOICE:
            return AnswerKind.CHOICE
        case Base.DAY:
            return AnswerKind.DAY
        case Base.TEXT:
            return AnswerKind.TEXT
        case Base.NUMBER:
            if type_.unit == KRONOR:
                return AnswerKind.AMOUNT
            return AnswerKind.PERCENT if type_.fraction else AnswerKind.COUNT


def _unit(type_: Type, kind: AnswerKind) -> str:
    if kind is AnswerKind.AMOUNT:
        return "kronor"
    if kind is AnswerKind.PERCENT:
        return "procent"
    return unit_text(type_.unit) if kind is AnswerKind.COUNT and type_.unit else ""


def _written(value: Known) -> Known:
    return value if not isinstance(value, bool) else "true" if value else "false"


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise MisfitError(fault("answer_not_yes_or_no", found=shown(value)))
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 10**12:
        raise MisfitError(fault("answer_not_a_number", found=shown(value)))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise MisfitError(fault("answer_not_text", limit=LONGEST_TEXT))
    return value.strip()


def _day(value: Any) -> int:
    try:
        if not isinstance(value, str):
            raise ValueError
        return day_of(value).toordinal()
    except ValueError:
        raise MisfitError(fault("not_day", found=shown(value))) from None


def _accept(value: Any) -> bool:
    if value is not True:
        raise MisfitError(fault("answer_not_accepting", found=shown(value)))
    return True


_READ: Mapping[AnswerKind, Callable[[Any], Known]] = {
    AnswerKind.AMOUNT: typed_ore,
    AnswerKind.YES_NO: _yes_no,
    AnswerKind.CHOICE: _text,
    AnswerKind.DAY: _day,
    AnswerKind.COUNT: _number,
    AnswerKind.PERCENT: lambda value: _number(value) * 100,
    AnswerKind.TEXT: _text,
    AnswerKind.ACCEPT: _accept,
}
