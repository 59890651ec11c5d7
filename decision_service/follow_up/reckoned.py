"""What was reckoned of a month is kept until what it was reckoned from is another: one more day is then
reckoned in its own month alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

MOST = 100
"""Results that are kept of a database: those of a few years of reports."""
Found = TypeVar("Found")


class ReckonedResults:
    """Results by what they are of, each with what it was reckoned from."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[tuple[Any, ...], Any]] = {}

    def of(self, what: Hashable, reckon: Callable[..., Found], *of: Any) -> Found:
        """``reckon(*of)``, or the same from before where ``of`` is equal to what it was. What goes in and
        what comes out is never changed by anybody."""
        known = self._known.get(what)
        if known is not None and known[0] == of:
            found: Found = known[1]
            return found
        found = reckon(*of)
        self._known.pop(what, None)
        for oldest in list(self._known)[: max(0, len(self._known) + 1 - MOST)]:
            self._known.pop(oldest, None)
        self._known[what] = of, found
        return found


_OF_DATABASE: WeakKeyDictionary[Engine, ReckonedResults] = WeakKeyDictionary()


def reckoned(session: Session) -> ReckonedResults:
    """What is kept of a session's database."""
    return _OF_DATABASE.setdefault(session.connection().engine, ReckonedResults())
