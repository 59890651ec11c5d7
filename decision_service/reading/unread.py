"""What could not be read, or what a person must see, as data; its sentence is made where it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path as File
from typing import Annotated, Any, ClassVar, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    WrapSerializer,
)

from decision_service.reading.place import (
    NOWHERE,
    Leaves,
    Place,
    holds_number_of_a_person,
    may_be_money,
    sayable,
    thing,
    whole,
    without_numbers,
)
from norms import document
from norms.fault import MisfitError, Path, dotted, fault, shown

FILE = File(__file__).with_name("unread.yaml")
ONLY_A_SENTENCE = "sentence"
"""The kind of what is known by its sentence alone: so it was kept before it was data."""

_MONEY = "may_be_money"
_LOOKED_AT = 8000
"""Characters of a text that are looked through for numbers of people: several times what is shown of it."""
_NAME = re.compile(r"\{([a-z_]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_Text = Annotated[str, Field(max_length=4000)]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in an input that could not be understood, or that a person must see.

    ``where`` is its place as people write it. ``kind`` is a code of ``unread.yaml``, and ``values`` are what
    the sentence there names. ``written`` is a checksum of all that was written of the matter: an answer to it
    stands for the same and for nothing else. Where it is None nobody can tell, and an answer stands in its
    own case alone: what is said of this may be said of another thing the next time.
    """

    where: _Text
    kind: _Text
    values: Mapping[_Text, _Text] = field(default_factory=dict, hash=False)
    written: _Text | None = None

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @property
    def sentence(self) -> str:
        """What a person reads, in Swedish."""
        text = _OPTIONAL.sub(self._where_it_is_known, sentences()[self.kind])
        said = _NAME.sub(lambda found: self.values[found[1]], text)
        return f"{self.where}: {said}" if self.where else said

    def _where_it_is_known(self, part: re.Match[str]) -> str:
        return part[1] if all(self.values.get(name) for name in _NAME.findall(part[1])) else ""


def unread(where: str, kind: str, /, *written: Any, **values: object) -> Unread:
    """Something that could not be read. ``written`` is all that was written of the matter, values or places
    of them; a value that the sentence names is cut where it is long. No number of a person is said."""
    said = {name: whole(_without_numbers(str(each))) for name, each in values.items()}
    return Unread(_without_numbers(where), kind, said, mark(*written))


def _without_numbers(text: str) -> str:
    """A text of which the beginning has no number of a person: no more of it is shown."""
    return without_numbers(text[:_LOOKED_AT]) + text[_LOOKED_AT:]


def mark(*written: Any) -> str | None:
    """A checksum of what was written; None where nothing was, or what nobody else may learn: from a checksum
    of a number of a person the number can be found."""
    said = [each for each in _each(written) if each is not None and str(each).strip()]
    if not said or not all(map(_may_be_told, said)):
        return None
    if not all(map(_may_be_told, _each(written, names=True))):
        return None
    return sha256(json.dumps(written, sort_keys=True, default=_plain).encode()).hexdigest()[:16]


def together(*marks: str | None) -> str | None:
    """One checksum of several; None where one of them is not known."""
    return None if None in marks else sha256(" ".join(map(str, marks)).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Place) else str(value)


def _each(value: Any, *, names: bool = False) -> Iterator[Any]:
    """Every value in a value, or the names of all fields in it."""
    if isinstance(value, Place):
        yield from _each(value.value, names=names)
    elif isinstance(value, Mapping):
        yield from value if names else ()
        for inner in value.values():
            yield from _each(inner, names=names)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _each(inner, names=names)
    elif not names:
        yield value


def _may_be_told(value: Any) -> bool:
    known = isinstance(value, str | int | float | Decimal | date)
    return known and len(text := str(value)) <= _LOOKED_AT and not holds_number_of_a_person(text)


def untold(
    place: Place, deliberate: Callable[[Path], bool], most: int = 900, lying: Leaves | None = None
) -> list[Unread]:
    """What nobody has read below a place and no table of the deliberately unused names.

    A table is about values of the form that the contract has: what lies at an odd place is told all the same.
    What may be an amount is one of a thing, and of another thing it is another; what else is said is about
    itself alone. At most ``most`` are told, and then how many more there are. ``lying`` are all the leaves of
    the place, where they are known already.
    """
    left = [
        (path, value)
        for path, value in place.unread(lying)
        if not deliberate(path) or any(path[:length] in place.odd for length in range(1, len(path) + 1))
    ]
    told, marks = [unmapped(path, value) for path, value in left[:most]], dict[int, str | None]()
    for at, (path, _) in enumerate(left[:most]):
        if told[at].kind == _MONEY:
            about = thing(place, path)
            if id(about) not in marks:
                marks[id(about)] = mark(about)
            told[at] = replace(told[at], written=together(told[at].written, marks[id(about)]))
    if more := left[most:]:
        told.append(unread(place.where, "more", place, count=len(more)))
    return told


def unmapped(path: Path, value: Any) -> Unread:
    """A value that nobody has read."""
    kind = _MONEY if may_be_money(path, value) else "unmapped"
    return unread(dotted(path) or NOWHERE, kind, value, value=sayable(value))


@cache
def sentences() -> Mapping[str, str]:
    """The sentence of every kind."""
    return cast("Mapping[str, str]", document.read(FILE).data)


def needed(kind: str) -> frozenset[str]:
    """The values without which the sentence of a kind cannot be said."""
    return frozenset(_NAME.findall(_OPTIONAL.sub("", sentences()[kind])))


def _of_before(value: Any) -> Any:
    """What was kept as a sentence is one still, and nobody knows what was written."""
    if not isinstance(value, str):
        return value
    return {"where": "", "kind": ONLY_A_SENTENCE, "values": {"sentence": value}}


def _can_be_said(value: Unread) -> Unread:
    if value.kind not in sentences():
        raise MisfitError(fault("unknown_unread", "kind", found=shown(value.kind)))
    for name in sorted(needed(value.kind) - value.values.keys()):
        raise MisfitError(fault("unread_without", "values", name=name))
    return value


def _as_kept(value: Unread, write: SerializerFunctionWrapHandler) -> Any:
    """What was kept as a sentence is written as one: the case is the same as it was. What has more is not."""
    sentence = value.values.get("sentence", "")
    return sentence if value == Unread("", ONLY_A_SENTENCE, {"sentence": sentence}) else write(value)


SentUnread = Annotated[
    Unread,
    BeforeValidator(_of_before, json_schema_input_type=Unread | _Text),
    AfterValidator(_can_be_said),
    WrapSerializer(_as_kept),
]
"""As it stands in a case file: data, or a sentence as it was kept before."""
