"""The tables. Every row that belongs to a municipality carries its code, and every query asks for it.

An application's row is the promise itself: when it came, when it must be answered, when it is next looked
at. Nothing of that rests with a queue. ``version`` grows with every change; whoever writes says which
version was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from decision_service.store.moment import Moment
from decision_service.store.sealed import sealed


class State(StrEnum):
    """Where an application stands. The last two are final."""

    RECEIVED = "mottagen"
    EXAMINED = "under_provning"
    WAITING = "vantar_pa_komplettering"
    STATEMENT = "vantar_pa_yttrande"
    REGISTERS = "vantar_pa_registren"
    HANDLAGGARE = "hos_handlaggare"
    DECIDED = "beslutad"
    WITHDRAWN = "aterkallad"


FOR_THE_MACHINE = (State.RECEIVED, State.EXAMINED, State.REGISTERS)
WITH_THE_APPLICANT = (State.WAITING, State.STATEMENT)
OPEN = (*FOR_THE_MACHINE, *WITH_THE_APPLICANT, State.HANDLAGGARE)


def _moment(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    return Column(Moment(), nullable=nullable, index=index)


def _by_words(table: str) -> Iterator[Index]:
    """PostgreSQL's indexes on the words of a row."""
    for name in ("fired", "asked"):
        words = text(f"string_to_array({name}, ' ')")
        yield Index(f"{table}_{name}", words, postgresql_using="gin").ddl_if(dialect="postgresql")


class ApplicationRow(SQLModel, table=True):
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

    id: str = Field(primary_key=True)
    tenant: str
    case_number: str
    month: str
    state: str
    version: int = 1
    received_at: datetime = Field(sa_column=_moment())
    deadline_at: datetime = Field(sa_column=_moment())
    person_due_at: datetime = Field(sa_column=_moment())
    escalate_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    escalation: int = 0
    breached_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    next_run_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    attempts: int = 0
    waits_until: date | None = None
    assessments: int = 0
    adapter: str
    client: str
    protected: bool = False
    content_at: datetime = Field(sa_column=_moment())
    content: str = Field(sa_column=sealed(case="id"))

    __table_args__ = (
        Index("application_queue", "tenant", "state", "received_at", "id"),
        Index("application_case_number", "tenant", "case_number", unique=True),
        Index("application_due", "next_run_at", sqlite_where=text("next_run_at IS NOT NULL")),
        Index("application_escalate", "escalate_at"),
    )


class CaseCountRow(SQLModel, table=True):
    """How many case numbers a municipality has given in a year."""

    __tablename__ = "case_count"

    tenant: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class PartyRow(SQLModel, table=True):
    """A person of an application: a keyed hash of the personal number, by which a person is known again.

    Whoever has no personal number has no row: a name and a day of birth do not say who somebody is.
    ``adult``: applies, alone or together; else is a child of the household.
    """

    __tablename__ = "party"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    person: str = Field(primary_key=True)
    tenant: str
    adult: bool

    __table_args__ = (Index("party_person", "tenant", "person"),)


class AssessmentRow(SQLModel, table=True):
    """One look of the machine at a case: the assessment document (``provning/2``) and the case file it rests
    on. ``month``, and the rules that ``fired`` and what was ``asked``, are the document's, to be found by."""

    __tablename__ = "assessment"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    number: int = Field(primary_key=True)
    tenant: str
    made_at: datetime = Field(sa_column=_moment())
    release: str
    outcome: str
    automatic: bool
    month: str = Field(default="", sa_column=Column(Text, nullable=False))
    fired: str = Field(default="", sa_column=Column(Text, nullable=False))
    asked: str = Field(default="", sa_column=Column(Text, nullable=False))
    document: str = Field(sa_column=sealed())
    case_file: str = Field(sa_column=sealed())

    __table_args__ = (
        Index("assessment_found", "tenant", "made_at", "application_id", "number"),
        *_by_words("assessment"),
    )


