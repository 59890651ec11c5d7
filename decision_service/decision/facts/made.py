"""How a value was made of what stands in a case, and where that stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from itertools import chain, compress
from typing import Any, NamedTuple, TypeAlias

from rules.facts import FactOrigin, Made

LISTS = (tuple, list, dict)
"""What holds several values, or none."""


class PaymentMade(NamedTuple):
    """A payment in an agency's answer: whether it is made or only announced, its day, and whose benefit."""

    made: bool
    day: date
    agency: str
    benefit: str


class AnsweredBy(NamedTuple):
    """An answer to a question: who gave it, when, and why."""

    by: str
    day: date
    reason: str


class AddedBy(NamedTuple):
    """A row that the applicant did not name: who added it, and when."""

    by: str
    day: date


class TakenForGranted(NamedTuple):
    """A field that nobody was asked about: the decision by which it has its value."""

    decision: str


FactPlace: TypeAlias = str | PaymentMade | AnsweredBy | AddedBy | TakenForGranted
"""Where a value stands: a path in the case, ``costs[0].appliedAmount``, or who says it."""
FactPlaces: TypeAlias = tuple[FactPlace, ...]


def copied(*places: FactPlace) -> FactOrigin:
    """The origin of what stands somewhere, copied as it stands."""
    return FactOrigin(Made.COPIED, places)


def made_of(value: Any, values: tuple[Any, ...], given: tuple[bool, ...]) -> Made:
    """How a value was made of its fields: copied where it is what a single field says."""
    if True not in given:
        return Made.EMPTY if all(is_empty(each) for each in values) else Made.ASSUMED
    same = given.count(True) == 1 and values[given.index(True)] == value
    return Made.COPIED if same else Made.INFERRED


def copied_at(fields: tuple[str, ...]) -> Callable[[FactPlace], tuple[FactOrigin, ...]]:
    """The origins of what some fields of a record say, or it as a whole, by where the record stands."""

    @lru_cache(1_000)
    def origins(record: FactPlace) -> tuple[FactOrigin, ...]:
        return tuple(copied(f"{record}{field}" if field else record) for field in fields)

    return origins


class Told(dict[tuple[Made, tuple[bool, ...]], FactOrigin]):
    """Where a value comes from whose fields always stand in the same places, by how it was made and which
    fields somebody gave."""

    def __init__(self, *fields: FactPlaces) -> None:
        super().__init__()
        self._fields = fields

    def __missing__(self, key: tuple[Made, tuple[bool, ...]]) -> FactOrigin:
        made, given = key
        found = self[key] = FactOrigin(made, places_of(given, self._fields))
        return found


@lru_cache(10_000)
def places_of(given: tuple[bool, ...], fields: tuple[FactPlaces, ...]) -> FactPlaces:
    """The places of the fields that somebody gave, or of all where nobody gave any."""
    if len(fields) == 1:
        return fields[0]
    return tuple(dict.fromkeys(chain.from_iterable(compress(fields, given) if True in given else fields)))


def is_empty(value: Any) -> bool:
    """Whether a value is a list with nothing in it."""
    return not value and isinstance(value, LISTS)
