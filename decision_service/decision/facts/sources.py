"""The fields of a case that facts are made of: which record a path leads to, and what stands there.

A path is the way from the case file to a field, ``application.costs[].appliedAmount``. Which cost is meant is
bound by whoever makes the fact: a path that begins with a bound part is followed from there. A part may be
bound to one record, to several, or to none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from decision_service.decision.facts.made import FactPlace
from rules.facts import FactError
from rules.language.vocabulary import ANSWER


@dataclass(slots=True, eq=False)
class Record:
    """A part of a case and where it stands. Of ``whole`` parts the place alone is told, not the field. It is
    never changed; that it is not frozen is for speed, a case has a hundred."""

    place: FactPlace
    value: Any
    whole: bool = False


Bound = Record | tuple[Record, ...] | None
Sources = dict[str, Bound]
"""Parts of paths, each with the record or records that they stand for."""


def followed(path: str, sources: Sources) -> tuple[Any, FactPlace]:
    """The value or values at a path, and where they stand."""
    field = field_of(path, sources)
    bound = None if field.part is None else sources[field.part]
    if isinstance(bound, Record):
        return in_record(bound, field.names)
    values = bound and tuple(inside(each.value, field.names) for each in bound)
    return values, path.removeprefix("application.")


def in_record(record: Record, names: tuple[str, ...]) -> tuple[Any, FactPlace]:
    """The value some names further in than a record, and where it stands."""
    value = inside(record.value, names)
    if record.whole or not names:
        return value, record.place
    rest = ".".join(names)
    return value, f"{record.place}.{rest}" if record.place else rest


class Field(NamedTuple):
    """A path taken apart: the part that is bound, and the rest, as text and name by name. Nothing is bound
    for what only a person can answer."""

    path: str
    part: str | None
    rest: str
    names: tuple[str, ...]


def field_of(path: str, parts: Collection[str]) -> Field:
    """A path by its longest beginning that is bound, be it the empty one."""
    if path.partition(".")[0] == ANSWER:
        return Field(path, None, "", ())
    names = path.split(".")
    for length in range(len(names), -1, -1):
        part = ".".join(names[:length])
        if part in parts:
            return Field(path, part, ".".join(names[length:]), tuple(names[length:]))
    raise FactError(f"Nothing is bound for {path}.")


def inside(value: Any, names: tuple[str, ...]) -> Any:
    """What stands some names further in, or None."""
    for name in names:
        if value is None:
            return None
        if isinstance(value, dict):
            value = value.get(name)
        else:
            value = getattr(value, attribute(value.__class__, name))
    return value


def as_written(value: Any) -> Any:
    """A record with all that is in it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


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


NOTHING = object()
"""What a field is taken to be that a form says nothing of."""


def taken(model: type, name: str) -> Any:
    """What the form of a case file takes a field to be where nobody has said anything."""
    if not issubclass(model, BaseModel):
        return NOTHING
    return model.model_fields[attribute(model, name)].get_default(call_default_factory=True)
