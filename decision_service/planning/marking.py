"""Marking: by the one in charge, one occasion, a week or a whole group at once; a closed day; and the
participant's report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from sqlmodel import Session

import audit
from audit.canonical import Json
from decision_service.log import journal
from decision_service.planning.attendance import (
    AttendanceOfMonth,
    CheckIn,
    Marked,
    Marking,
    Marks,
    OneMark,
    occasions,
)
from decision_service.planning.offered import taking_part
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participants import attendance_of, locked, opened, write
from decision_service.planning.participation import ActivityAnswer, Participation
from decision_service.planning.steps.step import require_not_after_today, wrong
from decision_service.planning.words import words
from decision_service.store.hiding import for_everybody
from decision_service.store.refused import ConflictError
from decision_service.store.tables import ParticipantRow
from norms.fault import fault
from norms.month import Month

MARKED, CHECKED_IN = "marked", "checked_in"
NOTHING_SHOWN: Marks = MappingProxyType({})
NOBODY_SHOWN: Mapping[str, Marking] = MappingProxyType({})


class Sheet:
    """A participant's attendance while somebody marks it: read once, and written once with all that was
    marked. Raises NotFoundError."""

    def __init__(self, office: PlanningOffice, session: Session, tenant: str, case: str) -> None:
        self.row = locked(office, session, tenant, case)
        self._office, self._session = office, session
        self._person = opened(self.row)
        self._months: dict[str, AttendanceOfMonth] = {}
        self._marked: dict[str, list[OneMark]] = {}

    def put(self, given: OneMark, who: str, shown: Marking | None = None) -> None:
        """Mark an occasion. The same mark again changes nothing, and no mark is the same as none. ``shown``
        is the mark that whoever chose this one saw, None where nobody looked.

        Raises InputError for an activity that is not there, a day without an occasion and a day that has not
        come, and ConflictError where somebody has marked it otherwise since it was shown.
        """
        name = str(Month.of(given.day))
        if name not in self._months:
            self._months[name] = _month(self._office, self._session, self.row, given.day)
        _require_occasion(self._office, self.row, self._person, given.activity, given.day)
        if given.mark not in (Marking.CLOSED, Marking.UNMARKED):
            require_not_after_today(given.day, today_of(self._office, self.row.tenant))
        stored = self._months[name].marking(given.day, given.activity)
        if stored is given.mark:
            return
        if shown is not None and stored is not shown:
            now = words().marks[stored]
            raise ConflictError(fault("marked_meanwhile", day=str(given.day), found=now))
        made = Marked(**dict(given), by=who, at=self._office.clock())
        self._months[name] = self._months[name].with_mark(made)
        self._marked.setdefault(name, []).append(given)

    def save(self, who: str) -> None:
        """Write every month that was marked, with an entry of its marks."""
        for name, marks in self._marked.items():
            content: dict[str, Json] = {"marks": [each.model_dump(mode="json") for each in marks]}
            month, actor = self._months[name], journal.staff(who)
            write(self._office, self._session, self.row, month, actor, MARKED, content)
        self._marked.clear()


def mark(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    case: str,
    given: Iterable[OneMark],
    who: str,
    shown: Marks = NOTHING_SHOWN,
) -> None:
    """Mark some of a participant's occasions, all or none, where ``shown`` is how they were when they were
    chosen. Raises as ``Sheet``."""
    sheet = Sheet(office, session, tenant, case)
    for one in given:
        sheet.put(one, who, shown.get((one.day, one.activity)))
    sheet.save(who)


def mark_group(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    offered: str,
    day: date,
    marks: Mapping[str, Marking],
    who: str,
    shown: Mapping[str, Marking] = NOBODY_SHOWN,
) -> int:
    """Mark those of a group that are named, by participant, and give how many. All or nobody. ``shown`` is
    how each was marked when that was chosen.

    Raises NotFoundError, InputError for somebody who does not take part that day, and as ``Sheet``.
    """
    found = taking_part(office, session, tenant, offered, day)
    there = {each.row.case_id: each.occasion.activity.id for each in found}
    for participant, how in marks.items():
        if participant not in there:
            wrong("not_taking_part", "marks", found=participant, day=str(day))
        one = OneMark(activity=there[participant], day=day, mark=how)
        seen = {(day, one.activity): shown[participant]} if participant in shown else NOTHING_SHOWN
        mark(office, session, tenant, participant, [one], who, seen)
    return len(marks)


def close(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    offered: str,
    day: date,
    who: str,
    *,
    over_marks: bool = True,
) -> int:
    """The activity is not held on a day: an occasion less for everybody in it. Gives how many they were of
    those whom the session may know of. Raises ConflictError where one of them is marked that day, unless
    ``over_marks``. A mark of somebody else stays: nobody who calls the day off has seen it."""
    found = taking_part(office, session, tenant, offered, day)
    there = sum(each.occasion.mark is not Marking.UNMARKED for each in found)
    if there and not over_marks:
        raise ConflictError(fault("marks_there", day=str(day), count=there))
    with for_everybody(session):
        seen = {each.row.case_id for each in found}
        marks = {
            each.row.case_id: Marking.CLOSED
            for each in taking_part(office, session, tenant, offered, day)
            if each.row.case_id in seen or each.occasion.mark is Marking.UNMARKED
        }
        mark_group(office, session, tenant, offered, day, marks, who)
    return len(found)


def reopen(office: PlanningOffice, session: Session, tenant: str, offered: str, day: date, who: str) -> int:
    """An activity that was closed on a day is held after all: an occasion that nobody has marked, for each
    for whom it was closed. Gives how many they were of those whom the session may know of."""
    found = taking_part(office, session, tenant, offered, day, closed=True)
    with for_everybody(session):
        for each in taking_part(office, session, tenant, offered, day, closed=True):
            one = OneMark(activity=each.occasion.activity.id, day=day, mark=Marking.UNMARKED)
            mark(office, session, tenant, each.row.case_id, [one], who)
    return len(found)


def check_in(
    office: PlanningOffice, session: Session, tenant: str, case: str, activity: str, who: audit.Actor
) -> ParticipantRow:
    """The participant says they are there, today. A report: only the one in charge marks.

    Raises as ``Sheet``, and ConflictError where the occasion is marked already.
    """
    row = locked(office, session, tenant, case)
    day = today_of(office, tenant).day
    _require_occasion(office, row, opened(row), activity, day)
    month = _month(office, session, row, day)
    if month.marking(day, activity) is not Marking.UNMARKED:
        raise ConflictError(fault("already_marked"))
    made = CheckIn(day=day, activity=activity, at=office.clock())
    content = {"day": day.isoformat(), "activity": activity}
    write(office, session, row, month.with_check_in(made), who, CHECKED_IN, content)
    return row


def _month(office: PlanningOffice, session: Session, row: ParticipantRow, day: date) -> AttendanceOfMonth:
    """What is marked in the month of a day."""
    month = str(Month.of(day))
    known = attendance_of(office, session, row.tenant, row.case_id, day, day)
    return known.get(month) or AttendanceOfMonth(month=month)


def _require_occasion(
    office: PlanningOffice, row: ParticipantRow, person: Participation, activity: str, day: date
) -> None:
    """Raises InputError where the activity has no occasion on a day, closed or not."""
    if all(each.id != activity for each in person.activities):
        wrong("no_such_row", "activity", found=activity)
    there = occasions(person, day, day, today_of(office, row.tenant).calendar, {})
    if all(each.activity.id != activity for each in there):
        answers = {each.answer for each in person.activities if each.id == activity}
        code = "activity_not_answered" if ActivityAnswer.OFFERED in answers else "no_occasion"
        wrong(code, "day", day=str(day))
