"""What a vocabulary declares of a case that the program cannot give: fields and calculations that are not
there. A release with such a term would stop every case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from decision_service.application.case_file import CaseFile
from decision_service.decision.facts.case_facts import DERIVATIONS
from decision_service.decision.facts.written import Written
from decision_service.reading.said import said_in
from decision_service.registers.answers import Agency, RegisterAnswers
from rules.book import Rulebook
from rules.language.vocabulary import ANSWER, Source, Vocabulary

_ANSWERS = frozenset(f"registers.answers.{each.value}" for each in Agency)
"""Whether each agency has answered."""


_say = said_in(__file__)


class Undeclared(NamedTuple):
    """A term, the line that declares it, and what the program lacks for it."""

    term: str
    line: int
    message: str


def unfit(book: Rulebook) -> str | None:
    """Why the program cannot assess by a release, in words; None where it can."""
    first = next(lacking(book.vocabulary), None)
    if first is None:
        return None
    return _say("cannot_assess", regelversion=book.release, uppgift=first.term, vad=first.message)


def lacking(vocabulary: Vocabulary) -> Iterator[Undeclared]:
    """Every field and calculation that a vocabulary names and the program does not have."""
    settings = {each.path for each in vocabulary.terms.values() if each.source is Source.SETTING}
    for term in vocabulary.terms.values():
        for path in term.sources:
            field = field_at(path, whole=term.derivation is not None)
            if path.partition(".")[0] != ANSWER and path not in settings and field is None:
                yield Undeclared(term.path, term.line, _say("no_field", fält=path))
        if term.derivation is not None and term.derivation not in DERIVATIONS:
            yield Undeclared(term.path, term.line, _say("no_calculation", beräkning=term.derivation))


def field_at(path: str, *, whole: bool = True) -> str | None:
    """The field that a declared path leads to, or where a ``whole`` part will do, the fields below it; None
    where there is none."""
    plain = path.replace("history[senaste]", "history[]").replace("registers[]", "registers")
    known = known_fields()
    if plain in known or (whole and any(each.startswith((f"{plain}.", f"{plain}[].")) for each in known)):
        return plain
    return plain.rpartition(".")[0] if plain in _ANSWERS else None


@cache
def known_fields() -> frozenset[str]:
    """The path of every field of a case, of the answers of registers and of what is written in words."""
    return frozenset((*leaves(CaseFile), *leaves(RegisterAnswers, "registers"), *leaves(Written, "skrivet")))


def leaves(model: type, path: str = "") -> Iterator[str]:
    """The path of every field that holds a value and not a further part."""
    for name, hint in members(model):
        for kind, several in inside(hint):
            place = f"{path}.{name}".lstrip(".") + ("[]" if several and any(members(kind)) else "")
            if any(members(kind)):
                yield from leaves(kind, place)
            else:
                yield place


def members(model: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a part of a case, by their names in it."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        hints = get_type_hints(model, include_extras=True)
        yield from ((info.alias or name, hints[name]) for name, info in model.model_fields.items())
    elif is_dataclass(model):
        hints = get_type_hints(model)
        yield from ((each.name, hints[each.name]) for each in fields(model))


def inside(hint: Any) -> Iterator[tuple[Any, bool]]:
    """The types in a type, and whether there are several of each."""
    origin, of = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from inside(of[0])
    elif origin in (Union, UnionType):
        for each in of:
            if each is not NoneType:
                yield from inside(each)
    elif origin in (list, tuple):
        yield from ((each, True) for each, _ in inside(of[0]))
    else:
        yield hint, False
