"""What the planning here knows of the people of a case, in the form in which the rules read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from decision_service.application.case_file import AdultsActivity
from decision_service.application.kept import ActivityJson, activity_kept
from decision_service.log import vouched
from decision_service.planning.facts import ANYBODY, activity_of
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participants import attendance_of, opened
from decision_service.store.tables import AttendanceRow, ParticipantRow
from norms.month import Month


def planned_activity(
    office: PlanningOffice,
    session: Session,
    tenant: str,
    persons: Collection[str],
    month: Month,
    reported: Mapping[str, ActivityJson],
) -> dict[str, ActivityJson]:
    """Plan and sessions of each of some people who is a participant, by the keyed hash; ``month`` is the one
    that is decided on, ``reported`` what another system has said of somebody. Raises RowError where a row is
    not what the log vouches for."""
    asked = {"its_tenant": tenant, "persons": list(persons)}
    rows = session.exec(_PARTICIPANTS, params=asked).all() if persons else []
    vouched.require(office.keys, session, tenant, *rows)
    today, control = today_of(office, tenant), month.plus(-1)
    found = dict[str, ActivityJson]()
    for row in rows:
        last = max(today.day, control.last)
        attendance = attendance_of(office, session, tenant, row.case_id, control.plus(-1).first, last)
        before = reported.get(row.person)
        told = activity_of(
            opened(row),
            attendance,
            control,
            today.day,
            today.calendar,
            AdultsActivity.model_validate({**before, "person": ANYBODY}) if before is not None else None,
        )
        found[row.person] = activity_kept(told)
    return found


_PARTICIPANTS = select(ParticipantRow).where(
    col(ParticipantRow.tenant) == bindparam("its_tenant"),
    col(ParticipantRow.person).in_(bindparam("persons", expanding=True)),
)


def last_planned(session: Session, tenant: str, persons: Collection[str]) -> datetime | None:
    """When something was last written of one of some people as a participant."""
    people = (ParticipantRow.tenant == tenant, col(ParticipantRow.person).in_(list(persons)))
    cases = select(ParticipantRow.case_id).where(*people)
    found = [
        session.exec(select(func.max(ParticipantRow.changed_at)).where(*people)).one(),
        session.exec(
            select(func.max(AttendanceRow.changed_at)).where(
                AttendanceRow.tenant == tenant, col(AttendanceRow.case_id).in_(cases)
            )
        ).one(),
    ]
    return max((each for each in found if each is not None), default=None)
