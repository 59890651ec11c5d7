"""The plan sent to the participant as a letter: put in the outbox once for each version, and logged."""

from __future__ import annotations

import json

from sqlmodel import Session

from decision_service.log import journal, vouched
from decision_service.planning.letter import plan_letter
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participants import locked, shown
from decision_service.store.tables import MessageRow, ParticipantRow

KIND, SENT = "plan", "letter"


def send_plan(
    office: PlanningOffice, session: Session, tenant: str, case: str, who: str
) -> tuple[ParticipantRow, bool]:
    """Send the latest plan, and say whether it was sent now: the same version goes once.

    Raises NotFoundError, and ConflictError for one who has no plan.
    """
    row = locked(office, session, tenant, case)
    key = f"{case}.{KIND}.{row.version}"
    if session.get(MessageRow, (tenant, key)) is not None:
        return row, False
    now = office.clock()
    [person] = shown(session, tenant, [row])
    letter = plan_letter(person, office.municipality(tenant), today_of(office, tenant).day, case)
    session.add(
        MessageRow(
            key=key,
            tenant=tenant,
            application_id=case,
            kind=KIND,
            payload=json.dumps(letter.kept, ensure_ascii=False),
            created_at=now,
            next_attempt_at=now,
        )
    )
    entry = journal.planned(case, now, journal.staff(who), SENT, {"text": letter.text})
    vouched.append(office.log, session, tenant, [entry])
    return row, True
