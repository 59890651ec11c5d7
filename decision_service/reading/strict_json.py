"""Strict reading of JSON from outside: what another program might read in another way is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Annotated, Any, NoReturn, TypeAlias

from decision_service.reading import sentences
from norms.fault import LONGEST_FOUND, Fault, Path, fault, printable

LARGEST_INPUT = 10 * 1024 * 1024
"""Bytes. A digital application with its register answers is a few hundred kilobytes."""
DEEPEST = 100
"""Objects and lists inside each other. The deepest contract, that of LEFI, has a dozen."""
MOST_FAULTS = 50
"""So many are told: nobody mends more at a time."""
LARGEST_EXACT = 2**53
"""Above it a JSON reader may lose digits, and a canonical form does not exist."""

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"
"""What may stand in JSON that was read here."""
Opaque: TypeAlias = Annotated[Any, "JSON"]
"""JSON of which nothing is known here, most often as somebody outside wrote it: who reads it validates it."""


class InputError(Exception):
    """The input cannot be read. Carries every fault; whoever tells them chooses the language."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(*self.faults)

    @property
    def lines(self) -> tuple[str, ...]:
        """Every fault in Swedish, after its place."""
        return tuple(sentences.line(each) for each in self.faults)

    def __str__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: the bytes as they came, which the log keeps, and the JSON that was read in them once."""

    content: bytes
    data: Any

    @classmethod
    def of(cls, content: bytes) -> Body:
        """Read the bytes. Raises InputError."""
        return cls(content, read_json(content))


def read_json(content: bytes, largest: int = LARGEST_INPUT) -> Any:
    """Read JSON in UTF-8. Numbers with decimals, and whole numbers too large to be exact everywhere, become
    Decimal, as written.

    Raises InputError for another encoding, half of a surrogate pair, a control character in a text, broken
    JSON, the same name twice in an object, NaN, too deep nesting or too much content.
    """
    if len(content) > largest:
        raise InputError([fault("too_many_bytes", size=len(content), limit=largest)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"0x{content[error.start]:02X}"
        raise InputError([fault("not_utf8", byte=error.start + 1, found=found)]) from error
    try:
        found = json.loads(
            text,
            parse_int=_whole,
            parse_float=_with_decimals,
            parse_constant=_no_constant,
            object_pairs_hook=_without_doubles,
        )
    except json.JSONDecodeError as error:
        raise InputError([fault("not_json", line=error.lineno, column=error.colno)]) from error
    except RecursionError as error:
        raise InputError([fault("too_deep")]) from error
    except ValueError as error:
        raise InputError([fault("too_many_digits")]) from error
    _check(found)
    return found


def _whole(text: str) -> int | Decimal:
    number = int(text)
    return number if abs(number) < LARGEST_EXACT else Decimal(number)


def _with_decimals(text: str) -> Decimal:
    """A number as it is written; not one whose power of ten no computer can hold."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InputError([fault("too_many_digits")]) from None


def _check(found: Any) -> None:
    """Refuse what is nested too deep, and text that is not text in any encoding."""
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise InputError([fault("too_deep")])
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, str) and not value.isprintable() and _no_text(value):
            raise InputError(islice(_no_texts(found), MOST_FAULTS))


def _no_text(value: str) -> str:
    """The code of what keeps a text from being one in any encoding; empty for a text."""
    if value.isprintable():
        return ""
    if _SURROGATE.search(value):
        return "half_character"
    return "control_character" if control_character(value) else ""


def _no_texts(found: Any) -> Iterator[Fault]:
    """Every text that is none, in the order that they stand in; the name of a field at the object with it."""
    waiting: list[tuple[Any, Path]] = [(found, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, dict):
            yield from (Fault(path, code, {}) for name in value if (code := _no_text(name)))
            waiting += [(each, (*path, name)) for name, each in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(each, (*path, at)) for at, each in reversed([*enumerate(value)])]
        elif isinstance(value, str) and (code := _no_text(value)):
            yield Fault(path, code, {})


_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def control_character(text: str) -> bool:
    """Whether a text holds a character that steers a screen or ends a text, and is no letter, line or tab."""
    return _CONTROL.search(text) is not None


def without_control_characters(text: str) -> str:
    """The text with a blank in the place of each such character."""
    return _CONTROL.sub(" ", text)


def _no_constant(name: str) -> NoReturn:
    raise InputError([fault("not_number", found=name)])


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError([fault("field_twice", name=printable(name[:LONGEST_FOUND]))])
        found[name] = value
    return found