class DecisionRow(SQLModel, table=True):
    """The decision on an application. One to an application: the key makes a second impossible.

    ``decided_by`` is ``lagrum`` or a staff id, ``approved_by`` that of the second where two do; ``signed``
    and ``second`` name them. ``granted`` is öre. ``assessment`` is the number of the
    assessment it rests on, 0 for none, where calculation and case file stand. ``entry`` is the decision's
    number in the municipality's log; the letter proves it. ``followed``: a person decided as was proposed,
    None where nothing was, or where the decision is older than that is counted. ``changes`` are the lines
    that a person changed, ``told`` how the applicant has been told of what speaks against them, JSON of
    ``Told``, ``remembered`` what later months need to know.
    """

    __tablename__ = "decision"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    id: str = Field(unique=True)
    tenant: str
    month: str
    outcome: str
    granted: int = Field(sa_column=sealed(int))
    automatic: bool
    decided_at: datetime = Field(sa_column=_moment())
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
        Index("decision_found", "tenant", "decided_at", "application_id"),
        Index("decision_month", "tenant", "month", "decided_at"),
        Index("decision_by", "tenant", "decided_by", "decided_at"),
        Index("decision_outcome", "tenant", "outcome", "decided_at"),
        *_by_words("decision"),
    )


class CorrectionRow(SQLModel, table=True):
    """A decision that takes the place of an earlier one on the same application, which stays as it is.

    ``number`` is its place in the chain, from 2, ``corrects`` the id of the one before, ``kind`` why it may
    be changed, ``court`` whose decision is carried out. ``difference`` is öre: what is paid more, below zero
    what was paid too much. The rest is as in a decision; the calculation is that of the one before with
    ``changes``.
    """

    __tablename__ = "correction"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    number: int = Field(primary_key=True)
    id: str = Field(unique=True)
    corrects: str
    kind: str
    court: str | None = Field(default=None, sa_column=sealed(nullable=True))
    tenant: str
    month: str
    outcome: str
    granted: int = Field(sa_column=sealed(int))
    difference: int = Field(sa_column=sealed(int))
    automatic: bool = False
    decided_at: datetime = Field(sa_column=_moment())
    decided_by: str
    approved_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))
    second: str | None = Field(default=None, sa_column=sealed(nullable=True))
    assessment: int
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))
    entry: int = -1
    changes: str = Field(default="[]", sa_column=sealed())
    told: str | None = Field(default=None, sa_column=sealed(nullable=True))
    remembered: str = Field(sa_column=sealed())
    letter: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (Index("correction_found", "tenant", "decided_at", "application_id", "number"),)


class ProposedCorrectionRow(SQLModel, table=True):
    """A correction that one person has put forward and a second must approve.

    ``decision`` is the id of the decision that it would take the place of, ``verdict`` what is decided, as
    JSON. ``state`` is ``waiting``, ``approved``, ``refused`` (``answer`` says why) or ``replaced``.
    """

    __tablename__ = "proposed_correction"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    number: int = Field(primary_key=True)
    tenant: str
    decision: str
    kind: str
    court: str | None = Field(default=None, sa_column=sealed(nullable=True))
    verdict: str = Field(sa_column=sealed())
    proposed_at: datetime = Field(sa_column=_moment())
    proposed_by: str
    signed: str = Field(sa_column=sealed())
    state: str = "waiting"
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    ended_by: str | None = None
    answer: str | None = Field(default=None, sa_column=sealed(nullable=True))


class ClaimRow(SQLModel, table=True):
    """What was paid too much by the decision that a correction changed, in öre, and what a person has decided
    about it: ``state`` is ``open``, ``claimed`` or ``waived``. ``number`` is that of the correction."""

    __tablename__ = "claim"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    number: int = Field(primary_key=True)
    tenant: str
    amount: int = Field(sa_column=sealed(int))
    opened_at: datetime = Field(sa_column=_moment())
    state: str = "open"
    decided_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    decided_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))


class AppealRow(SQLModel, table=True):
    """An appeal against a decision: when it came, by when it had to, and what has been done with it.

    ``state`` is ``received``, ``forwarded`` or ``dismissed``.
    """

    __tablename__ = "appeal"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    number: int = Field(primary_key=True)
    tenant: str
    decision: str
    received: date
    told: date
    due: date
    text: str = Field(sa_column=sealed())
    state: str = "received"
    noted_at: datetime = Field(sa_column=_moment())
    noted_by: str
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    ended_by: str | None = None
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))


