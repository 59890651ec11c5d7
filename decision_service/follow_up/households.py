"""The household of a decision as those who count see it: its kind, the adults, the children, and why each
adult does not support themselves, as it is known now. What the kinds and the causes are called stands in
``statistik.yaml``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from pydantic import Field, StringConstraints
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from decision_service.casework.causes import said_since
from decision_service.follow_up.decided import Decided, decided_in, in_days, remember
from decision_service.store.same_case import same_case
from decision_service.store.tables import DecisionRow, PartyRow
from norms import document
from norms.month import Month
from norms.status import Status
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("statistik.yaml")
UNKNOWN_KIND = "9"
UNKNOWN_CAUSE = "ej_känt"
Text = Annotated[str, StringConstraints(min_length=1)]


class StatisticsWords(FileModel):
    """The file: kinds of household by the authority's number, and causes, whose numbers are not known."""

    source: Text = Field(alias="källa")
    status: Status
    open: tuple[Text, ...] = Field(alias="öppet")
    kinds: Mapping[str, Text] = Field(alias="hushåll")
    causes: Mapping[str, Text] = Field(alias="försörjningshinder")


@cache
def statistics_words() -> StatisticsWords:
    """The words. Raises FindingsError for a file that does not hold."""
    return validate(StatisticsWords, document.read(FILE))


@dataclass(frozen=True, slots=True)
class Household:
    """``adults`` are keyed hashes; of somebody without a personal number there is none. ``children`` is None
    where nobody knows. ``causes`` has one for each adult."""

    kind: str
    adults: tuple[str, ...]
    children: int | None
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Helped:
    """A decision, and the household that it is about."""

    decided: Decided
    household: Household


@dataclass(eq=False)
class _Remembered:
    """The decisions of a database's days with their households, by municipality and day, and those of whole
    months by the first day."""

    days: dict[tuple[str, date], Sequence[Helped]] = field(default_factory=dict)
    months: dict[tuple[str, date], Sequence[Helped]] = field(default_factory=dict)


_OF_DATABASE: WeakKeyDictionary[Engine, _Remembered] = WeakKeyDictionary()


def helped_in(session: Session, municipality: str, month: Month, now: datetime) -> Sequence[Helped]:
    """The decisions of a month with their households, in the order of its days. The cause of an adult is what
    has been said last, also after the decision."""
    known, decided = _remembered(session), decided_in(session, municipality, month, now)
    found = known.months.get((municipality, month.first), [])
    if [each.decided for each in found] != decided:
        found = _by_day(session, municipality, decided, known.days)
        remember(known.months, (municipality, month.first), found)
    since = said_since(session, municipality, month.first, month.last)
    these = [col(DecisionRow.tenant) == municipality, col(DecisionRow.application_id).in_(since)]
    newest = _read(session, these, since) if since else {}
    if not newest:
        return found
    return [Helped(one.decided, newest.get(one.decided.application_id, one.household)) for one in found]


def _remembered(session: Session) -> _Remembered:
    return _OF_DATABASE.setdefault(session.connection().engine, _Remembered())


def _by_day(
    session: Session,
    municipality: str,
    decided: Sequence[Decided],
    known: dict[tuple[str, date], Sequence[Helped]],
) -> Sequence[Helped]:
    """Decisions with the households that they were made for; only days that are not known are read."""
    found: list[Helped] = []
    by_day: dict[date, list[Decided]] = {}
    for each in decided:
        by_day.setdefault(each.day, []).append(each)
    for day, rows in by_day.items():
        there = known.get((municipality, day), ())
        if [each.decided for each in there] != rows:
            households = _read(session, in_days(DecisionRow, municipality, day, day))
            there = [Helped(each, households[each.application_id]) for each in rows]
            remember(known, (municipality, day), there)
        found += there
    return found


def _read(
    session: Session, which: Sequence[Any], since: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> Mapping[str, Household]:
    """The households of some decisions, by application, with the causes that have been said ``since``."""
    decision = DecisionRow
    parties = _parties(session, which)
    query = select(col(decision.application_id), col(decision.remembered))
    rows = session.connection().execute(query.where(*which))
    return {
        case: household(remembered, parties.get(case, []), since.get(case, {})) for case, remembered in rows
    }


def _parties(session: Session, which: Sequence[Any]) -> Mapping[str, list[tuple[str, bool]]]:
    """The people of the applications of some decisions, and who of them is an adult."""
    party, decision = PartyRow, DecisionRow
    query = select(col(party.application_id), col(party.person), col(party.adult)).join(
        decision, same_case(decision, party)
    )
    found: dict[str, list[tuple[str, bool]]] = {}
    for case, person, adult in session.connection().execute(query.where(*which)):
        found.setdefault(case, []).append((person, adult))
    return found


def household(
    remembered: str,
    parties: Sequence[tuple[str, bool]],
    since: Mapping[str, str] = MappingProxyType({}),
) -> Household:
    """The household of a decision, from what is remembered of it, from its parties, and from the causes that
    have been said ``since``."""
    said: Mapping[str, Any] = json.loads(remembered)
    causes: Mapping[str, str | None] = {**(said.get("causes") or {}), **since}
    adults = tuple(sorted(person for person, adult in parties if adult))
    people = said.get("people")
    number = max(len(causes), len(adults))
    children = len(people) - number if people is not None and 0 < number <= len(people) else None
    if children is None and parties:
        children = sum(not adult for _, adult in parties)
    return Household(
        _kind(list(causes), number, children),
        adults,
        children,
        tuple(sorted(cause or UNKNOWN_CAUSE for cause in causes.values())),
    )


def _kind(identities: Sequence[str], adults: int, children: int | None) -> str:
    """The authority's number. A person is a woman or a man as the personal number says."""
    if children is None or adults > 2:
        return UNKNOWN_KIND
    if adults == 2:
        return "8" if children else "7"
    if not adults:
        return "1" if children else UNKNOWN_KIND
    number = identities[0] if identities else ""
    if len(number) != 12 or not number.isdecimal():
        return UNKNOWN_KIND
    woman = int(number[10]) % 2 == 0
    return {(False, False): "3", (False, True): "4", (True, False): "5", (True, True): "6"}[
        woman, bool(children)
    ]
