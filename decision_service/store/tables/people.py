"""What is known of people beside their applications: plan, attendance, months decided elsewhere."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from decision_service.store.sealed import sealed
from decision_service.store.tables.columns import moment
from decision_service.store.tables.row import StoredRow


class ActivityRow(StoredRow, table=True):
    """A person's plan and attendance for motprestation, as the labour-market unit reports them.

    ``person`` is the same keyed hash as an application's applicant; ``document`` JSON of ``AdultsActivity``
    without the person. ``case_id`` is the case in the log of what is known of the person beside the
    applications, ``born_day`` the day of the month on which the person was born: some are never deleted.
    ``client`` is the program that has reported it: no other may read or change it. Empty: any may, once.
    """

    __tablename__ = "activity"

    tenant: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    case_id: str
    born_day: int | None = None
    version: int = 1
    changed_at: datetime = Field(sa_column=moment())
    changed_by: str
    client: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    document: str = Field(sa_column=sealed(case="case_id"))

    __table_args__ = (Index("activity_case", "tenant", "case_id"),)


class HistoryRow(StoredRow, table=True):
    """A month decided elsewhere, before the municipality began here: JSON of ``MonthDecided``, where a person
    is named by the personal number. ``complete``: there were no decided months before those imported.
    ``case_id`` and ``born_day`` as for an activity."""

    __tablename__ = "history"

    tenant: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    case_id: str
    born_day: int | None = None
    imported_at: datetime = Field(sa_column=moment())
    imported_by: str
    complete: bool = False
    document: str = Field(sa_column=sealed(case="case_id"))

    __table_args__ = (Index("history_case", "tenant", "case_id"),)


class ProposedHistoryRow(StoredRow, table=True):
    """Months decided elsewhere that somebody has put forward and nobody else has said yes to yet: JSON of
    ``Months``. ``person``, ``case_id`` and ``born_day`` as for an activity."""

    __tablename__ = "proposed_history"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person: str
    case_id: str
    born_day: int | None = None
    proposed_at: datetime = Field(sa_column=moment())
    proposed_by: str
    document: str = Field(sa_column=sealed(case="case_id"))

    __table_args__ = (
        Index("proposed_history_person", "tenant", "person"),
        Index("proposed_history_case", "tenant", "case_id"),
    )


class ParticipantRow(StoredRow, table=True):
    """A participant of the planning. ``person`` and ``case_id`` are as for an activity; ``case_id`` is also
    what the participant is called by. ``document`` is JSON of ``Participation``. ``responsible`` is a staff
    id, ``due`` the first day on which something is to be done, None for one who has left.
    """

    __tablename__ = "participant"

    tenant: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    case_id: str
    born_day: int | None = None
    version: int = 1
    changed_at: datetime = Field(sa_column=moment())
    changed_by: str
    responsible: str
    due: date | None = None
    document: str = Field(sa_column=sealed(case="case_id"))

    __table_args__ = (
        UniqueConstraint("tenant", "case_id"),
        Index("participant_due", "tenant", "due", "case_id"),
    )


class AttendanceRow(StoredRow, table=True):
    """What was marked and reported of a participant's month: JSON of ``AttendanceOfMonth``."""

    __tablename__ = "attendance"

    tenant: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    changed_at: datetime = Field(sa_column=moment())
    document: str = Field(sa_column=sealed(case="case_id"))


class ProtectionRow(StoredRow, table=True):
    """That somebody was said to be protected, and why: JSON of ``planning.grounds.Ground``.

    ``person`` is the same keyed hash as an application's applicant; the application itself for somebody in it
    who has no personal number. ``case_id`` is the case in which it was said: an application or a participant.
    ``standing`` until two people have ended it.
    """

    __tablename__ = "protection"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person: str
    case_id: str
    standing: bool = True
    document: str = Field(sa_column=sealed(case="case_id"))

    __table_args__ = (
        Index("protection_person", "tenant", "person"),
        Index("protection_case", "tenant", "case_id"),
    )


class NamedRow(StoredRow, table=True):
    """Somebody whom a person's months from an earlier system name, and the person too where they name
    others. ``case_id`` is the case of the months."""

    __tablename__ = "named"

    tenant: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    person: str = Field(primary_key=True)

    __table_args__ = (Index("named_person", "tenant", "person", "case_id"),)


class OfferedActivityRow(StoredRow, table=True):
    """An activity that a municipality offers a group: JSON of ``OfferedActivity``. Says nothing of anybody
    who takes part: what counts for a participant stands in the participation."""

    __tablename__ = "offered_activity"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    last: date | None = None
    document: str = Field(sa_column=Column(Text, nullable=False))
