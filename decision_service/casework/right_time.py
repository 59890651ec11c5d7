"""Nothing is swept, examined or received by a clock that is wrong: it would forget what is remembered, end
what has time left, and date what happens by a day that is not."""

from __future__ import annotations

from datetime import timedelta

from decision_service.casework.office import Office
from decision_service.reading.said import said_in

FARTHEST = timedelta(seconds=5)
"""How far the clock of this machine may be from that of the database's."""


_say = said_in(__file__)


class WrongClockError(Exception):
    """The clock of this machine and that of the database's do not agree."""


def astray(office: Office) -> timedelta | None:
    """How far ahead of the database's clock this machine's is, below zero when it is behind; None where they
    agree, or the database has no clock of its own."""
    if office.reference is None:
        return None
    before, there, after = office.clock(), office.reference(), office.clock()
    if before - FARTHEST <= there <= after + FARTHEST:
        return None
    return before - there


def require_right_time(office: Office) -> None:
    """Raises WrongClockError where the clocks do not agree."""
    if (found := astray(office)) is not None:
        raise WrongClockError(in_words(found))


def in_words(found: timedelta) -> str:
    """How far the clock of this machine is before that of the database's, or after it."""
    return _say("clock_before" if found > timedelta() else "clock_after", tid=abs(found))
