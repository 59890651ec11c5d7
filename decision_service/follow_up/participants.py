"""The participants of a municipality as the figures read them: whole, those who have left too.

What has been opened is remembered until it changes, so that one more day takes no longer than what changed in
it. What is sealed cannot be changed without the key, and the daily check of the log asks of every row whether
it is the newest; the figures do not ask once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, cast, select
from sqlmodel import Session, col

from decision_service.follow_up.households import helped_in
from decision_service.follow_up.requirement import (
    Counted,
    Hours,
    Quarter,
    assigned_in,
    declined_in,
    hours_by_day,
    hours_offered,
    of_counts,
    together,
)
from decision_service.planning.attendance import Marks, marks_in
from decision_service.planning.offered import all_offered
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participation import Participation
from decision_service.store.tables import AttendanceRow, ParticipantRow
from norms.month import Month

_AT_ONCE = 500
"""Rows that are opened in a query."""
Of: TypeAlias = "tuple[int, str | None]"
"""What a month of hours was counted from: the participant's version, and when its marks last changed."""
Changed: TypeAlias = "Mapping[str, str]"
"""When the marks of each participant's month last changed, as the database says it."""
OfQuarter: TypeAlias = "tuple[date, int, list[str | None]]"
"""What a quarter was counted from: its last day that is over, the participant's version, and its months."""
OfAll: TypeAlias = "tuple[date, dict[str, int], list[Changed]]"
"""The same of everybody."""


@dataclass(eq=False)
class _Remembered:
    """What has been opened of a database."""

    people: dict[tuple[str, str], tuple[int, Participation]] = field(default_factory=dict)
    hours: dict[tuple[str, str, Month], tuple[Of, Hours]] = field(default_factory=dict)
    quarters: dict[tuple[str, str, Month], tuple[OfQuarter, Counted]] = field(default_factory=dict)
    sums: dict[tuple[str, Month], tuple[OfAll, Counted]] = field(default_factory=dict)


_OF_DATABASE: WeakKeyDictionary[Engine, _Remembered] = WeakKeyDictionary()
MOST_PEOPLE = 20_000
"""Participants that are remembered."""
MOST_MONTHS = 200_000
"""Participants' months that are remembered, and quarters."""
MOST_QUARTERS = 100
"""Quarters that are remembered whole."""


def everybody(session: Session, tenant: str) -> dict[str, Participation]:
    """Each participant by the case. Raises RowError where a row cannot be opened."""
    return {case: person for case, (_, person) in _everybody(session, tenant).items()}


def quarter_counts(office: PlanningOffice, session: Session, tenant: str, first: Month) -> Quarter:
    """The counts of a quarter, up to today where it is not over. Raises as above."""
    today, months = today_of(office, tenant), [first, first.plus(1), first.plus(2)]
    last, people = min(months[-1].last, today.day), _everybody(session, tenant)
    counted = _sum(office, session, tenant, people, months, last)
    decided = [one for month in months for one in helped_in(session, tenant, month, office.clock())]
    groups = all_offered(office, session, tenant, first.first).values()
    return of_counts([counted], first, decided, hours_offered(groups, first.first, last, today.calendar))


def _sum(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    people: Mapping[str, tuple[int, Participation]],
    months: Sequence[Month],
    last: date,
) -> Counted:
    """What all are together in the months of a quarter."""
    known = _remembered(session).sums
    changed = {month: _changed(session, tenant, month) for month in months}
    of = last, {case: version for case, (version, _) in people.items()}, list(changed.values())
    there = known.get((tenant, months[0]))
    if there is not None and there[0] == of:
        return there[1]
    found = together(_counts(office, session, tenant, people, changed, last))
    _make_room(known, 1, MOST_QUARTERS)
    known[tenant, months[0]] = of, found
    return found


def _counts(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    people: Mapping[str, tuple[int, Participation]],
    changed: Mapping[Month, Changed],
    last: date,
) -> list[Counted]:
    """What everybody is in the months of a quarter; only those are counted of whom anything changed."""
    known, months = _remembered(session).quarters, list(changed)
    first = months[0]
    of = {
        case: (last, version, [each.get(case) for each in changed.values()])
        for case, (version, _) in people.items()
    }
    found = {
        case: one[1]
        for case in people
        if (one := known.get((tenant, case, first))) is not None and one[0] == of[case]
    }
    new = {case: people[case] for case in people if case not in found}
    hours = _hours(office, session, tenant, new, changed)
    _make_room(known, len(new), MOST_MONTHS)
    for case, (_, person) in new.items():
        by_month = [(each, hours.get((case, each), ())) for each in months]
        found[case] = _counted(person, by_month, first.first, last)
        known[tenant, case, first] = of[case], found[case]
    return list(found.values())


