"""What happens to a decision after it was made, and to an application that is written off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from decision_service.store.sealed import sealed
from decision_service.store.tables.columns import moment, within
from decision_service.store.tables.row import StoredRow


class CorrectionRow(StoredRow, table=True):
    """A decision that takes the place of an earlier one on the same application, which stays as it is.

    ``number`` is its place in the chain, from 2, ``corrects`` the id of the one before, ``kind`` why it may
    be changed, ``court`` whose decision is carried out. ``difference`` is öre: what is paid more, below zero
    what was paid too much. The rest is as in a decision; the calculation is that of the one before with
    ``changes``.
    """

    __tablename__ = "correction"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    id: str
    corrects: str
    kind: str
    court: str | None = Field(default=None, sa_column=sealed(nullable=True))
    month: str
    outcome: str
    granted: int = Field(sa_column=sealed(int))
    difference: int = Field(sa_column=sealed(int))
    automatic: bool = False
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
    remembered: str = Field(sa_column=sealed())
    letter: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (
        within("application_id", "application"),
        UniqueConstraint("tenant", "id"),
        Index("correction_found", "tenant", "decided_at", "application_id", "number"),
    )


class ProposedCorrectionRow(StoredRow, table=True):
    """A correction that one person has put forward and a second must approve.

    ``decision`` is the id of the decision that it would take the place of, ``verdict`` what is decided, as
    JSON. ``state`` is ``waiting``, ``approved``, ``refused`` (``answer`` says why) or ``replaced``.
    """

    __tablename__ = "proposed_correction"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    decision: str
    kind: str
    court: str | None = Field(default=None, sa_column=sealed(nullable=True))
    verdict: str = Field(sa_column=sealed())
    proposed_at: datetime = Field(sa_column=moment())
    proposed_by: str
    signed: str = Field(sa_column=sealed())
    state: str = "waiting"
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    ended_by: str | None = None
    answer: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (within("application_id", "application"),)


class ClaimRow(StoredRow, table=True):
    """What was paid too much by the decision that a correction changed, in öre, and what a person has decided
    about it: ``state`` is ``open``, ``claimed``, ``waived`` or ``withdrawn``: nothing of it is claimed any
    more. ``number`` is that of the correction. What is claimed is less by what ``LoweredClaimRow`` says."""

    __tablename__ = "claim"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    amount: int = Field(sa_column=sealed(int))
    opened_at: datetime = Field(sa_column=moment())
    state: str = "open"
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    decided_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (within("application_id", "application"),)


class LoweredClaimRow(StoredRow, table=True):
    """What is taken off the claim with the number ``claim``, in öre: waived, withdrawn because it was wrong,
    or counted against what the correction with the number ``correction`` gives, ``how`` as in ``Lowering``.

    ``paid`` is what the applicant had paid on it then. ``state`` is ``waiting`` for a second person,
    ``done`` or ``refused`` (``answer`` says why).
    """

    __tablename__ = "lowered_claim"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    claim: int
    how: str
    correction: int | None = None
    amount: int = Field(sa_column=sealed(int))
    paid: int = Field(sa_column=sealed(int))
    reason: str = Field(sa_column=sealed())
    proposed_at: datetime = Field(sa_column=moment())
    proposed_by: str
    signed: str = Field(sa_column=sealed())
    state: str = "waiting"
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    ended_by: str | None = None
    second: str | None = Field(default=None, sa_column=sealed(nullable=True))
    answer: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (within("application_id", "application"),)


class AppealRow(StoredRow, table=True):
    """An appeal against a decision: when it came, by when it had to, and what has been done with it.

    ``state`` is ``received``, ``forwarded`` or ``dismissed``.
    """

    __tablename__ = "appeal"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    decision: str
    received: date
    told: date
    due: date
    text: str = Field(sa_column=sealed())
    state: str = "received"
    noted_at: datetime = Field(sa_column=moment())
    noted_by: str
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    ended_by: str | None = None
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (within("application_id", "application"),)


class OwedRow(StoredRow, table=True):
    """A decision that other rules, which are in force, would have given another sum: for a person to correct.

    ``amount`` is öre, below zero what was granted too much; None where the sum does not follow from the
    calculation. ``decision`` is the id of the decision, ``impact`` the run that found it. It is open until
    another decision takes the place of that one, or ``reason`` says why none will.
    """

    __tablename__ = "owed"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    decision: str = Field(primary_key=True)
    impact: str
    amount: int | None = Field(default=None, sa_column=sealed(int, nullable=True))
    found_at: datetime = Field(sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    ended_by: str | None = None
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (
        within("application_id", "application"),
        within("impact", "impact"),
        Index("owed_found", "tenant", "found_at", "application_id"),
    )


class WriteOffRow(StoredRow, table=True):
    """An application that the applicant has taken back, and the decision to write it off: ``id`` and the rest
    are None until it is decided. ``taken_back_at`` is None where nobody took it back, but the applicant has
    died. ``decided_by`` and ``signed`` are as in a decision."""

    __tablename__ = "write_off"

    tenant: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    taken_back_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    id: str | None = None
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    decided_by: str | None = None
    signed: str | None = Field(default=None, sa_column=sealed(nullable=True))
    reason: str | None = Field(default=None, sa_column=sealed(nullable=True))

    __table_args__ = (within("application_id", "application"),)
