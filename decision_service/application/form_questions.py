"""Where in an application a question to the applicant is answered, and the application with the answer in it.

A question about a fact has the place that the vocabulary says the fact comes from; one about a part of the
form has its place in ``form_questions.yaml``. An answer changes that place and no other.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import Field

from decision_service.application.case_file import Person
from decision_service.application.fields import month_of
from decision_service.application.form import Application
from decision_service.application.kept import ContentJson, rows_of
from decision_service.application.pointer import pointer_of, value_at
from norms import document
from norms.fault import MisfitError, fault, shown
from rules.language import vocabulary_file
from rules.language.vocabulary import Term
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("form_questions.yaml")


class AnswerWay(StrEnum):
    """Hur ett svar i ansökan skrivs."""

    YES = "ja"
    TEXT = "text"
    MONTH = "månad"
    FIELDS = "fält"
    ROWS = "rader"
    CHILDREN = "barn"
    DOCUMENT = "dokument"
    VALUE = "värde"


class FormQuestion(FileModel):
    """A question about a part of the form."""

    place: str = Field(alias="plats")
    way: AnswerWay = Field(alias="tar")
    fields: tuple[str, ...] = Field(default=(), alias="fält")
    sentence: str = Field(alias="mening")


class _File(FileModel):
    questions: Mapping[str, FormQuestion] = Field(alias="frågor")


@cache
def form_questions() -> Mapping[str, FormQuestion]:
    """The questions about parts of the form, by their codes."""
    return validate(_File, document.read(FILE)).questions


@dataclass(frozen=True, slots=True)
class FormPlace:
    """A place in an application: its name in the case file, how an answer is written there, and the fields
    that it may have. ``codes`` say what the form calls each value that may be chosen."""

    place: str
    way: AnswerWay
    fields: tuple[str, ...] = ()
    sentence: str = ""
    codes: Mapping[Any, Any] | None = None

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer into ``{"application": …, "people": […]}``."""
        return pointer_of(self.place)

    @property
    def field(self) -> str:
        """The field without the number of its row: ``persons.signed``."""
        return re.sub(r"\[\d+\]", "", self.place)


@cache
def _terms() -> Mapping[str, Term]:
    return vocabulary_file.load().terms


def place_of(code: str, subject: str | None, fact: str | None, content: ContentJson) -> FormPlace | None:
    """Where a question is answered; None for one whose answer has no place of its own in the form.
    ``subject`` is whom or what it is about, ``fact`` what is missing."""
    asked = form_questions().get(code)
    if asked is not None:
        place = bound(asked.place, subject, content)
        return FormPlace(place, asked.way, asked.fields, asked.sentence) if place is not None else None
    term = _terms().get(fact or "")
    if term is None or not term.sources:
        return None
    path = term.sources[-1].removeprefix("application.")
    codes = _codes(path, term)
    place = bound(path, subject, content)
    return FormPlace(place, AnswerWay.VALUE, codes=codes) if place is not None and codes is not None else None


def _codes(path: str, term: Term) -> Mapping[Any, Any] | None:
    """What the form's field calls each value of a fact; None where it does not hold the fact itself."""
    kinds = [*_kinds(path)]
    if kinds == [bool] and not term.words and term.derivation in (None, "ikryssat_av_den_vuxna"):
        return {True: True, False: False}
    if term.derivation is None and kinds and all(isinstance(one, str) for one in kinds):
        return {term.word(one): one for one in kinds if term.word(one) is not None}
    return None


def _kinds(path: str) -> Iterator[Any]:
    """The type of a field, or its choices."""
    model: Any = Person if path.startswith("people[]") else Application
    names = path.removeprefix("people[].").split(".")
    for at, name in enumerate(names):
        fields = {info.alias or key: info for key, info in model.model_fields.items()}
        info = fields.get(name.removesuffix("[]"))
        if info is None:
            return
        inner = [*_inside(info.annotation)]
        if at < len(names) - 1:
            model = next((one for one in inner if hasattr(one, "model_fields")), None)
            if model is None:
                return
        else:
            yield from inner