class SampledRow(SQLModel, table=True):
    """A decision that was drawn into a random sample, and what a reviewer has found of it.

    ``number`` is its place in the sample, ``grouped`` the group it was drawn from, ``terms`` how the sample
    was drawn, JSON of ``Terms``. ``finding`` is None until somebody has reviewed it, ``about`` the rule or
    question that is wrong, ``signed`` name and title of who found it.
    """

    __tablename__ = "sampled"

    sample: str = Field(primary_key=True)
    decision: str = Field(primary_key=True)
    application_id: str = Field(foreign_key="application.id", index=True)
    tenant: str
    number: int
    grouped: str
    terms: str = Field(sa_column=Column(Text, nullable=False))
    drawn_at: datetime = Field(sa_column=_moment())
    drawn_by: str
    finding: str | None = None
    about: str | None = None
    text: str | None = Field(default=None, sa_column=sealed(nullable=True))
    found_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    found_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (Index("sampled_drawn", "tenant", "drawn_at"),)


class ImpactRow(SQLModel, table=True):
    """A run of the recorded cases of some months under another release: who wants to know, and how it goes.

    ``months`` are those of the applications, with a space between. ``total`` is how many cases there were at
    the start. ``holder`` is who works on it, until ``next_run_at``; one that ends has neither. ``state`` is
    ``running``, ``done`` or ``stopped``. ``settled_at`` is when what is owed was put before people.
    """

    __tablename__ = "impact"

    id: str = Field(primary_key=True)
    tenant: str
    release: str
    months: str = Field(sa_column=Column(Text, nullable=False))
    asked_at: datetime = Field(sa_column=_moment())
    asked_by: str
    total: int
    state: str = "running"
    holder: str | None = None
    next_run_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    settled_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))

    __table_args__ = (
        Index("impact_asked", "tenant", "asked_at"),
        Index("impact_due", "next_run_at", sqlite_where=text("next_run_at IS NOT NULL")),
    )


class ImpactCaseRow(SQLModel, table=True):
    """What came of a case in such a run: JSON of ``Again``; empty where it could not be assessed again, and
    ``missing`` says why. ``moved``: anything is another."""

    __tablename__ = "impact_case"

    impact: str = Field(primary_key=True, foreign_key="impact.id")
    application_id: str = Field(primary_key=True, foreign_key="application.id", index=True)
    tenant: str
    moved: bool
    missing: str = ""
    found: str = Field(sa_column=sealed())


class OwedRow(SQLModel, table=True):
    """A decision that other rules, which are in force, would have given another sum: for a person to correct.

    ``amount`` is öre, below zero what was granted too much; None where the sum does not follow from the
    calculation. ``decision`` is the id of the decision, ``impact`` the run that found it. It is open until
    another decision takes the place of that one, or ``reason`` says why none will.
    """

    __tablename__ = "owed"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    decision: str = Field(primary_key=True)
    tenant: str
    impact: str = Field(foreign_key="impact.id")
    amount: int | None = Field(default=None, sa_column=sealed(int, nullable=True))
    found_at: datetime = Field(sa_column=_moment())
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    ended_by: str | None = None
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (Index("owed_found", "tenant", "found_at", "application_id"),)


class StaffRow(SQLModel, table=True):
    """Name and title of somebody who works with cases, as a token said last: decisions are signed so."""

    __tablename__ = "staff"

    tenant: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    title: str
    changed_at: datetime = Field(sa_column=_moment())


class CompletionRow(SQLModel, table=True):
    """A request to the applicant for what is missing. ``asked`` is JSON: reasons, each with its question.

    ``shown`` is set where nothing is missing, but the applicant is told of payments before a decision and may
    answer: JSON of ``Shown``, with the answer when there is one.
    """

    __tablename__ = "completion"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    number: int = Field(primary_key=True)
    tenant: str
    asked: str = Field(sa_column=sealed())
    shown: str | None = Field(default=None, sa_column=sealed(nullable=True))
    asked_at: datetime = Field(sa_column=_moment())
    due_at: datetime = Field(sa_column=_moment())
    remind_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    answered: bool = False


