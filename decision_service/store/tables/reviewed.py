"""Decisions that are looked at together: a random sample, and what a change of law would do to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field

from decision_service.store.sealed import sealed
from decision_service.store.tables.columns import moment, within
from decision_service.store.tables.row import StoredRow


class SampledRow(StoredRow, table=True):
    """A decision that was drawn into a random sample, and what a reviewer has found of it.

    ``number`` is its place in the sample, ``grouped`` the group it was drawn from, ``terms`` how the sample
    was drawn, JSON of ``Terms``. ``finding`` is None until somebody has reviewed it, ``about`` the rule or
    question that is wrong, ``signed`` name and title of who found it.
    """

    __tablename__ = "sampled"

    tenant: str = Field(primary_key=True)
    sample: str = Field(primary_key=True)
    decision: str = Field(primary_key=True)
    application_id: str
    number: int
    grouped: str
    terms: str = Field(sa_column=Column(Text, nullable=False))
    drawn_at: datetime = Field(sa_column=moment())
    drawn_by: str
    finding: str | None = None
    about: str | None = None
    text: str | None = Field(default=None, sa_column=sealed(nullable=True))
    found_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    found_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (
        within("application_id", "application"),
        Index("sampled_drawn", "tenant", "drawn_at"),
        Index("sampled_application", "tenant", "application_id"),
    )


class ImpactRow(StoredRow, table=True):
    """A run of the recorded cases of some months under another release: who wants to know, and how it goes.

    ``months`` are those of the applications, with a space between. ``total`` is how many cases there were at
    the start. ``holder`` is who works on it, until ``next_run_at``; one that ends has neither. ``state`` is
    ``running``, ``done`` or ``stopped``. ``settled_at`` is when what is owed was put before people.
    """

    __tablename__ = "impact"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    release: str
    months: str = Field(sa_column=Column(Text, nullable=False))
    asked_at: datetime = Field(sa_column=moment())
    asked_by: str
    total: int
    state: str = "running"
    holder: str | None = None
    next_run_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    settled_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))

    __table_args__ = (
        Index("impact_asked", "tenant", "asked_at"),
        Index("impact_due", "next_run_at", sqlite_where=text("next_run_at IS NOT NULL")),
    )


class ImpactCaseRow(StoredRow, table=True):
    """What came of a case in such a run: JSON of ``Again``; empty where it could not be assessed again, and
    ``missing`` says why. ``moved``: anything is another."""

    __tablename__ = "impact_case"

    tenant: str = Field(primary_key=True)
    impact: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    moved: bool
    missing: str = ""
    found: str = Field(sa_column=sealed(row="impact"))

    __table_args__ = (
        within("impact", "impact"),
        within("application_id", "application"),
        Index("impact_case_application", "tenant", "application_id"),
    )