def _counted(
    person: Participation, months: Sequence[tuple[Month, Hours]], first: date, last: date
) -> Counted:
    found = [each for month, hours in months for each in hours if each[0] <= (last - month.first).days + 1]
    return Counted(
        int(assigned_in(person, first, last)),
        int(declined_in(person, first, last)),
        sum(each[1] for each in found),
        sum(each[2] for each in found),
        sum(each[3] for each in found),
    )


def _everybody(session: Session, tenant: str) -> dict[str, tuple[int, Participation]]:
    known = _remembered(session).people
    row = ParticipantRow
    query = select(col(row.case_id), col(row.version)).where(col(row.tenant) == tenant)
    rows = session.connection().execute(query.order_by(col(row.case_id)))
    there = {case: int(version) for case, version in rows.all()}
    found = {case: one for case in there if (one := known.get((tenant, case))) and one[0] == there[case]}
    new = [case for case in there if case not in found]
    _make_room(known, len(new), MOST_PEOPLE)
    for cases in _batches(new):
        documents = select(col(row.case_id), col(row.document)).where(
            col(row.tenant) == tenant, col(row.case_id).in_(cases)
        )
        for case, document in session.connection().execute(documents):
            found[case] = known[tenant, case] = (there[case], Participation.model_validate_json(document))
    return {case: found[case] for case in there}


def _hours(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    people: Mapping[str, tuple[int, Participation]],
    changed_in: Mapping[Month, Changed],
) -> dict[tuple[str, Month], Hours]:
    """The hours of everybody who has some in the months, of which is known when marks were changed."""
    known, calendar = _remembered(session).hours, today_of(office, tenant).calendar
    found: dict[tuple[str, Month], Hours] = {}
    for month, changed in changed_in.items():
        wanted = {
            case: (version, changed.get(case))
            for case, (version, person) in people.items()
            if assigned_in(person, month.first, month.last)
        }
        for case, of in wanted.items():
            if (one := known.get((tenant, case, month))) is not None and one[0] == of:
                found[case, month] = one[1]
        new = [case for case in wanted if (case, month) not in found]
        _make_room(known, len(new), MOST_MONTHS)
        marks = dict(_marks(session, tenant, month, [case for case in new if case in changed]))
        for case in new:
            found[case, month] = hours_by_day(people[case][1], marks.get(case, {}), month, calendar)
            known[tenant, case, month] = wanted[case], found[case, month]
    return found


def _changed(session: Session, tenant: str, month: Month) -> Changed:
    """When the marks of each participant's month last changed. Only compared, so the moment stays as it is
    kept: to make one of thousands takes longer than all else that a new day asks for."""
    row = AttendanceRow
    query = select(col(row.case_id), cast(col(row.changed_at), String)).where(
        col(row.tenant) == tenant, col(row.month) == str(month)
    )
    return {one[0]: one[1] for one in session.connection().execute(query).all()}


def _marks(session: Session, tenant: str, month: Month, cases: Sequence[str]) -> Iterator[tuple[str, Marks]]:
    row = AttendanceRow
    for some in _batches(cases):
        query = select(col(row.case_id), col(row.document)).where(
            col(row.tenant) == tenant, col(row.month) == str(month), col(row.case_id).in_(some)
        )
        for case, document in session.connection().execute(query):
            yield case, marks_in(document)


def _batches(cases: Sequence[str]) -> Iterator[Sequence[str]]:
    return (cases[at : at + _AT_ONCE] for at in range(0, len(cases), _AT_ONCE))


def _remembered(session: Session) -> _Remembered:
    return _OF_DATABASE.setdefault(session.connection().engine, _Remembered())


def _make_room(known: dict[Any, Any], new: int, most: int) -> None:
    """Forget the oldest of what is remembered where it would be too much."""
    for key in list(known)[: max(0, len(known) + new - most)]:
        known.pop(key, None)
