"""Why somebody is protected: each time it was said, by whom and for how long, and what has become of it.

A ground stands until two people have ended it; nothing else ends it but that the last case with the person is
deleted: before that it goes on in another. The machine only asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from sqlmodel import Session, col, select

from decision_service.application.fields import Day, Part
from decision_service.planning.participation import Words
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ActivityRow,
    ApplicationRow,
    HistoryRow,
    ParticipantRow,
    PartyRow,
    ProposedHistoryRow,
    ProtectionRow,
)
from decision_service.store.unsought import unsought

Line = Annotated[str, Field(max_length=200)]


class ProtectedBy(StrEnum):
    """Which protection it is, as Skatteverket knows it; unknown where nobody has said."""

    CONFIDENTIALITY_MARKING = "SEKRETESSMARKERING"
    PROTECTED_REGISTRATION = "SKYDDAD_FOLKBOKFORING"
    ASSUMED_IDENTITY = "FINGERADE_UPPGIFTER"
    UNKNOWN = "OKAND"


class SaidIn(StrEnum):
    """What said it: the form, a register, an enrolment in the planning, or somebody who works here; or a case
    that is deleted, which hid this one with it."""

    FORM = "FORM"
    REGISTER = "REGISTER"
    PLANNING = "PLANNING"
    BY_HAND = "BY_HAND"
    DELETED_CASE = "DELETED_CASE"


class SaidProtected(Part):
    """What somebody who works here says of a person that is protected from now on."""

    basis: ProtectedBy
    told_by: Annotated[Line, Field(min_length=1, description="Vem som har sagt det")]
    until: Annotated[Day | None, Field(description="Sista dagen, om den är känd")] = None
    reason: Annotated[Words, Field(description="Varför")]


class EndAsked(Part):
    """What the machine asks: whether it is to be ended, since an ``agency`` answered on a ``day`` without the
    marking that it had; without agency, since its own last day was that one, or since the case that hid this
    one was ``deleted`` on it."""

    agency: str = ""
    deleted: bool = False
    day: Day


class EndProposed(Part):
    """That somebody wants it ended: with what purpose, and why."""

    by: str
    at: datetime
    purpose: Line
    reason: Words


class EndAgreed(EndProposed):
    """That it is ended: ``second`` has agreed, at ``ended_at``."""

    second: str
    ended_at: datetime


class Ground(Part):
    """One time that somebody was said to be protected. ``agencies`` are those whose answers said it, ``by``
    whoever works here and said it."""

    source: SaidIn
    at: datetime
    basis: ProtectedBy = ProtectedBy.UNKNOWN
    agencies: tuple[str, ...] = ()
    told_by: Line = ""
    until: Day | None = None
    reason: Annotated[str, Field(max_length=4000)] = ""
    by: str = ""
    asked: EndAsked | None = None
    proposed: EndProposed | None = None
    ended: EndAgreed | None = None

    def asked_on(self, today: date) -> EndAsked | None:
        """What is asked on a day: what a register gave cause for, or what its own last day does."""
        if self.asked is None and self.until is not None and self.until < today:
            return EndAsked(day=self.until)
        return self.asked


def by_hand(said: SaidProtected, who: str, now: datetime) -> Ground:
    """What somebody who works here has said."""
    own = said.model_dump(include=set(SaidProtected.model_fields))
    return Ground(source=SaidIn.BY_HAND, at=now, by=who, **own)


def ground_row(tenant: str, person: str, case: str, ground: Ground) -> ProtectionRow:
    """A new row of it."""
    return ProtectionRow(
        tenant=tenant, id=uuid.uuid4().hex, person=person, case_id=case, document=written(ground)
    )


def opened(row: ProtectionRow) -> Ground:
    """What a row says."""
    return Ground.model_validate_json(row.document)


def written(ground: Ground) -> str:
    """What says it in a row."""
    return ground.model_dump_json()


def standing(
    session: Session, tenant: str, people: Collection[str], *, lock: bool = False
) -> Sequence[ProtectionRow]:
    """What stands of some people. ``lock``: nobody else changes it before the transaction ends."""
    row = ProtectionRow
    its = row.tenant == tenant, col(row.person).in_(list(people)), col(row.standing).is_(True)
    query = select(row).where(*its).order_by(col(row.person), unsought(row.id))
    if lock:
        return session.exec(query.with_for_update(), execution_options={"populate_existing": True}).all()
    return session.exec(query).all()


def of_case(session: Session, tenant: str, case: str) -> Sequence[ProtectionRow]:
    """What stands of what was said in a case."""
    row = ProtectionRow
    its = row.tenant == tenant, col(row.case_id) == case, col(row.standing).is_(True)
    return session.exec(select(row).where(*its).order_by(unsought(row.id))).all()


def handed_on(session: Session, tenant: str, case: str) -> Sequence[str]:
    """Before a case is deleted: what stands of the protection that was said in it is said from now on in the
    newest other case with the person, an application, or what is planned or known of the person beside them;
    in which cases. Who is in none is protected nowhere any more. Call it while nobody can come into an
    application."""
    found = dict[str, None]()
    for each in of_case(session, tenant, case):
        if (other := _another(session, tenant, each.person, case)) is not None:
            session.add(ground_row(tenant, each.person, other, opened(each)))
            found[other] = None
    return [*found]


def _another(session: Session, tenant: str, person: str, case: str) -> str | None:
    application, party = ApplicationRow, PartyRow
    query = select(application.id).join(party, same_case(party, application))
    its = party.tenant == tenant, party.person == person, application.id != case
    newest = query.where(*its).order_by(col(application.received_at).desc(), col(application.id))
    # In a session that shows lists no hidden case is found; this one must be.
    if (found := session.connection().execute(newest.limit(1)).scalar()) is not None:
        return str(found)
    for table in (ParticipantRow, ActivityRow, HistoryRow, ProposedHistoryRow):
        beside = select(col(table.case_id)).where(
            col(table.tenant) == tenant, col(table.person) == person, col(table.case_id) != case
        )
        if (found := session.connection().execute(beside.limit(1)).scalar()) is not None:
            return str(found)
    return None
