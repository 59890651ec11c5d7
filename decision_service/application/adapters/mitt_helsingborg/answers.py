"""A list of answers: ``{"field": {"id", "tags"}, "value"}``, and how their values are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from decision_service.application.adapters.mitt_helsingborg.forms import forms
from decision_service.reading.kronor import not_negative, typed_ore
from decision_service.reading.place import Place, whole
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import swedish_day
from decision_service.reading.unread import Unread, unread

_say = said_in(__file__)

MOST_ANSWERS = 5000
MOST_OF_ONE = 20
"""Answers that one thing may have."""
_NUMBERED_GROUP = re.compile(r"group:.*:[0-9]+")
_DAY = re.compile(r"[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """One answer. ``name`` is the id without numbers, ``base`` its first part, ``entry`` the number or the
    group that joins the parts of a repeated entry. ``place`` is where the value stands."""

    id: str
    name: str
    base: str
    entry: str
    tags: tuple[str, ...]
    place: Place

    @property
    def value(self) -> Any:
        """What was answered."""
        return self.place.value

    @property
    def is_blank(self) -> bool:
        """Nothing was answered."""
        return (
            self.value is None or self.value == [] or (isinstance(self.value, str) and not self.value.strip())
        )


def answers(place: Place, unmapped: list[Unread]) -> Iterator[FormAnswer]:
    """The answers of a list, each now read. What is no answer is told.

    A value that is an object or a list is not yet read: only a field that takes one reads it.
    """
    for each in place.each():
        field = each["field"]
        id_ = field["id"].value
        if not isinstance(id_, str) or not id_ or len(id_) > 200 or not isinstance(each.value, dict):
            unmapped.append(unread(each.where, "answer_without_field", each))
            continue
        field["id"].text()
        each["value"].text()
        words = tuple(tag.text() for tag in field["tags"].each() if isinstance(tag.value, str))
        parts = id_.split(".")
        numbers = [part for part in parts if part.isascii() and part.isdigit()]
        names = [part for part in parts if part not in numbers]
        group = next((tag for tag in words if _NUMBERED_GROUP.fullmatch(tag)), "")
        entry = numbers[0] if numbers else group
        yield FormAnswer(id_, ".".join(names), names[0] if names else "", entry, words, each["value"])


def beside(given: Iterable[FormAnswer]) -> dict[tuple[str, str], dict[str, Place]]:
    """All that was answered of each thing, by field: of every base with its entry."""
    found: dict[tuple[str, str], dict[str, Place]] = {}
    for each in given:
        found.setdefault((each.base, each.entry), {})[each.id] = each.place
    return found


def of_one(written: Mapping[str, Place]) -> tuple[Mapping[str, Place], ...]:
    """All that was answered of one thing; nothing where it is more than a form asks of any."""
    return (written,) if len(written) <= MOST_OF_ONE else ()


def text(value: Any) -> str:
    """Text, or a number as text. Raises ValueError."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(_say("no_text"))
    return str(value)


def amount(value: Any) -> int:
    """Öre of an amount of zero or more in kronor. Raises ValueError.

    ``10 000 kr``, ``10 000:-`` and ``6200,50 kr`` can be read in one way; ``10.000`` and ``ca 10000`` cannot.
    """
    return not_negative(typed_ore(value))


def day(value: Any) -> date:
    """A day: milliseconds since 1970, read in Sweden, ``ÅÅÅÅ-MM-DD`` or ``ÅÅÅÅMMDD``. Raises ValueError."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            found = _from_milliseconds(value)
        elif isinstance(value, str) and _DAY.fullmatch(value.strip()):
            found = date.fromisoformat(value.strip())
        elif isinstance(value, str) and _EPOCH.fullmatch(value.strip()):
            found = _from_milliseconds(int(value))
        else:
            raise ValueError
        if not forms().days.earliest <= found <= forms().days.latest:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        raise ValueError(_say("no_day", värde=whole(str(value)))) from None
    return found


def _from_milliseconds(value: int) -> date:
    return swedish_day(datetime.fromtimestamp(value // 1000, UTC))


def tick(value: Any) -> bool:
    """A tick, or yes and no. Raises ValueError."""
    if isinstance(value, bool):
        return value
    said = value.strip().lower() if isinstance(value, str) else ""
    if said in ("true", "ja"):
        return True
    if said in ("false", "nej"):
        return False
    raise ValueError(_say("no_yes_or_no"))


def number(value: Any) -> int:
    """A whole number. Raises ValueError."""
    said = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if said.isascii() and said.isdigit() and len(said) <= 3:
        return int(said)
    raise ValueError(_say("no_whole_number"))
