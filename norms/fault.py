"""What is wrong with an input, as data: where, which code, and the values that the sentence about it names.

No sentence is made here. ``norms.sentences`` says a fault in the language of whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""From the whole input to a place in it: names of fields and numbers of list members, from 0."""

SWEDISH, ENGLISH, ARABIC = "sv", "en", "ar"
"""The languages that a fault is said in; the last only what the open pages may have to say."""

LONGEST_WHERE, LONGEST_FOUND = 300, 60
"""Characters of a place and of a found value that a sentence repeats."""


class FaultKind(StrEnum):
    """What was found where it cannot be repeated."""

    LIST = "list"
    OBJECT = "object"
    KEYS = "keys"
    """An object, for those who write YAML."""
    NOTHING = "nothing"
    VALUE = "value"
    """Something that is not to be repeated."""


class TextForm(str):
    """The form that a text must have, by its pattern. Its words stand among the kinds of ``faults.yaml``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``code`` is stable; ``values`` are what its sentence names, by placeholder."""

    path: Path
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def below(self, *path: str | int) -> Fault:
        """The same fault, seen from further out."""
        return replace(self, path=(*path, *self.path))

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer (RFC 6901): ``/costs/0/amount``. A name too long to repeat is cut."""
        parts = (_cut(printable(str(part))).replace("~", "~0").replace("/", "~1") for part in self.path)
        return "".join(f"/{part}" for part in parts)

    @property
    def where(self) -> str:
        """The place as people write it, nothing for the whole input."""
        return dotted(self.path)

    def __str__(self) -> str:
        """For logs: place and code, no value."""
        return f"{self.where}: {self.code}" if self.path else self.code


def fault(code: str, /, *path: str | int, **values: str | int) -> Fault:
    """A fault at a place."""
    return Fault(path, code, values)


class MisfitError(ValueError):
    """A validator refuses a value. Each fault's path starts at what the validator was given."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


def shown(value: Any) -> str:
    """A found value of JSON as a sentence repeats it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"”{printable(value[:LONGEST_FOUND])}”"
        case dict():
            return FaultKind.OBJECT
        case list() | tuple():
            return FaultKind.LIST
        case _:
            return str(value)[:LONGEST_FOUND]


def shown_in_yaml(value: Any) -> str:
    """A found value of a strictly read YAML file, where every scalar is text, as a sentence repeats it."""
    if isinstance(value, dict):
        return FaultKind.KEYS
    return FaultKind.NOTHING if value == "" else shown(value)


def dotted(path: Path) -> str:
    """A path as people write it: ``costs[0].amount``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return _cut(printable(text.lstrip(".")))


def _cut(text: str) -> str:
    """A text without its middle where it is too long to be repeated."""
    if len(text) <= LONGEST_WHERE:
        return text
    return f"{text[: LONGEST_WHERE // 2]}…{text[1 - LONGEST_WHERE // 2 :]}"


def printable(text: str) -> str:
    """Text that can be written as UTF-8, and steers no screen: half characters and control characters become
    question marks."""
    return _CONTROL.sub("?", text.encode("utf-8", "replace").decode())


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