class AnswerRow(SQLModel, table=True):
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

    id: str = Field(primary_key=True)
    tenant: str
    application_id: str = Field(foreign_key="application.id")
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
    at: datetime = Field(sa_column=_moment())
    reason: str = Field(sa_column=sealed())
    until: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))

    __table_args__ = (
        Index("answer_application", "application_id"),
        Index("answer_person", "tenant", "person"),
    )


class WriteOffRow(SQLModel, table=True):
    """An application that the applicant has taken back, and the decision to write it off: ``id`` and the rest
    are None until it is decided. ``decided_by`` and ``signed`` are as in a decision."""

    __tablename__ = "write_off"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    tenant: str
    taken_back_at: datetime = Field(sa_column=_moment())
    id: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    decided_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))


class QuestionState(StrEnum):
    """Where a question to a person stands: to be answered, answered or accepted, or gone with its cause."""

    OPEN = "öppen"
    ANSWERED = "besvarad"
    GONE = "borta"


class QuestionRow(SQLModel, table=True):
    """A question to a person from when it is raised until its cause is gone; raised again it is another row.

    ``number`` is its place in the case, ``question`` its id, the same each time, and ``asked`` how it was put
    last, JSON of ``Reason``. ``assessment`` is the number of the last assessment that raised it.
    """

    __tablename__ = "question"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    number: int = Field(primary_key=True)
    tenant: str
    question: str
    code: str
    asked: str = Field(sa_column=sealed())
    assessment: int
    state: str
    opened_at: datetime = Field(sa_column=_moment())
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class TaskRow(SQLModel, table=True):
    """What a person must do: the questions of the machine, who has taken it, and what waits for a second.

    By ``reason`` (the code of the first question), ``proposed`` (the outcome) and ``household`` (``ENSAM`` or
    ``PAR``, with ``_BARN`` where there are children) the queue is sorted; ``asked`` are the codes of all its
    questions.
    """

    __tablename__ = "task"

    application_id: str = Field(primary_key=True, foreign_key="application.id")
    tenant: str
    opened_at: datetime = Field(sa_column=_moment())
    reasons: str = Field(sa_column=sealed())
    reason: str = ""
    asked: str = Field(default="", sa_column=Column(Text, nullable=False))
    proposed: str = ""
    household: str = ""
    claimed_by: str | None = None
    proposal: str | None = Field(default=None, sa_column=sealed(nullable=True))
    proposed_by: str | None = None


class NoteRow(SQLModel, table=True):
    """A note that a handläggare has written in a case. ``by`` is the staff id, ``name`` name and title."""

    __tablename__ = "note"

    id: str = Field(primary_key=True)
    application_id: str = Field(foreign_key="application.id", index=True)
    tenant: str
    at: datetime = Field(sa_column=_moment())
    by: str
    name: str = Field(sa_column=sealed())
    text: str = Field(sa_column=sealed())


class DocumentRow(SQLModel, table=True):
    """A document that the applicant has sent. ``sealed`` is its content under the case's key, ``question``
    the id of the question it answers, empty for none, ``sha256`` in hex and ``size`` in bytes of the content.
    """

    __tablename__ = "document"

    id: str = Field(primary_key=True)
    tenant: str
    application_id: str = Field(foreign_key="application.id", index=True)
    question: str
    name: str = Field(sa_column=sealed())
    kind: str
    size: int
    sha256: str = Field(sa_column=sealed())
    received_at: datetime = Field(sa_column=_moment())
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class MessageRow(SQLModel, table=True):
    """Something on its way out. ``key`` is what the receiver knows it by: the same key, the same message.
    ``reached`` are the receivers that have it already, a line each."""

    __tablename__ = "message"

    key: str = Field(primary_key=True)
    tenant: str
    application_id: str | None = None
    kind: str
    payload: str = Field(sa_column=sealed())
    created_at: datetime = Field(sa_column=_moment())
    next_attempt_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True, index=True))
    attempts: int = 0
    reached: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    delivered_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    error: str | None = None


