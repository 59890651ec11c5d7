"""An application that the applicant takes back is written off: a decision of its own, by machine or person.
So may one whose applicants have died be, by a person alone; it is taken up again when one of them lives.

Who decides is the municipality's choice. Where a person does, nothing else can be done with the case until
then: nothing is asked, answered, assessed or granted in it.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

import audit
from decision_service.casework import outbox, steps
from decision_service.casework.addressees import addressees, nobody_lives
from decision_service.casework.decisions import MACHINE
from decision_service.casework.hidden import is_hidden
from decision_service.casework.letters import step_told
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, lock, require_logged
from decision_service.casework.staff import signature
from decision_service.casework.task import note, own_task
from decision_service.installation.municipality import WritesOff
from decision_service.log import journal
from decision_service.log.events import Action
from decision_service.outputs.payload import Telling
from decision_service.reading.strict_json import InputError
from decision_service.store.same_case import same_case
from decision_service.store.tables import OPEN, ApplicationRow, ApplicationState, PartyRow, WriteOffRow
from norms.fault import fault

TAKEN_BACK = "ÅTERKALLAD"
"""The code of the question whether a case that is taken back is to be written off."""


def take_back(office: Office, session: Session, tenant: str, application: str) -> ApplicationRow:
    """The applicant takes an application back. Raises NotFoundError, and ConflictError when it is decided or
    taken back already."""
    row = lock(session, tenant, application)
    if row.state not in OPEN:
        raise ConflictError(fault("cannot_withdraw", state=ApplicationState(row.state)))
    steps.require_not_taken_back(session, row)
    now = office.clock()
    found = WriteOffRow(application_id=row.id, tenant=row.tenant, taken_back_at=now)
    session.add(found)
    entries = [journal.withdrawn(row.id, now)]
    if office.municipality(tenant).writes_off is WritesOff.MACHINE:
        entries.append(_written_off(office, session, row, found, MACHINE, "", now))
    else:
        steps.close_completion(session, row, now, answered=False)
        steps.hand_over(office, session, row, [steps.own_reason(TAKEN_BACK)], now)
    steps.write_log(office, session, row, entries)
    return row


def write_off(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    reason: str,
) -> ApplicationRow:
    """A person decides that a case that is taken back is written off. Raises NotFoundError, StaleError,
    InputError without a reason, and ConflictError for whoever has not taken the case or whose name is not
    known, and for a case that nobody has taken back, where somebody who applies is alive."""
    row, _ = own_task(session, municipality, application_id, who, version)
    found = session.get(WriteOffRow, (row.tenant, row.id))
    if found is None:
        if not nobody_lives(addressees(json.loads(row.content))):
            raise ConflictError(fault("not_taken_back"))
        found = WriteOffRow(application_id=row.id, tenant=row.tenant)
    if not reason.strip():
        raise InputError([fault("decision_without_reason", "reason")])
    now = office.clock()
    entry = _written_off(office, session, row, found, who, reason.strip(), now)
    steps.write_log(office, session, row, [entry])
    return row


def take_up_again(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    reason: str,
) -> ApplicationRow:
    """Take up a case again that was written off because whoever applied was marked as dead, when somebody who
    applies lives after all: the machine looks at it as at one that has just come, and the applicant is told.
    Raises NotFoundError, StaleError, InputError without a reason, and ConflictError for any other case."""
    row = lock(session, municipality, application_id, version)
    require_logged(office, session, row)
    found = session.get(WriteOffRow, (row.tenant, row.id))
    if found is None or not may_be_taken_up(row):
        raise ConflictError(fault("not_to_be_taken_up"))
    if not reason.strip():
        raise InputError([fault("decision_without_reason", "reason")])
    now, signed = office.clock(), signature(office, session, row.tenant, who)
    session.delete(found)
    session.flush()
    steps.back_to_machine(office, session, row, now, complete=True)
    told = step_told(signed, reason.strip())
    outbox.put_letters(session, row, outbox.TAKEN_UP, row.version, told, now)
    note(office, session, row, now, who, Action.TAKEN_UP, reason.strip())
    return row


def may_be_taken_up(row: ApplicationRow) -> bool:
    """Whether a case was written off by a death that nobody says any more."""
    return row.state == ApplicationState.CLOSED and not nobody_lives(addressees(json.loads(row.content)))


def to_take_up(session: Session, row: ApplicationRow) -> list[ApplicationRow]:
    """The other cases of the adults of an application that may be taken up again, the first month first."""
    its, other = PartyRow, aliased(PartyRow)
    adults = select(its.person).where(same_case(its, row), col(its.adult), ~col(its.dead))
    theirs = select(other.application_id).where(
        other.tenant == row.tenant, col(other.adult), col(other.person).in_(adults)
    )
    query = (
        select(ApplicationRow)
        .where(
            ApplicationRow.tenant == row.tenant,
            col(ApplicationRow.id).in_(theirs),
            ApplicationRow.id != row.id,
            ApplicationRow.state == ApplicationState.CLOSED,
        )
        .order_by(col(ApplicationRow.month), col(ApplicationRow.id))
    )
    found = session.exec(query).all()
    return [each for each in found if may_be_taken_up(each) and not is_hidden(session, each)]


def _written_off(
    office: Office,
    session: Session,
    row: ApplicationRow,
    found: WriteOffRow,
    who: str,
    reason: str,
    now: datetime,
) -> audit.Entry:
    """The decision: its row, its letter, and its entry in the log."""
    signed = signature(office, session, row.tenant, who) if who != MACHINE else None
    found.id, found.decided_at, found.decided_by = uuid.uuid4().hex, now, who
    found.signed, found.reason = signed, reason or None
    session.add(found)
    by_death = found.taken_back_at is None
    steps.settle(session, row, now, ApplicationState.CLOSED if by_death else ApplicationState.WITHDRAWN)
    told: Telling = step_told(signed, reason) if signed is not None else {}
    kind = outbox.WRITTEN_OFF_BY_DEATH if by_death else outbox.WRITTEN_OFF
    outbox.put_letters(session, row, kind, row.version, told, now)
    actor = journal.MACHINE if signed is None else journal.staff(who)
    return journal.written_off(row.id, found.id, now, actor, name=signed or "", reason=reason)
