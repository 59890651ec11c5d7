"""A decision is changed: a mistake is corrected, the own decision is changed, or a court's is carried out.

Nothing is written over. A correction takes the place of the decision in force; what it does to money is paid,
or becomes a claim that a person decides on, and the months that rested on the old decision are listed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from decision_service.casework import outbox, payments
from decision_service.casework.assessments import numbered
from decision_service.casework.chain import AnyDecision, in_force
from decision_service.casework.deciding import PersonsDecision, needs_second, own_verdict
from decision_service.casework.decisions import CHANGES, Verdict, check_month, document_of
from decision_service.casework.office import Office
from decision_service.casework.remembered import remember
from decision_service.casework.rows import ConflictError, NotFoundError, lock
from decision_service.casework.staff import signature
from decision_service.casework.steps import write_log
from decision_service.casework.task import note
from decision_service.decision.changed_lines import NOTHING
from decision_service.decision.document import Assessment, CorrectionKind
from decision_service.log import journal
from decision_service.log.journal import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import (
    ApplicationRow,
    AssessmentRow,
    ClaimRow,
    CorrectionRow,
    PartyRow,
    State,
)
from norms.fault import fault


@dataclass(frozen=True)
class Wanted:
    """A correction as a person wants it: of the decision with an id, which must be the one in force.
    ``court`` is the court's case and day, for a decision of a court."""

    kind: CorrectionKind
    decision: str
    said: PersonsDecision
    court: str = ""


def correct(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    wanted: Wanted,
) -> ApplicationRow:
    """Decide anew on an application that is decided.

    Raises NotFoundError, StaleError, ConflictError for a decision that another has taken the place of and for
    one that the municipality wants a second person for, which no correction can have yet, and InputError with
    every fault.
    """
    row = lock(session, municipality, application_id, version)
    before = in_force(session, row.id)
    if row.state != State.DECIDED or before is None:
        raise ConflictError(fault("cannot_correct", state=row.state))
    if before.id != wanted.decision:
        raise ConflictError(fault("decision_not_in_force", decision=wanted.decision, latest=before.id))
    if (wanted.kind is CorrectionKind.COURT) != bool(wanted.court.strip()):
        raise InputError([fault("court_and_kind", "court")])
    base = document_of(session, before).calculation or NOTHING
    form = json.loads(row.content)["application"]
    verdict = own_verdict(wanted.said, who, base, form)
    assessed = session.get(AssessmentRow, (row.id, before.assessment))
    if needs_second(
        office.municipality(row.tenant).four_eyes,
        verdict,
        numbered(assessed) if assessed is not None else None,
    ):
        raise ConflictError(fault("correction_needs_second", outcome=verdict.outcome.value))
    _write(office, session, row, before, wanted, verdict, office.clock())
    return row


def _write(
    office: Office,
    session: Session,
    row: ApplicationRow,
    before: AnyDecision,
    wanted: Wanted,
    verdict: Verdict,
    now: datetime,
) -> None:
    number = before.number + 1 if isinstance(before, CorrectionRow) else 2
    content = json.loads(row.content)
    correction = CorrectionRow(
        application_id=row.id,
        number=number,
        id=uuid.uuid4().hex,
        corrects=before.id,
        kind=wanted.kind.value,
        court=wanted.court.strip() or None,
        tenant=row.tenant,
        month=row.month,
        outcome=verdict.outcome,
        granted=verdict.granted,
        difference=verdict.granted - before.granted,
        decided_at=now,
        decided_by=verdict.by,
        signed=signature(office, session, row.tenant, verdict.by),
        assessment=before.assessment,
        reason=verdict.reason,
        changes=CHANGES.dump_json(verdict.changes).decode(),
        remembered="",
    )
    document = document_of(session, correction)
    assessed = session.get(AssessmentRow, (row.id, before.assessment))
    seen = Assessment.model_validate_json(assessed.document).incomes if assessed is not None else None
    correction.remembered = json.dumps(remember(document, seen, content), ensure_ascii=False)
    row.version += 1
    session.add(row)
    outbox.tell(session, row, "application.corrected", now)
    outbox.put_letters(session, row, outbox.LETTER, number, {"decision": correction.id}, now)
    entries = [journal.decided(document)]
    more = correction.difference
    if more > 0:
        extra = document.model_copy(update={"granted": more})
        paid = payments.order(office, extra, row.case_number, content)
        outbox.put(session, row, outbox.PAYMENT, number, paid, now)
        entries.append(journal.payment(extra, paid))
    elif more < 0:
        claim = ClaimRow(application_id=row.id, number=number, tenant=row.tenant, amount=-more, opened_at=now)
        session.add(claim)
    correction.entry = write_log(office, session, row, entries, correction)[0].seq
    if more > 0:
        check_month(session, row, ())
    session.add(correction)


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
    claim = session.get(ClaimRow, (row.id, number))
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
        payload = {"amount": claim.amount, "reason": claim.reason, "case": row.case_number}
        outbox.put(session, row, outbox.CLAIM, number, payload, now)
    note(office, session, row, now, who, Action.CLAIM_MADE if claims else Action.CLAIM_WAIVED, claim.reason)
    return row


def later_months(session: Session, row: ApplicationRow) -> Iterator[tuple[ApplicationRow, AnyDecision]]:
    """The decided applications of later months of the same adults, which may rest on this one's decision."""
    adults = select(PartyRow.person).where(PartyRow.application_id == row.id, col(PartyRow.adult))
    same = select(PartyRow.application_id).where(
        PartyRow.tenant == row.tenant, col(PartyRow.adult), col(PartyRow.person).in_(adults)
    )
    query = select(ApplicationRow).where(
        ApplicationRow.tenant == row.tenant,
        col(ApplicationRow.id).in_(same),
        ApplicationRow.state == State.DECIDED,
        col(ApplicationRow.month) > row.month,
    )
    for other in session.exec(query.order_by(col(ApplicationRow.month), col(ApplicationRow.id))).all():
        decision = in_force(session, other.id)
        if decision is not None:
            yield other, decision