class WebhookRow(SQLModel, table=True):
    """Where a client wants to be told. ``secret`` signs what is sent; it is shown once. ``every``: told of
    all the municipality's applications, and not only of those the client has sent itself. Nothing is told of
    while it is ``switched_off_at``."""

    __tablename__ = "webhook"

    id: str = Field(primary_key=True)
    tenant: str = Field(index=True)
    client: str
    url: str
    secret: str
    every: bool = False
    created_at: datetime = Field(sa_column=_moment())
    switched_off_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    switched_off_why: str | None = None


class ReceiverRow(SQLModel, table=True):
    """A receiver that fails: how often in a row, since when, why, and until when it is left in peace.
    ``name`` is its lane's, and for a municipality's own also which of its receivers it is."""

    __tablename__ = "receiver"

    name: str = Field(primary_key=True)
    failures: int
    failing_since: datetime = Field(sa_column=_moment())
    rests_until: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    error: str = ""


class IdempotencyRow(SQLModel, table=True):
    """The application that a client's key made, so that the same request gives it again. ``key`` and
    ``request`` are keyed hashes."""

    __tablename__ = "idempotency"

    tenant: str = Field(primary_key=True)
    client: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request: str
    application_id: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=_moment(index=True))


class ActivityRow(SQLModel, table=True):
    """A person's plan and attendance for motprestation, as the labour-market unit reports them.

    ``person`` is the same keyed hash as an application's applicant; ``document`` JSON of ``Activity``
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
    changed_at: datetime = Field(sa_column=_moment())
    changed_by: str
    client: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    document: str = Field(sa_column=sealed(case="case_id"))


class HistoryRow(SQLModel, table=True):
    """A month decided elsewhere, before the municipality began here: JSON of ``MonthDecided``, where a person
    is named by the personal number. ``complete``: there were no decided months before those imported.
    ``case_id`` and ``born_day`` as for an activity."""

    __tablename__ = "history"

    tenant: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    case_id: str
    born_day: int | None = None
    imported_at: datetime = Field(sa_column=_moment())
    imported_by: str
    complete: bool = False
    document: str = Field(sa_column=sealed(case="case_id"))


class ProposedHistoryRow(SQLModel, table=True):
    """Months decided elsewhere that somebody has put forward and nobody else has said yes to yet: JSON of
    ``Months``. ``person``, ``case_id`` and ``born_day`` as for an activity."""

    __tablename__ = "proposed_history"

    id: str = Field(primary_key=True)
    tenant: str
    person: str
    case_id: str
    born_day: int | None = None
    proposed_at: datetime = Field(sa_column=_moment())
    proposed_by: str
    document: str = Field(sa_column=sealed(case="case_id"))

    __table_args__ = (Index("proposed_history_person", "tenant", "person"),)


class ParticipantRow(SQLModel, table=True):
    """A participant of the planning. ``person`` and ``case_id`` are as for an activity; ``case_id`` is also
    what the participant is called by. ``document`` is JSON of ``Participation``. ``responsible`` is a staff
    id, ``due`` the first day on which something is to be done, None for one who has left.
    """

    __tablename__ = "participant"

    tenant: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    case_id: str = Field(unique=True)
    born_day: int | None = None
    version: int = 1
    changed_at: datetime = Field(sa_column=_moment())
    changed_by: str
    responsible: str
    due: date | None = None
    document: str = Field(sa_column=sealed(case="case_id"))

    __table_args__ = (Index("participant_due", "tenant", "due", "case_id"),)


class AttendanceRow(SQLModel, table=True):
    """What was marked and reported of a participant's month: JSON of ``AttendanceOfMonth``."""

    __tablename__ = "attendance"

    tenant: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    changed_at: datetime = Field(sa_column=_moment())
    document: str = Field(sa_column=sealed(case="case_id"))


class OfferedActivityRow(SQLModel, table=True):
    """An activity that a municipality offers a group: JSON of ``OfferedActivity``. Says nothing of anybody
    who takes part: what counts for a participant stands in the participation."""

    __tablename__ = "offered_activity"

    id: str = Field(primary_key=True)
    tenant: str = Field(index=True)
    last: date | None = None
    document: str = Field(sa_column=Column(Text, nullable=False))