def _inside(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif get_args(hint):
        for one in get_args(hint):
            if isinstance(one, type) or get_args(one):
                yield from _inside(one)
    elif isinstance(hint, type) and issubclass(hint, Enum):
        yield from (one.value for one in hint)
    elif hint is not type(None):
        yield hint


def bound(path: str, subject: str | None, content: ContentJson) -> str | None:
    """A path with the number of the row that a question is about."""
    part, repeated, rest = path.partition("[]")
    if not repeated:
        return path
    if subject is not None and subject.startswith(f"{part}["):
        return f"{subject}{rest}"
    keys = ("id",) if part == "people" else ("partyId", "person")
    at = next(
        (at for at, row in enumerate(rows_of(content, part)) if subject in [row.get(key) for key in keys]),
        None,
    )
    return f"{part}[{at}]{rest}" if at is not None and subject is not None else None


def with_answer(content: ContentJson, place: FormPlace, value: Any) -> ContentJson:
    """The application with an answer at its place. Raises MisfitError for a value of another kind."""
    found = copy.deepcopy(content)
    *way, last = [int(name) if name.isdigit() else name for name in place.pointer.split("/")[1:]]
    holder: Any = found
    for name in way:
        holder = holder[name]
    match place.way:
        case AnswerWay.VALUE:
            chosen = [code for said, code in (place.codes or {}).items() if _is(value, said)]
            if not chosen:
                raise MisfitError(fault("answer_not_a_choice", found=shown(value), allowed=_allowed(place)))
            holder[last] = chosen[0]
        case AnswerWay.YES | AnswerWay.DOCUMENT:
            if value is not True:
                raise MisfitError(fault("answer_not_true", found=shown(value)))
            holder[last] = True
        case AnswerWay.TEXT:
            if not isinstance(value, str) or not value.strip():
                raise MisfitError(fault("answer_not_text", limit=4000))
            holder[last] = value.strip()
        case AnswerWay.MONTH:
            month = month_of(value if isinstance(value, str) else "")
            holder |= {"periodYear": month.year, "periodMonth": month.number}
        case AnswerWay.FIELDS:
            holder[last] |= _only(place, value)
        case AnswerWay.ROWS:
            holder[last] = [*holder[last], *(_only(place, row) for row in _rows(value))]
        case AnswerWay.CHILDREN:
            for row in _rows(value):
                _add_child(found, _only(place, row))
    return found


def is_answered(place: FormPlace, content: ContentJson) -> bool:
    """Whether the place holds an answer now."""
    found = value_at(content, place.pointer)
    if place.way is AnswerWay.FIELDS:
        return isinstance(found, dict) and all(found.get(name) for name in place.fields)
    if place.way in (AnswerWay.YES, AnswerWay.DOCUMENT):
        return found is True
    return found is not None and found != []


def _is(value: Any, said: str | bool) -> bool:
    """Whether somebody has written a choice: a number is no yes or no."""
    return type(value) is type(said) and value == said


def _allowed(place: FormPlace) -> str:
    return ", ".join(str(one) for one in place.codes or ())


def _rows(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise MisfitError(fault("not_list", found=shown(value)))
    return value


def _only(place: FormPlace, row: Any) -> dict[str, Any]:
    """The fields of an answer, all of which must be among those that the question takes."""
    if not isinstance(row, dict) or not row or not row.keys() <= {*place.fields}:
        raise MisfitError(fault("answer_other_fields", allowed=", ".join(place.fields)))
    return row


def _add_child(content: Any, row: dict[str, Any]) -> None:
    taken = {one["id"] for one in content["people"]}
    id_ = next(f"b{number}" for number in range(1, len(taken) + 2) if f"b{number}" not in taken)
    person = {name: value for name, value in row.items() if name in Person.model_fields}
    told = {name: value for name, value in row.items() if name not in Person.model_fields}
    names = {"firstName": row.get("first_name"), "lastName": row.get("last_name")}
    content["people"].append({"id": id_, "role": "CHILD", **person})
    content["application"]["children"].append({"partyId": id_, **names, **told})
