"""The rules of time by which cases have been given their clocks: today's, and those before them.

A case keeps the clock that it was given when a municipality changes how it counts days. So that nobody takes
such a clock for one that somebody has put off, the key folder remembers the rules that were, and until when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from decision_service.casework.office import Office
from decision_service.casework.receive import due_by_a_person
from decision_service.installation.calendar import CalendarRules

_APART = timedelta(hours=1)
"""What clocks may differ by, and how long a process may still count by rules that another has left."""
_KEPT = timedelta(days=400)
"""How long rules are remembered: no open case waits longer for its month."""


@dataclass(frozen=True)
class ClockRules:
    """``now``, the rules of today, and the rules that were with when they were left."""

    now: datetime
    rules: CalendarRules
    former: Mapping[CalendarRules, datetime]

    def latest(self, begins: datetime, received: datetime) -> datetime:
        """By when a person can have been given to answer, at most, in a case that came then and whose clock
        begins to go at a moment: now, or when the month that it waits for does."""
        found = [due_by_a_person(begins, self.rules)]
        for rules, left in self.former.items():
            if begins <= self.now:
                found.append(due_by_a_person(min(begins, left + _APART), rules))
            elif received <= left + _APART:
                found.append(due_by_a_person(begins, rules))
        return max(found) + _APART


def clock_rules(office: Office, tenant: str) -> ClockRules:
    """A municipality's rules, and a note in the key folder where they are others than before. Raises
    KeyFileError."""
    now, rules = office.clock(), office.municipality(tenant).calendar
    kept = office.keys.remembered(_kept(tenant))
    known: dict[str, str | None] = {} if kept is None else json.loads(kept)
    at: dict[str, str | None] = {each: left or now.isoformat() for each, left in known.items()}
    at[_written(rules)] = None
    at = {each: left for each, left in at.items() if left is None or _moment(left) > now - _KEPT}
    if at != known:
        office.keys.remember(_kept(tenant), f"{json.dumps(at)}\n")
    return ClockRules(now, rules, {_read(each): _moment(left) for each, left in at.items() if left})


def _kept(tenant: str) -> str:
    return f"{tenant}/clock"


def _written(rules: CalendarRules) -> str:
    closed = sorted(day.isoformat() for day in rules.closed)
    return json.dumps([closed, rules.working_days, rules.answer_by.isoformat()])


def _read(text: str) -> CalendarRules:
    closed, working_days, answer_by = json.loads(text)
    return CalendarRules(
        frozenset(map(date.fromisoformat, closed)), working_days, time.fromisoformat(answer_by)
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