class WitnessedRow(SQLModel, table=True):
    """The last checkpoint of another installation's log that this one has signed as a witness."""

    __tablename__ = "witnessed"

    origin: str = Field(primary_key=True)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))


class CosignedRow(SQLModel, table=True):
    """The last checkpoint of a municipality's own log that its witness has signed, with that signature."""

    __tablename__ = "cosigned"

    tenant: str = Field(primary_key=True)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))


class SweepRow(SQLModel, table=True):
    """When each sweep last ran to its end. Readiness looks here."""

    __tablename__ = "sweep"

    name: str = Field(primary_key=True)
    ran_at: datetime = Field(sa_column=_moment())


class UnsealedRow(SQLModel, table=True):
    """A table that has rows of a version that sealed nothing. The service seals them when it starts, and
    before it works; then the row here is gone."""

    __tablename__ = "unsealed"

    name: str = Field(primary_key=True)


class KnownKeyRow(SQLModel, table=True):
    """A key of the installation that what stands in the database was made with: its fingerprint, never the
    key."""

    __tablename__ = "known_key"

    name: str = Field(primary_key=True)
    fingerprint: str


class ReleaseFileRow(SQLModel, table=True):
    """A file of a rule release that has decided something. Files that do not give the release's id are
    refused, so the table needs no guard of its own."""

    __tablename__ = "release_file"

    release: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, primary_key=True))
    content: str = Field(sa_column=Column(Text, nullable=False))


class PublicationRow(SQLModel, table=True):
    """A release that decides in a municipality: the newest for a month decides it, ``first`` the month from
    which (None: all). ``base`` is what was in force before, ``draft`` the draft it came of and ``content``
    the SHA-256 of what that changed, ``cases`` as JSON the case files that are not the program's own.

    The log's entry says every column, and is held against them."""

    __tablename__ = "publication"

    tenant: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    release: str
    base: str | None = None
    first: str | None = None
    draft: str | None = None
    content: str = ""
    purpose: str = Field(default="", sa_column=Column(Text, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    owner: str = ""
    approved_by: str = ""
    published_by: str = ""
    published_at: datetime = Field(sa_column=_moment())
    cases: str = Field(default="{}", sa_column=Column(Text, nullable=False))


class DraftRow(SQLModel, table=True):
    """A change of rules and amounts that is being worked on. ``base`` is the number of the publication that
    it starts from, ``changes`` as JSON the new text of each changed file (null: taken away).

    ``editors`` are all who have saved something, as JSON. ``checked`` is the version that ``findings`` (JSON)
    are about, 0 for none; ``checking_since`` when a process began to check. ``approved`` is the version that
    was approved. ``reason`` is why what has been is corrected."""

    __tablename__ = "draft"

    id: str = Field(primary_key=True)
    tenant: str = Field(index=True)
    owner: str
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: str = Field(index=True)
    base: int
    changes: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    editors: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    version: int = 1
    created_at: datetime = Field(sa_column=_moment())
    changed_at: datetime = Field(sa_column=_moment())
    checked: int = 0
    checking_since: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    findings: str = Field(default="", sa_column=Column(Text, nullable=False))
    approved: int | None = None
    approved_by: str | None = None


class WebSessionRow(SQLModel, table=True):
    """Somebody signed in with a browser. ``id`` is a hash of the cookie; ``principal`` JSON of who it is,
    ``csrf`` what forms carry, ``purpose`` why cases are read.

    Of a session that began at an issuer's page: which issuer, its own ``sid``, the refresh token closed with
    the cookie, when the issuer last confirmed who it is, and when it was last asked."""

    __tablename__ = "web_session"

    id: str = Field(primary_key=True)
    subject: str = Field(index=True)
    principal: str = Field(sa_column=Column(Text, nullable=False))
    csrf: str
    purpose: str = ""
    begun_at: datetime = Field(sa_column=_moment())
    used_at: datetime = Field(sa_column=_moment())
    issuer: str | None = None
    sid: str | None = Field(default=None, index=True)
    refresh: str | None = Field(default=None, sa_column=Column(Text))
    confirmed_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    asked_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
