"""An application, what the machine finds of it, and what is decided."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from decision_service.store.sealed import sealed
from decision_service.store.tables.columns import by_words, moment, within
from decision_service.store.tables.row import StoredRow


class ApplicationState(StrEnum):
    """Where an application stands. The last three are final: decided, taken back and written off, or written
    off for another reason."""

    RECEIVED = "mottagen"
    EXAMINED = "under_provning"
    WAITING = "vantar_pa_komplettering"
    STATEMENT = "vantar_pa_yttrande"
    REGISTERS = "vantar_pa_registren"
    HANDLAGGARE = "hos_handlaggare"
    DECIDED = "beslutad"
    WITHDRAWN = "aterkallad"
    CLOSED = "avskriven"


FOR_THE_MACHINE = (ApplicationState.RECEIVED, ApplicationState.EXAMINED, ApplicationState.REGISTERS)
WITH_THE_APPLICANT = (ApplicationState.WAITING, ApplicationState.STATEMENT)
OPEN = (*FOR_THE_MACHINE, *WITH_THE_APPLICANT, ApplicationState.HANDLAGGARE)
WRITTEN_OFF = (ApplicationState.WITHDRAWN, ApplicationState.CLOSED)


class ApplicationRow(StoredRow, table=True):
    """An application and the clock that runs on it.

    ``case_number`` is what people call it by, ``id`` what programs do.
    ``content`` is the canonical application as JSON, ``content_at`` when it last changed, ``assessments`` how
    often the machine has evaluated it. ``deadline_at`` is the machine's 24 hours, ``person_due_at`` that of a
    person; ``escalation`` counts how far up it has been told. ``next_run_at`` is when the sweep next hands it
    on, ``attempts`` how often a worker has begun since it was last changed. ``waits_until`` is the day that
    the applicant has been told, where the machine waits for the registers to know the month: both clocks
    start with that day.
    """

    __tablename__ = "application"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    case_number: str
    month: str
    state: str
    version: int = 1
    received_at: datetime = Field(sa_column=moment())
    deadline_at: datetime = Field(sa_column=moment())
    person_due_at: datetime = Field(sa_column=moment())
    escalate_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    escalation: int = 0
    breached_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    next_run_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    attempts: int = 0
    waits_until: date | None = None
    assessments: int = 0
    adapter: str
    client: str
    protected: bool = False
    content_at: datetime = Field(sa_column=moment())
    content: str = Field(sa_column=sealed(case="id"))

    __table_args__ = (
        Index("application_queue", "tenant", "state", "received_at", "id"),
        Index("application_case_number", "tenant", "case_number", unique=True),
        Index("application_due", "next_run_at", sqlite_where=text("next_run_at IS NOT NULL")),
        Index("application_escalate", "escalate_at"),
        Index(
            "application_protected",
            "tenant",
            "id",
            sqlite_where=text("protected = 1"),
            postgresql_where=text("protected"),
        ),
    )


class CaseCountRow(StoredRow, table=True):
    """How many case numbers a municipality has given in a year."""

    __tablename__ = "case_count"

    tenant: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class PartyRow(StoredRow, table=True):
    """A person of an application: a keyed hash of the personal number, by which a person is known again.

    Whoever has no personal number has no row: a name and a day of birth do not say who somebody is.
    ``adult``: applies, alone or together; else is a child of the household. ``dead``: somebody has said that
    the person has died; the day stands in the application.
    """

    __tablename__ = "party"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    adult: bool
    dead: bool = False

    __table_args__ = (
        within("application_id", "application"),
        Index("party_person", "tenant", "person", "application_id"),
        Index(
            "party_dead",
            "tenant",
            "person",
            sqlite_where=text("dead = 1"),
            postgresql_where=text("dead"),
        ),
    )


class AssessmentRow(StoredRow, table=True):
    """One look of the machine at a case: the assessment document (``provning/2``) and the case file it rests
    on. ``month``, and the rules that ``fired`` and what was ``asked``, are the document's, to be found by."""

    __tablename__ = "assessment"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    made_at: datetime = Field(sa_column=moment())
    release: str
    outcome: str
    automatic: bool
    month: str = Field(default="", sa_column=Column(Text, nullable=False))
    fired: str = Field(default="", sa_column=Column(Text, nullable=False))
    asked: str = Field(default="", sa_column=Column(Text, nullable=False))
    document: str = Field(sa_column=sealed())
    case_file: str = Field(sa_column=sealed())

    __table_args__ = (
        within("application_id", "application"),
        Index("assessment_found", "tenant", "made_at", "application_id", "number"),
        *by_words("assessment"),
    )


class DecisionRow(StoredRow, table=True):
    """The decision on an application. One to an application: the key makes a second impossible.

    ``decided_by`` is ``lagrum`` or a staff id, ``approved_by`` that of the second where two do; ``signed``
    and ``second`` name them. ``granted`` is öre. ``assessment`` is the number of the
    assessment it rests on, 0 for none, where calculation and case file stand. ``entry`` is the decision's
    number in the municipality's log; the letter proves it. ``followed``: a person decided as was proposed,
    None where nothing was, or where the decision is older than that is counted. ``changes`` are the lines
    that a person changed, ``told`` how the applicant has been told of what speaks against them, JSON of
    ``Communication``, ``remembered`` what later months need to know.
    """

    __tablename__ = "decision"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    id: str
    month: str
    outcome: str
    granted: int = Field(sa_column=sealed(int))
    automatic: bool
    decided_at: datetime = Field(sa_column=moment())
    decided_by: str
    approved_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))
    second: str | None = Field(default=None, sa_column=sealed(nullable=True))
    assessment: int
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))
    entry: int = -1
    changes: str = Field(default="[]", sa_column=sealed())
    told: str | None = Field(default=None, sa_column=sealed(nullable=True))
    fired: str = Field(default="", sa_column=Column(Text, nullable=False))
    asked: str = Field(default="", sa_column=Column(Text, nullable=False))
    followed: bool | None = None
    remembered: str = Field(sa_column=sealed())
    letter: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (
        within("application_id", "application"),
        UniqueConstraint("tenant", "id"),
        Index("decision_found", "tenant", "decided_at", "application_id"),
        Index("decision_month", "tenant", "month", "decided_at"),
        Index("decision_by", "tenant", "decided_by", "decided_at"),
        Index("decision_outcome", "tenant", "outcome", "decided_at"),
        *by_words("decision"),
    )
