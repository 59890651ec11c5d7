"""An application that the applicant takes back is written off: a decision of its own, by machine or person.
So may one whose applicants have died be, by a person alone.

Who decides is the municipality's choice. Where a person does, nothing else can be done with the case until
then: nothing is asked, answered, assessed or granted in it.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from sqlmodel import Session

import audit
from decision_service.casework import outbox, steps
from decision_service.casework.addressees import addressees, nobody_lives
from decision_service.casework.decisions import MACHINE
from decision_service.casework.letters import step_told
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, lock
from decision_service.casework.staff import signature
from decision_service.casework.task import own_task
from decision_service.installation.municipality import WritesOff
from decision_service.log import journal
from decision_service.outputs.payload import Telling
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import OPEN, ApplicationRow, ApplicationState, WriteOffRow
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
