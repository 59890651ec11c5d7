"""Reading what others have sent, place by place, and remembering what has been read.

Whoever reads a tree of objects, lists and values through a Place can afterwards ask which values nobody
looked at. That is how an adapter knows that it has dropped nothing: every value is read, or named in a table
as deliberately not used, or told as unmapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeAlias

from decision_service.reading.said import said_in
from decision_service.reading.scrubbing import NUMBER, scrubbed
from norms.fault import Path, dotted, printable

_say = said_in(__file__)

_NUMBER = re.compile(
    r"(?:(?:kr|sek)[\s.]*)?[+\u2212-]?\s?[0-9][0-9 .,\u00a0\u202f]*(?:kr|kronor|sek|[:,]-)?\.?", re.IGNORECASE
)
"""A number, with or without kronor."""
_DAY_BEFORE = re.compile(
    r"(?<!\d)((?:19|20)\d\d-\d\d-\d\d)"
    r"(?=[\s/\u2010-\u2015-]{1,3}(?:19|20)\d\d-\d\d(?:-\d\d(?!\d)|(?![\d-]))"
    r"|:?\s\d{4}(?:[.,]\d\d)?\s?(?:kr|sek|:-))",
    re.IGNORECASE,
)
"""A day before another, before a month or before kronor: with the four digits of that it looks like a number
of a person."""
_MONEY_NAME = re.compile(
    r"belopp|summa|netto|brutto|kronor|amount|income|sum$|value$|price|cost|skatt|avdrag|inkomst|intakt"
    r"|overskott|underskott|utbetal|aterbetal|bidrag|hyra|skuld|saldo|varde|ersattning|formogenhet|kapital",
    re.IGNORECASE,
)


NOWHERE = "indata"
"""What the whole input is called, where a place of it would stand."""


@dataclass(slots=True, eq=False)
class Place:
    """A place in a tree of JSON values. Places that do not exist have the value None.

    ``seen`` are the places that have been read. ``odd`` are those where something else was looked for than
    what stands there: a list for one object, an object or a list for a value. Nothing is set anew; that it is
    not frozen is for speed, an answer has thousands.
    """

    value: Any
    path: Path = ()
    seen: set[Path] = field(default_factory=set)
    odd: set[Path] = field(default_factory=set)

    def __getitem__(self, name: str) -> Place:
        value = self.value
        if isinstance(value, dict):
            return Place(value.get(name), (*self.path, name), self.seen, self.odd)
        if isinstance(value, list):
            self.odd.add(self.path)
        return Place(None, (*self.path, name), self.seen, self.odd)

    def _at(self, value: Any, name: str | int) -> Place:
        return Place(value, (*self.path, name), self.seen, self.odd)

    def down(self, *names: str) -> Place:
        """The place some names further in."""
        found = self
        for name in names:
            found = found[name]
        return found

    def each(self) -> list[Place]:
        """The members of a list. One object that stands where a list may stand is a list of one."""
        if self.value is None or self.value == "":
            return []
        if isinstance(self.value, list):
            return [self._at(one, number) for number, one in enumerate(self.value)]
        return [self]

    def text(self) -> str:
        """The value as text without space around it, now read. An object or a list has no text."""
        if self.value is None:
            return ""
        if isinstance(self.value, dict | list):
            self.odd.add(self.path)
            return ""
        self.seen.add(self.path)
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return printable(str(self.value).strip())

    def take(self) -> Any:
        """The value as it is, now read with all that lies in it."""
        self.seen.add(self.path)
        self.seen.update(path for path, _ in leaves(self.value, self.path))
        return self.value

    def has(self, name: str) -> bool:
        """Whether something stands under a name, be it empty."""
        return isinstance(self.value, dict) and name in self.value

    @property
    def given(self) -> bool:
        """Whether anything but nothing and blanks stands here."""
        return _holds_anything(self.value)

    @property
    def where(self) -> str:
        """The path as people write it: ``fk.utbetalningar[0].nettobelopp``."""
        return dotted(self.path) or NOWHERE

    def unread(self, lying: Leaves | None = None) -> Iterator[tuple[Path, Any]]:
        """Every value at or below this place that nobody has read, nothing and blanks left out. ``lying`` are
        all its leaves, where they are known already."""
        for path, value in leaves(self.value, self.path) if lying is None else lying:
            if path not in self.seen:
                yield path, value


Leaves: TypeAlias = list[tuple[Path, Any]]
"""Values that are no object and no list, each with its path."""


def leaves(value: Any, path: Path = ()) -> Leaves:
    """Every value that is no object and no list, with its path; nothing and blanks left out."""
    found: Leaves = []
    _gather(value, path, found)
    return found


def _gather(value: Any, path: Path, found: Leaves) -> None:
    if isinstance(value, str):
        if value.strip():
            found.append((path, value))
    elif isinstance(value, dict):
        for name, inner in value.items():
            _gather(inner, (*path, str(name)), found)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _gather(inner, (*path, number), found)
    elif value is not None:
        found.append((path, value))


def _holds_anything(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_anything, value.values()))
    if isinstance(value, list):
        return any(map(_holds_anything, value))
    return not _is_blank(value)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def pattern(path: Path) -> str:
    """A path without the numbers of list members, to look up in a table."""
    return ".".join(part for part in path if isinstance(part, str))


def thing(place: Place, path: Path) -> Any:
    """What a value below a place is about: the outermost member of a list that it lies in, a payment with its
    rows, or where it lies in none, the object that it stands in."""
    found = inner = place.value
    for step in path[len(place.path) : -1]:
        inner = inner[step]
        if isinstance(inner, dict):
            found = inner
            if isinstance(step, int):
                break
    return found


def sayable(value: Any) -> str:
    """A value to name in a sentence; of a list and a number of a person nothing."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if not isinstance(value, str | int | float | Decimal) or is_number_of_a_person(value):
        return ""
    return str(value)


def without_numbers(text: str) -> str:
    """A text as it stands in a sentence: a number of a person is said to be one."""
    if scrubbed(text) == text:
        return text
    return "".join(part if at % 2 else scrubbed(part) for at, part in enumerate(_DAY_BEFORE.split(text)))


def is_number_of_a_person(value: Any) -> bool:
    """Whether a value is written as a personal number is, and says nothing else."""
    text = str(value).strip()
    return len(text) <= LONGEST_NUMBER and scrubbed(text) == NUMBER


def holds_number_of_a_person(value: Any) -> bool:
    """Whether a personal number, however it is written, stands anywhere in a value."""
    text = str(value)
    return without_numbers(text) != text


LONGEST_NUMBER = 100
"""Characters of a number of a person, however it is written."""
LONGEST_SAID = 1500
"""Characters of a value that stand in a sentence about it."""


def whole(text: str, longest: int = LONGEST_SAID) -> str:
    """A text as it stands in a sentence: of a long one its beginning, how much more there is, and a checksum
    of it all, for two texts that begin the same are two."""
    if len(text) <= longest:
        return printable(text)
    return _say("cut", text=printable(text[:longest]), antal=len(text) - longest, summa=checksum(text))


def checksum(text: str) -> str:
    """What tells a text that a sentence does not show from every other, in words."""
    return f"kontrollsumma {sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def may_be_money(path: Path, value: Any) -> bool:
    """Whether a value may be an amount: it is a number, or stands under a name of money and holds a digit."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float | Decimal):
        return not is_number_of_a_person(value)
    text = str(value).strip()
    if is_number_of_a_person(text):
        return False
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    has_digit = any(character.isdigit() for character in text)
    return bool(_NUMBER.fullmatch(text)) or (has_digit and bool(_MONEY_NAME.search(name)))
