"""What was decided in a month, day by day. A day that is past is read once: opening what is sealed of
thousands of cases takes longer than anybody waits for a page.

What is remembered of a day is forgotten when it has another number of decisions than before: some have been
deleted, or one came late. A decision itself never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, ScalarSelect, and_, func, select
from sqlmodel import Session, SQLModel, col

from decision_service.reading.swedish_time import begin_of, swedish_day
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, CompletionRow, DecisionRow
from norms.month import Month


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it counts: ``granted`` in öre, ``hours`` from receipt, ``late`` after its time, and
    whether a person ``followed`` what was proposed, None where nothing was. ``month`` is the benefit month;
    ``day``, ``contact_days`` and ``days`` the day it was made, and calendar days from receipt to the first
    word to the applicant and to the decision; ``fired`` the rules that fired."""

    application_id: str
    outcome: str
    granted: int
    automatic: bool
    followed: bool | None
    hours: float
    late: bool
    month: str
    day: date
    contact_days: int
    days: int
    fired: frozenset[str]


Day = TypeVar("Day")


@dataclass(eq=False)
class _Remembered:
    """The days of a database that are past, by municipality and day."""

    days: dict[tuple[str, date], Sequence[Decided]] = field(default_factory=dict)


_OF_DATABASE: WeakKeyDictionary[Engine, _Remembered] = WeakKeyDictionary()
MOST_DECISIONS = 200_000
"""Decisions that are remembered, and a day without any as one: three years of a large municipality."""


def decided_in(session: Session, municipality: str, month: Month, now: datetime) -> list[Decided]:
    """The decisions of a month, in the order of its days."""
    known = _OF_DATABASE.setdefault(session.connection().engine, _Remembered()).days
    today, found = swedish_day(now), list[Decided]()
    if month.last < today:
        remembered = [known.get((municipality, day)) for day in _days(month)]
        past = [each for rows in remembered if rows is not None for each in rows]
        if None not in remembered and len(past) == _count(session, municipality, month):
            return past
    counts = _counts(session, municipality, month)
    there = {day: known.get((municipality, day)) for day in counts}
    unread = [day for day, count in counts.items() if len(there[day] or ()) != count]
    read = _read(session, municipality, unread)
    for day, kept in there.items():
        rows = read.get(day, []) if day in unread or kept is None else kept
        if day < today and rows is not kept:
            remember(known, (municipality, day), rows)
        found += rows
    return found


def remember(
    known: dict[tuple[str, date], Sequence[Day]], key: tuple[str, date], rows: Sequence[Day]
) -> None:
    """Remember a day, and forget what was remembered first where that would be too many."""
    kept = sum(len(each) + 1 for each in list(known.values()))
    while kept + len(rows) >= MOST_DECISIONS and known:
        kept -= len(known.pop(next(iter(known)))) + 1
    known[key] = rows


def in_days(row: Any, municipality: str, first: date, last: date) -> tuple[Any, ...]:
    """That a decision of a table was made on one of some days."""
    return (
        row.tenant == municipality,
        row.decided_at >= begin_of(first),
        row.decided_at < begin_of(last + timedelta(days=1)),
    )


def _count(session: Session, municipality: str, month: Month) -> int:
    """How many decisions a month has."""
    query = select(func.count()).where(*in_days(DecisionRow, municipality, month.first, month.last))
    return session.scalar(query) or 0


def _days(month: Month) -> list[date]:
    return [month.first + timedelta(days=number) for number in range(month.days)]


def _counts(session: Session, municipality: str, month: Month) -> Mapping[date, int]:
    """How many decisions each day of a month has."""
    days = _days(month)
    decided_at = col(DecisionRow.decided_at)
    counts = [
        func.count().filter(and_(decided_at >= begin_of(day), decided_at < begin_of(day + timedelta(days=1))))
        for day in days
    ]
    query = select(*counts).where(*in_days(DecisionRow, municipality, month.first, month.last))
    return dict(zip(days, session.connection().execute(query).one(), strict=True))


def _read(session: Session, municipality: str, days: Sequence[date]) -> Mapping[date, list[Decided]]:
    """The decisions of some days, in order, by day: with one question, for each takes longer than a row."""
    found: dict[date, list[Decided]] = {}
    for each in _between(session, municipality, days[0], days[-1]) if days else ():
        found.setdefault(each.day, []).append(each)
    return found


def _between(session: Session, municipality: str, first: date, last: date) -> Iterator[Decided]:
    decision, application = DecisionRow, ApplicationRow
    query = select(
        col(decision.application_id),
        col(decision.outcome),
        col(decision.granted),
        col(decision.automatic),
        col(decision.followed),
        col(decision.decided_at),
        col(application.received_at),
        col(application.breached_at),
        col(decision.month),
        col(decision.fired),
        _first_asked().label("asked_at"),
    ).join(application, same_case(decision, application))
    for row in session.connection().execute(query.where(*in_days(decision, municipality, first, last))):
        received, day = swedish_day(row.received_at), swedish_day(row.decided_at)
        contact = min(filter(None, (row.asked_at, row.decided_at)))
        yield Decided(
            row.application_id,
            row.outcome,
            row.granted,
            row.automatic,
            row.followed,
            (row.decided_at - row.received_at).total_seconds() / 3600,
            row.breached_at is not None,
            row.month,
            day,
            (swedish_day(contact) - received).days,
            (day - received).days,
            frozenset(row.fired.split()),
        )


def _first_asked() -> ScalarSelect[datetime]:
    """When the applicant was first asked for something, or shown something."""
    row = CompletionRow
    asked = select(func.min(col(row.asked_at))).where(same_case(row, DecisionRow))
    return asked.correlate(SQLModel.metadata.tables["decision"]).scalar_subquery()
