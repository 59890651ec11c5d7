"""What a correction shows to have been paid too much: a person decides whether it is claimed back."""

from __future__ import annotations

from sqlmodel import Session

from decision_service.casework import outbox
from decision_service.casework.letters import step_told
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, lock
from decision_service.casework.staff import signature
from decision_service.casework.task import note
from decision_service.log.events import Action
from decision_service.outputs.payload import ClaimPayload
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import ApplicationRow, ClaimRow
from norms.fault import fault


def decide_claim(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    number: int,
    *,
    claims: bool,
    reason: str,
) -> ApplicationRow:
    """Claim back what was paid too much, or waive it. Raises NotFoundError, InputError, and ConflictError for
    a claim that is decided."""
    row = lock(session, municipality, application_id)
    claim = session.get(ClaimRow, (row.tenant, row.id, number))
    if claim is None:
        raise NotFoundError(str(number))
    if claim.state != "open":
        raise ConflictError(fault("claim_decided"))
    if not reason.strip():
        raise InputError([fault("decision_without_reason", "reason")])
    now = office.clock()
    claim.state = "claimed" if claims else "waived"
    claim.decided_at, claim.decided_by, claim.reason = now, who, reason.strip()
    claim.signed = signature(office, session, municipality, who)
    session.add(claim)
    row.version += 1
    session.add(row)
    if claims:
        payload: ClaimPayload = {"amount": claim.amount, "reason": claim.reason, "case": row.case_number}
        outbox.put(session, row, outbox.CLAIM, number, payload, now)
    told = step_told(claim.signed, claim.reason, claim.amount)
    outbox.put_letters(session, row, outbox.CLAIM_MADE if claims else outbox.CLAIM_WAIVED, number, told, now)
    note(office, session, row, now, who, Action.CLAIM_MADE if claims else Action.CLAIM_WAIVED, claim.reason)
    return row
