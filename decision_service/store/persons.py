"""The case in the log of what is known of a person beside the applications."""

from __future__ import annotations

import uuid

from sqlmodel import Session, select

from decision_service.store.tables import ActivityRow, HistoryRow, ParticipantRow, ProposedHistoryRow

BESIDE: tuple[type[ActivityRow] | type[HistoryRow] | type[ParticipantRow] | type[ProposedHistoryRow], ...] = (
    ActivityRow,
    HistoryRow,
    ParticipantRow,
    ProposedHistoryRow,
)
"""The tables of what is known of a person beside the applications, one row or several of a person."""


def case_of_person(session: Session, tenant: str, person: str) -> str:
    """The case of a person. Where nothing is known, or no longer, it is a new one, and nothing of one that
    was deleted leads to the person."""
    for table in BESIDE:
        query = select(table.case_id).where(table.tenant == tenant, table.person == person)
        if (found := session.exec(query).first()) is not None:
            return found
    return f"person-{uuid.uuid4().hex}"
