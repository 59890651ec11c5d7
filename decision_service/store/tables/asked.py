"""What is asked of somebody in a case, and what was answered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from decision_service.store.sealed import sealed
from decision_service.store.tables.columns import moment, within
from decision_service.store.tables.row import StoredRow


class CompletionRow(StoredRow, table=True):
    """A request to the applicant for what is missing. ``asked`` is JSON: reasons, each with its question.

    ``shown`` is set where nothing is missing, but the applicant is told of payments before a decision and may
    answer: JSON of ``ShownPayment``, with the answer when there is one.
    """

    __tablename__ = "completion"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    asked: str = Field(sa_column=sealed())
    shown: str | None = Field(default=None, sa_column=sealed(nullable=True))
    asked_at: datetime = Field(sa_column=moment())
    due_at: datetime = Field(sa_column=moment())
    remind_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    answered: bool = False

    __table_args__ = (within("application_id", "application"),)


class QuestionState(StrEnum):
    """Where a question to a person stands: to be answered, answered or accepted, or gone with its cause."""

    OPEN = "öppen"
    ANSWERED = "besvarad"
    GONE = "borta"


class QuestionRow(StoredRow, table=True):
    """A question to a person from when it is raised until its cause is gone; raised again it is another row.

    ``number`` is its place in the case, ``question`` its id, the same each time, and ``asked`` how it was put
    last, JSON of ``Reason``. ``assessment`` is the number of the last assessment that raised it.
    """

    __tablename__ = "question"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    question: str
    code: str
    asked: str = Field(sa_column=sealed())
    assessment: int
    state: str
    opened_at: datetime = Field(sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))

    __table_args__ = (within("application_id", "application"),)


class AnswerRow(StoredRow, table=True):
    """What a person answered to a question of an assessment. Nothing is written over: an answer that is taken
    back or replaced has ``withdrawn_at``.

    ``question`` is the question's id and ``asked`` the question as it was put, JSON of ``Reason``. ``person``
    is the keyed hash of whom it concerns, or of the applicant where it is about the household or a row of the
    application; None where nobody has a personal number. ``fact`` is the word of the vocabulary that the
    answer gives a value, ``value`` that value as JSON, as people write it. ``by`` is a staff id, empty for
    the applicant, ``name`` what people call whoever answered. ``until`` is the last day on which a later
    month may begin in which the answer stands too.
    """

    __tablename__ = "answer"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    application_id: str
    person: str | None = None
    question: str
    code: str
    fact: str | None = None
    subject: str | None = Field(default=None, sa_column=sealed(nullable=True))
    asked: str = Field(sa_column=sealed())
    value: str = Field(sa_column=sealed())
    by: str
    name: str = Field(sa_column=sealed())
    role: str
    at: datetime = Field(sa_column=moment())
    reason: str = Field(sa_column=sealed())
    until: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))

    __table_args__ = (
        within("application_id", "application"),
        Index("answer_application", "tenant", "application_id"),
        Index("answer_person", "tenant", "person"),
    )


class DocumentRow(StoredRow, table=True):
    """A document that the applicant has sent. ``sealed`` is its content under the case's key, ``question``
    the id of the question it answers, empty for none, ``sha256`` in hex and ``size`` in bytes of the content.
    """

    __tablename__ = "document"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    application_id: str
    question: str
    name: str = Field(sa_column=sealed())
    kind: str
    size: int
    sha256: str = Field(sa_column=sealed())
    received_at: datetime = Field(sa_column=moment())
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))

    __table_args__ = (
        within("application_id", "application"),
        Index("document_application", "tenant", "application_id"),
    )
