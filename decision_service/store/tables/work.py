"""Who works with the cases, and what they have to do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from decision_service.store.sealed import sealed
from decision_service.store.tables.columns import moment, within
from decision_service.store.tables.row import StoredRow


class StaffRow(StoredRow, table=True):
    """Name and title of somebody who works with cases, as a token said last: decisions are signed so, and
    ``stamp`` is the installation's own on what is said."""

    __tablename__ = "staff"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    title: str
    changed_at: datetime = Field(sa_column=moment())
    stamp: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class TaskRow(StoredRow, table=True):
    """What a person must do: the questions of the machine, who has taken it, and what waits for a second.

    By ``reason`` (the code of the first question), ``proposed`` (the outcome) and ``household`` (``ENSAM`` or
    ``PAR``, with ``_BARN`` where there are children) the queue is sorted; ``asked`` are the codes of all its
    questions.
    """

    __tablename__ = "task"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    opened_at: datetime = Field(sa_column=moment())
    reasons: str = Field(sa_column=sealed())
    reason: str = ""
    asked: str = Field(default="", sa_column=Column(Text, nullable=False))
    proposed: str = ""
    household: str = ""
    claimed_by: str | None = None
    proposal: str | None = Field(default=None, sa_column=sealed(nullable=True))
    proposed_by: str | None = None

    __table_args__ = (within("application_id", "application"),)


class NoteRow(StoredRow, table=True):
    """A note that a handläggare has written in a case. ``by`` is the staff id, ``name`` name and title."""

    __tablename__ = "note"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    application_id: str
    at: datetime = Field(sa_column=moment())
    by: str
    name: str = Field(sa_column=sealed())
    text: str = Field(sa_column=sealed())

    __table_args__ = (
        within("application_id", "application"),
        Index("note_application", "tenant", "application_id"),
    )
