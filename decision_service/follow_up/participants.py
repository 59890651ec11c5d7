"""The participants of a municipality as the figures read them: whole, those who have left too.

What is sealed cannot be changed without the key, and the daily check of the log asks of every row whether it
is the newest; the figures do not ask once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlmodel import Session, col, select

from decision_service.planning.attendance import AttendanceOfMonth
from decision_service.planning.office import PlanningOffice
from decision_service.planning.participants import opened, opened_month
from decision_service.planning.participation import Participation
from decision_service.store.tables import AttendanceRow, ParticipantRow
from norms.month import Month


def everybody(office: PlanningOffice, session: Session, tenant: str) -> Iterator[tuple[str, Participation]]:
    """Each participant with the case. Raises RowError where a row is not what was sealed."""
    rows = session.exec(
        select(ParticipantRow).where(ParticipantRow.tenant == tenant).order_by(col(ParticipantRow.case_id))
    ).all()
    for row in rows:
        yield row.case_id, opened(row)


def attendance(
    office: PlanningOffice, session: Session, tenant: str, first: Month, last: Month
) -> Mapping[str, Mapping[str, AttendanceOfMonth]]:
    """What was marked from one month to another, by case and month. Raises as above."""
    row = AttendanceRow
    query = select(row).where(row.tenant == tenant, row.month >= str(first), row.month <= str(last))
    rows = session.exec(query).all()
    found: dict[str, dict[str, AttendanceOfMonth]] = {}
    for each in rows:
        found.setdefault(each.case_id, {})[each.month] = opened_month(each)
    return found
