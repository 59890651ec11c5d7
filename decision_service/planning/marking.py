"""Marking: by the one in charge, one or a whole group at once; a closed day; and the participant's report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlmodel import Session

import audit
from decision_service.log import journal
from decision_service.planning.attendance import (
    AttendanceOfMonth,
    CheckIn,
    Marked,
    Marking,
    OneMark,
    occasions,
)
from decision_service.planning.offered import taking_part
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participants import attendance_of, locked, opened, write
from decision_service.planning.participation import Participation
from decision_service.planning.steps.step import require_not_after_today, wrong
from decision_service.store.refused import ConflictError
from decision_service.store.tables import ParticipantRow
from norms.fault import fault
from norms.month import Month

MARKED, CHECKED_IN = "marked", "checked_in"


def mark(
    office: PlanningOffice, session: Session, tenant: str, case: str, given: OneMark, who: str
) -> ParticipantRow:
    """Mark one participant's occasion. The same mark again changes nothing.

    Raises NotFoundError, and InputError for an activity that is not there, a day without an occasion and a
    day that has not come.
    """
    row = locked(office, session, tenant, case)
    person = opened(row)
    month = _month(office, session, row, person, given.activity, given.day)
    if given.mark is not Marking.CLOSED:
        require_not_after_today(given.day, today_of(office, tenant))
    if month.by_occasion.get((given.day, given.activity)) is given.mark:
        return row
    made = Marked(**dict(given), by=who, at=office.clock())
    content = given.model_dump(mode="json")
    write(office, session, row, month.with_mark(made), journal.staff(who), MARKED, content)
    return row


def mark_group(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    offered: str,
    day: date,
    marks: Mapping[str, Marking],
    who: str,
) -> int:
    """Mark those of a group that are named, by participant, and give how many. All or nobody.

    Raises NotFoundError, and InputError for somebody who does not take part that day.
    """
    found = taking_part(office, session, tenant, offered, day)
    there = {each.row.case_id: each.occasion.activity.id for each in found}
    for participant, how in marks.items():
        if participant not in there:
            wrong("not_taking_part", "marks", found=participant, day=str(day))
        one = OneMark(activity=there[participant], day=day, mark=how)
        mark(office, session, tenant, participant, one, who)
    return len(marks)


def close(office: PlanningOffice, session: Session, tenant: str, offered: str, day: date, who: str) -> int:
    """The activity is not held on a day: an occasion less for everybody in it. Gives how many they were."""
    found = taking_part(office, session, tenant, offered, day)
    marks = dict.fromkeys((each.row.case_id for each in found), Marking.CLOSED)
    return mark_group(office, session, tenant, offered, day, marks, who)


def check_in(
    office: PlanningOffice, session: Session, tenant: str, case: str, activity: str, who: audit.Actor
) -> ParticipantRow:
    """The participant says they are there, today. A report: only the one in charge marks.

    Raises as ``mark``, and ConflictError where the occasion is marked already.
    """
    row = locked(office, session, tenant, case)
    person, day = opened(row), today_of(office, tenant).day
    month = _month(office, session, row, person, activity, day)
    if (day, activity) in month.by_occasion:
        raise ConflictError(fault("already_marked"))
    made = CheckIn(day=day, activity=activity, at=office.clock())
    content = {"day": day.isoformat(), "activity": activity}
    write(office, session, row, month.with_check_in(made), who, CHECKED_IN, content)
    return row


def _month(
    office: PlanningOffice,
    session: Session,
    row: ParticipantRow,
    person: Participation,
    activity: str,
    day: date,
) -> AttendanceOfMonth:
    """The month of an occasion that is there, closed or not. Raises InputError where there is none."""
    if all(each.id != activity for each in person.activities):
        wrong("no_such_row", "activity", found=activity)
    there = occasions(person, day, day, today_of(office, row.tenant).calendar, {})
    if all(each.activity.id != activity for each in there):
        wrong("no_occasion", "day", day=str(day))
    month = str(Month.of(day))
    known = attendance_of(office, session, row.tenant, row.case_id, day, day)
    return known.get(month) or AttendanceOfMonth(month=month)
