"""A checked rulebook as JSON and back: the tree itself, so that nothing has to be read and checked anew.

Only the classes named here can be in it, so reading one makes data and runs nothing else. Every object is
written once with all that equal it, after those it is made of; a list of one number is a reference to an
object before it. What is read is shared, so a mapping that is read cannot be changed. What the caller already
has (the bytes of the files) is not written: it is told by its place among ``outside``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import orjson

from norms import band, finding, limits, lookup, month, status, table
from rules import book, laws, rule, setting
from rules.language import notion, tree, types, vocabulary

_ROOMS = (band, book, finding, laws, limits, lookup, month, notion, rule, setting, status, table, tree)
_CLASSES: Mapping[str, type] = {
    f"{room.__name__}.{name}": value
    for room in (*_ROOMS, types, vocabulary)
    for name, value in vars(room).items()
    if isinstance(value, type)
    and value.__module__ == room.__name__
    and (is_dataclass(value) or issubclass(value, Enum))
}
"""The dataclasses and enumerations of the rooms that a rulebook is made of."""

_KINDS: Mapping[str, Callable[[list[Any]], Any]] = {
    "tuple": tuple,
    "set": frozenset,
    "dict": lambda found: MappingProxyType(dict(zip(found[::2], found[1::2], strict=True))),
    "fraction": lambda found: Fraction(*found),
}


def write(root: object, outside: Sequence[object]) -> bytes:
    """An object and all that it is made of. Raises TypeError for what cannot be written."""
    writer = _Writer(outside)
    writer.reference(root)
    return orjson.dumps(writer.written)


def read(content: bytes, outside: Sequence[object]) -> Any:
    """The object that was written. Raises ValueError, TypeError, KeyError or IndexError when it was not."""
    found: list[Any] = list(outside)
    for kind, *parts in orjson.loads(content):
        values = [found[part[0]] if part.__class__ is list else part for part in parts]
        made = _KINDS.get(kind)
        found.append(made(values) if made is not None else _CLASSES[kind](*values))
    return found[-1]


class _Writer:
    def __init__(self, outside: Sequence[object]) -> None:
        self.written: list[list[Any]] = []
        self.places = {id(each): number for number, each in enumerate(outside)}
        self.kept: list[object] = []
        self.told: dict[bytes, int] = {}
        self.next = len(outside)

    def reference(self, value: object) -> Any:
        """The value itself when it is text, a number, yes, no or nothing; else a reference to it."""
        if value is None or value.__class__ in (str, int, bool):
            return value
        if id(value) not in self.places:
            self.kept.append(value)  # or its id could be another's
            self.places[id(value)] = self.place_of(self.parts(value))
        return [self.places[id(value)]]

    def place_of(self, parts: list[Any]) -> int:
        """Where an object of some parts is written. Nothing in a rulebook is changed: equal ones are one."""
        told = orjson.dumps(parts)
        if told not in self.told:
            self.written.append(parts)
            self.told[told] = self.next
            self.next += 1
        return self.told[told]

    def parts(self, value: object) -> list[Any]:
        """What an object is, and what it is made of."""
        match value:
            case Enum():
                return [_name(value), value.value]
            case tuple():
                return ["tuple", *map(self.reference, value)]
            case frozenset():
                return ["set", *map(self.reference, sorted(value))]
            case dict() | MappingProxyType():
                return ["dict", *(self.reference(each) for item in value.items() for each in item)]
            case Fraction():
                return ["fraction", value.numerator, value.denominator]
        given = [each.name for each in fields(value) if each.init]  # type: ignore[arg-type]
        return [_name(value), *(self.reference(getattr(value, name)) for name in given)]


def _name(value: object) -> str:
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if name not in _CLASSES:
        raise TypeError(f"A rulebook cannot hold {name}.")
    return name
