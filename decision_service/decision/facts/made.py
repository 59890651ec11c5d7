"""How a value was made of what stands in a case: what its origin begins with where it was not copied."""

from __future__ import annotations

from functools import lru_cache
from itertools import compress
from typing import Any

INFERRED, EMPTY, ASSUMED = "härlett: ", "tomt: ", "antaget: "
"""Of a value that is calculated from the fields that follow; of one that rests on lists with nothing in them;
and of one that rests on nothing, since none of the fields is filled in."""


def mark_of(value: Any, values: tuple[Any, ...], given: tuple[bool, ...]) -> str:
    """How a value was made of its fields; nothing of one that is what a single field says."""
    if True not in given:
        return EMPTY if all(is_empty(each) for each in values) else ASSUMED
    return "" if given.count(True) == 1 and values[given.index(True)] == value else INFERRED


class Told(dict[tuple[str, tuple[bool, ...]], str]):
    """Where a value comes from whose fields always stand in the same places, by the mark and which fields
    somebody gave."""

    def __init__(self, *places: str) -> None:
        super().__init__()
        self._places = places

    def __missing__(self, key: tuple[str, tuple[bool, ...]]) -> str:
        mark, given = key
        found = self[key] = f"{mark}{places_of(given, self._places)}"
        return found


@lru_cache(10_000)
def places_of(given: tuple[bool, ...], places: tuple[str, ...]) -> str:
    """The places of the fields that somebody gave, or of all where nobody gave any."""
    if len(places) == 1:
        return places[0]
    return ", ".join(dict.fromkeys(compress(places, given) if True in given else places))


def is_empty(value: Any) -> bool:
    """Whether a value is a list with nothing in it."""
    return isinstance(value, tuple | list | dict) and not value
