"""A decision is changed: a mistake is corrected, the own decision is changed, or a court's is carried out.

Nothing is written over. A correction takes the place of the decision in force; what it does to money is paid,
or becomes a claim that a person decides on, and the months that rested on the old decision are listed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, func, select

from decision_service.casework import claims, outbox, payments
from decision_service.casework.assessments import numbered
from decision_service.casework.chain import AnyDecision, in_force
from decision_service.casework.deciding import PersonsDecision, own_verdict
from decision_service.casework.decisions import CHANGES, Verdict, check_months, document_of
from decision_service.casework.four_eyes import VERDICT, needs_second, officials_ask, second_agrees
from decision_service.casework.office import Office
from decision_service.casework.remembered import remember
from decision_service.casework.rows import ConflictError, lock, require_logged
from decision_service.casework.staff import signature
from decision_service.casework.steps import write_log
from decision_service.casework.task import changed as changed_case
from decision_service.casework.task import note
from decision_service.casework.telling import not_told
from decision_service.decision.changed_lines import NOTHING
from decision_service.decision.document import Assessment, CorrectionKind
from decision_service.log import journal, vouched
from decision_service.log.events import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    ClaimRow,
    CorrectionRow,
    PartyRow,
    ProposedCorrectionRow,
)
from norms.fault import fault


@dataclass(frozen=True)
class CorrectionWanted:
    """A correction as a person wants it: of the decision with an id, which must be the one in force.
    ``court`` is the court's case and day, for a decision of a court. ``already`` is how much of what it gives
    more the applicant has been paid too much before, in öre; None where nobody has said."""

    kind: CorrectionKind
    decision: str
    said: PersonsDecision
    court: str = ""
    already: int | None = None


def correct(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    wanted: CorrectionWanted,
) -> ApplicationRow:
    """Decide anew on an application that is decided, or put it before a colleague where the municipality
    wants a second person. Whoever has put one forward may put another in its place.

    Raises NotFoundError, StaleError, ConflictError for a decision that another has taken the place of, while
    a colleague's correction waits and while more would be paid beside an open claim, and InputError with
    every fault.
    """
    row = lock(session, municipality, application_id, version)
    before = in_force(session, row.tenant, row.id)
    if row.state != ApplicationState.DECIDED or before is None:
        raise ConflictError(fault("cannot_correct", state=ApplicationState(row.state)))
    _require_in_force(before, wanted.decision)
    if (wanted.kind is CorrectionKind.COURT) != bool(wanted.court.strip()):
        raise InputError([fault("court_and_kind", "court")])
    base = document_of(session, before).calculation or NOTHING
    of_a_court = wanted.kind is CorrectionKind.COURT  # which has heard the applicant
    with _of_what_is_decided():
        verdict = own_verdict(wanted.said, who, base, json.loads(row.content)["application"])
        if not of_a_court and (faults := not_told(verdict, base, less_than=before.granted)):
            raise InputError(faults)
    same = (verdict.outcome, verdict.granted) == (before.outcome, before.granted) and not verdict.changes
    if same and not of_a_court:  # only a letter would come of it
        raise InputError([fault("correction_of_nothing", "decided", "granted")])
    kept = claims.require_countable(session, row, verdict.granted - before.granted, wanted.already)
    verdict = replace(verdict, already=wanted.already or 0)
    waits = awaiting(session, row.tenant, row.id)
    if waits is not None and waits.proposed_by != who:
        raise ConflictError(fault("correction_waits", name=waits.signed))
    now = office.clock()
    if waits is not None:
        _end(session, waits, who, now, "replaced")
    assessed = session.get(AssessmentRow, (row.tenant, row.id, before.assessment))
    assessment = numbered(assessed) if assessed is not None else None
    granted = before.granted
    asks_more = officials_ask(session, row, base, verdict, granted)
    here = office.municipality(row.tenant)
    if needs_second(here, verdict, assessment, asks_more=asks_more, in_force=granted, kept=kept):
        _put_forward(office, session, row, wanted, verdict, now)
    else:
        _write(office, session, row, before, wanted.kind, wanted.court, verdict, now)
    return row


@contextmanager
def _of_what_is_decided() -> Iterator[None]:
    """What is wrong with the decision that a correction holds has its place within the correction."""
    try:
        yield
    except InputError as error:
        raise InputError(each.below("decided") for each in error.faults) from None


def approve_correction(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    *,
    agrees: bool,
    reason: str,
) -> ApplicationRow:
    """A second person's word on a correction that waits for it. Raises as ``correct``, and ConflictError for
    whoever put it forward."""
    row = lock(session, municipality, application_id, version)
    require_logged(office, session, row)
    waits, before, now = (
        awaiting(session, row.tenant, row.id),
        in_force(session, row.tenant, row.id),
        office.clock(),
    )
    if waits is None or before is None:
        raise ConflictError(fault("nothing_to_approve"))
    _require_in_force(before, waits.decision)

    def put_aside() -> None:
        _end(session, waits, who, now, "refused", reason.strip())

    if second_agrees(office, session, row, waits.proposed_by, who, put_aside, agrees=agrees, reason=reason):
        _end(session, waits, who, now, "approved")
        verdict = replace(VERDICT.validate_json(waits.verdict), approved_by=who, signed=waits.signed)
        claims.require_countable(session, row, verdict.granted - before.granted, verdict.already)
        _write(office, session, row, before, CorrectionKind(waits.kind), waits.court or "", verdict, now)
    return row


def awaiting(session: Session, tenant: str, application_id: str) -> ProposedCorrectionRow | None:
    """The correction of an application that waits for a second person."""
    waits = ProposedCorrectionRow
    its = waits.tenant == tenant, waits.application_id == application_id
    query = select(waits).where(*its, waits.state == "waiting")
    return session.exec(query).first()


def all_awaiting(
    office: Office, session: Session, municipality: str
) -> Iterator[tuple[ApplicationRow, ProposedCorrectionRow]]:
    """Every correction of a municipality that waits for a second person, the oldest first. Raises
    audit.errors.RowError for one that is not logged so."""
    waits = ProposedCorrectionRow
    query = (
        select(ApplicationRow, waits)
        .join(waits, same_case(waits, ApplicationRow))
        .where(waits.tenant == municipality, waits.state == "waiting")
        .order_by(col(waits.proposed_at), col(waits.application_id))
    )
    for row, each in session.exec(query).all():
        vouched.require(office.keys, session, municipality, each)
        yield row, each


def _require_in_force(before: AnyDecision, named: str) -> None:
    if before.id != named:
        raise ConflictError(fault("decision_not_in_force", decision=named, latest=before.id))


def _put_forward(
    office: Office,
    session: Session,
    row: ApplicationRow,
    wanted: CorrectionWanted,
    verdict: Verdict,
    now: datetime,
) -> None:
    waits = ProposedCorrectionRow
    last = session.exec(select(func.max(waits.number)).where(same_case(waits, row))).one()
    session.add(
        ProposedCorrectionRow(
            application_id=row.id,
            number=(last or 0) + 1,
            tenant=row.tenant,
            decision=wanted.decision,
            kind=wanted.kind.value,
            court=wanted.court.strip() or None,
            verdict=VERDICT.dump_json(verdict).decode(),
            proposed_at=now,
            proposed_by=verdict.by,
            signed=signature(office, session, row.tenant, verdict.by),
        )
    )
    changed_case(session, row)
    note(office, session, row, now, verdict.by, Action.PROPOSED, verdict.reason or "")


def _end(
    session: Session, waits: ProposedCorrectionRow, who: str, now: datetime, state: str, answer: str = ""
) -> None:
    waits.state, waits.ended_at, waits.ended_by, waits.answer = state, now, who, answer or None
    session.add(waits)


def _write(
    office: Office,
    session: Session,
    row: ApplicationRow,
    before: AnyDecision,
    kind: CorrectionKind,
    court: str,
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
        kind=kind.value,
        court=court.strip() or None,
        tenant=row.tenant,
        month=row.month,
        outcome=verdict.outcome,
        granted=verdict.granted,
        difference=verdict.granted - before.granted,
        decided_at=now,
        decided_by=verdict.by,
        approved_by=verdict.approved_by,
        signed=verdict.signed or signature(office, session, row.tenant, verdict.by),
        second=signature(office, session, row.tenant, verdict.approved_by) if verdict.approved_by else None,
        assessment=before.assessment,
        reason=verdict.reason,
        changes=CHANGES.dump_json(verdict.changes).decode(),
        told=verdict.told_text,
        remembered="",
    )
    if verdict.already:
        by = correction.signed or ""
        claims.count(session, row, correction, verdict.already, verdict.by, by, now)
    document = document_of(session, correction)
    assessed = session.get(AssessmentRow, (row.tenant, row.id, before.assessment))
    looked = Assessment.model_validate_json(assessed.document) if assessed is not None else None
    seen, asked = (looked.incomes, looked.asked) if looked is not None else (None, None)
    correction.remembered = json.dumps(remember(document, seen, content, asked), ensure_ascii=False)
    row.version += 1
    session.add(row)
    outbox.tell(session, row, "application.corrected", now)
    outbox.put_letters(session, row, outbox.LETTER, number, {"decision": correction.id}, now)
    entries = [journal.decided(document)]
    more = correction.difference
    if (paid_now := more - verdict.already) > 0:
        extra = document.model_copy(update={"granted": paid_now})
        paid = payments.order(office, extra, row.case_number, content)
        outbox.put(session, row, outbox.PAYMENT, number, paid, now)
        entries.append(payments.ordered(extra, paid))
    elif more < 0:
        claim = ClaimRow(application_id=row.id, number=number, tenant=row.tenant, amount=-more, opened_at=now)
        session.add(claim)
    correction.entry = write_log(office, session, row, entries, correction)[0].seq
    if more > 0:
        check_months(session, [(row, ())])
    session.add(correction)


def later_months(session: Session, row: ApplicationRow) -> Iterator[tuple[ApplicationRow, AnyDecision]]:
    """The decided applications of later months of the same adults, which may rest on this one's decision."""
    adults = select(PartyRow.person).where(same_case(PartyRow, row), col(PartyRow.adult))
    same = select(PartyRow.application_id).where(
        PartyRow.tenant == row.tenant, col(PartyRow.adult), col(PartyRow.person).in_(adults)
    )
    query = select(ApplicationRow).where(
        ApplicationRow.tenant == row.tenant,
        col(ApplicationRow.id).in_(same),
        ApplicationRow.state == ApplicationState.DECIDED,
        col(ApplicationRow.month) > row.month,
    )
    for other in session.exec(query.order_by(col(ApplicationRow.month), col(ApplicationRow.id))).all():
        decision = in_force(session, other.tenant, other.id)
        if decision is not None:
            yield other, decision
