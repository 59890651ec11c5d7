"""Values of a case become facts as the vocabulary declares: of which fields, by which table, counted how.

A path is the way from the case file to a field, ``application.costs[].appliedAmount``. Which cost is meant is
bound by whoever makes the fact: a path that begins with a bound part is followed from there. A part may be
bound to one record, to several, or to none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from decision_service.decision.facts.case import Case
from rules.facts import Disputed, Entity, FactError, Known, within
from rules.language.vocabulary import Term

Derivation = Callable[..., Any]
"""Counts, adds, or measures days and months: of the case and the values of the declared fields, in order.
A field of several records comes as a tuple. None when it cannot be told."""

ANSWER = "svar"
"""The path of what only a person can answer."""


@dataclass(frozen=True, slots=True)
class Record:
    """A part of a case and where it stands. Of ``whole`` parts the place alone is told, not the field."""

    place: str
    value: Any
    whole: bool = False


Bound = Record | tuple[Record, ...] | None
Sources = dict[str, Bound]
"""Parts of paths, each with the record or records that they stand for."""


@dataclass
class Draft:
    """An entity being filled, and sentences about values that cannot be used."""

    kind: str
    id: str
    label: str = ""
    owner: str | None = None
    values: dict[str, Known | Disputed] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def entity(self) -> Entity:
        """The finished entity."""
        return Entity(self.kind, self.id, self.values, self.owner, self.label, self.origin)

    def tell(self, origin: str, sentence: str) -> None:
        """Note that a value cannot be used, and why."""
        about = f"{self.label}: " if self.label else ""
        self.unread.append(f"{about}{origin}: {sentence}")


def fill(draft: Draft, case: Case, sources: Sources, derivations: Mapping[str, Derivation]) -> Draft:
    """Give a draft every value of its kind that the sources hold. A value that is not there is left out.

    What lies outside the limits of the vocabulary, and a code that it has no word for, is told instead.
    """
    for term in case.law.vocabulary.kinds[draft.kind].copied:
        found = [followed(path, sources) for path in term.sources]
        value, origin = found[0]
        if term.derivation is not None:
            value = derivations[term.derivation](case, *(each for each, _ in found))
        if len(found) > 1:
            given = [origin for each, origin in found if each is not None and each != ()]
            origin = ", ".join(dict.fromkeys(given or [origin for _, origin in found]))
        _put(draft, term, value, origin)
    return draft


def _put(draft: Draft, term: Term, raw: Any, origin: str) -> None:
    if raw is None or (isinstance(raw, str) and not raw.strip() and not term.words):
        return
    value = raw if isinstance(raw, Disputed) else _known(term, raw)
    if value is None:
        draft.tell(origin, "koden är okänd.")
    elif not _possible(term, value):
        draft.tell(origin, "värdet är utanför det möjliga.")
    else:
        draft.values[term.path] = value
        draft.origin[term.path] = origin


def _possible(term: Term, value: Known | Disputed) -> bool:
    if isinstance(value, Disputed):
        return all(within(term, each) for _, each in value.values)
    return within(term, value)


def _known(term: Term, raw: Any) -> Known | None:
    """A value as the rules read it; None for a code that the term has no word for."""
    if term.words:
        code = _code(raw)
        word = term.word(code)
        return code if word is None and code in term.type.choices else word
    if isinstance(raw, date):
        return raw.toordinal()
    if isinstance(raw, Enum):
        return str(raw.value)
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bool | int):
        return raw
    raise FactError(f"{term.path} cannot be made of {type(raw).__name__}.")


def _code(raw: Any) -> str:
    if isinstance(raw, bool):
        return "ja" if raw else "nej"
    return str(raw.value) if isinstance(raw, Enum) else str(raw)


def followed(path: str, sources: Sources) -> tuple[Any, str]:
    """The value or values at a path, and where they stand."""
    for way in _ways(path):
        bound = sources.get(way.part, _UNBOUND)
        if isinstance(bound, Record):
            return _inside(bound.value, way.names), _stands(bound, way.rest)
        if isinstance(bound, tuple):
            return tuple(_inside(each.value, way.names) for each in bound), _written(path)
        if bound is None:
            return None, _written(path)
    if path == ANSWER:
        return None, path
    raise FactError(f"Nothing is bound for {path}.")


_UNBOUND = object()


class _Way(NamedTuple):
    """A path taken apart: the part that may be bound, and the rest, as text and name by name."""

    part: str
    rest: str
    names: tuple[str, ...]


@cache
def _ways(path: str) -> tuple[_Way, ...]:
    """The path itself bound, then shorter and shorter beginnings of it, the empty one last."""
    if path == ANSWER:
        return ()
    names = path.split(".")
    return tuple(
        _Way(".".join(names[:length]), ".".join(names[length:]), tuple(names[length:]))
        for length in range(len(names), -1, -1)
    )


def _stands(record: Record, rest: str) -> str:
    if record.whole or not rest:
        return record.place
    return f"{record.place}.{rest}" if record.place else rest


def _written(path: str) -> str:
    return path.removeprefix("application.")


def _inside(value: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if value is None:
            return None
        if isinstance(value, Mapping):
            value = value.get(name)
        else:
            value = getattr(value, attribute(value.__class__, name))
    return value


@cache
def attribute(model: type, name: str) -> str:
    """The attribute of a field by its name in a case file. Raises FactError when there is none."""
    if issubclass(model, BaseModel):
        for attribute_name, info in model.model_fields.items():
            if name == (info.alias or attribute_name):
                return attribute_name
    elif name in getattr(model, "__dataclass_fields__", {}):
        return name
    raise FactError(f"{model.__name__} has no field {name}.")
