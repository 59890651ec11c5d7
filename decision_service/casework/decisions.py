"""The one place where a decision is made: its row, what later months remember of it, its letter and payment,
and its entry in the log; whoever decided.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Select, bindparam
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

import audit
from decision_service.application.kept import ContentJson
from decision_service.application.outcome import Outcome, decided
from decision_service.casework import outbox, payments, search, steps
from decision_service.casework.assessments import Numbered
from decision_service.casework.chain import AnyDecision, chain, in_force
from decision_service.casework.office import Office
from decision_service.casework.remembered import remember
from decision_service.casework.rows import ConflictError
from decision_service.casework.staff import signature
from decision_service.decision.changed_lines import NOTHING, changed
from decision_service.decision.document import (
    AdultsCause,
    Calculation,
    Communication,
    CorrectionKind,
    Corrects,
    Decision,
    DecisionBasis,
    Findings,
    LineChange,
    RestsOn,
)
from decision_service.log import journal, vouched
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ApplicationRow,
    AssessmentRow,
    CorrectionRow,
    DecisionRow,
    LoweredClaimRow,
    PartyRow,
)
from decision_service.store.unsought import unsought
from norms.fault import fault
from rules.texts import kronor

MACHINE = "lagrum"


@dataclass(frozen=True)
class Verdict:
    """What is decided: outcome, what is granted in öre, by whom (``MACHINE`` or a staff id) and why.

    ``approved_by`` is the staff id of the second, where the municipality wants two pairs of eyes. ``changes``
    are the lines that a person has changed, ``assessment`` the number of the assessment that a person decided
    on, and ``beside`` the ids of the decisions that pay for the same month and that this one is to add to.
    ``told`` is how the applicant has been told of what speaks against the application. ``signed`` is the name
    of whoever put it forward, as it was then, where a second person says yes to it. ``already`` is how much
    of what a correction gives more the applicant has been paid too much before, in öre: it is not paid again.
    """

    outcome: Outcome
    granted: int
    by: str = MACHINE
    reason: str | None = None
    approved_by: str | None = None
    changes: tuple[LineChange, ...] = ()
    assessment: int | None = None
    beside: tuple[str, ...] = ()
    told: Communication | None = None
    signed: str | None = None
    already: int = 0

    @property
    def told_text(self) -> str | None:
        """The same as it is stored."""
        return self.told.model_dump_json() if self.told is not None else None


@dataclass(frozen=True)
class DecisionMade:
    """A decision on an application that is still to be logged: its row, its entries, which of them tells of
    it, and the ids of the decisions that it is to add to."""

    application: ApplicationRow
    decision: DecisionRow
    entries: Sequence[audit.Entry]
    at: int
    beside: Sequence[str]


def make_decision(
    office: Office,
    session: Session,
    row: ApplicationRow,
    verdict: Verdict,
    content: ContentJson,
    assessment: Numbered | None,
    now: datetime,
) -> None:
    """Decide an application and log it: see ``made``. Raises MonthPaidError too."""
    rests_on = (assessment.number, assessment.document.findings) if assessment is not None else None
    log(office, session, [made(office, session, row, verdict, content, rests_on, now)])


def log(office: Office, session: Session, decisions: Sequence[DecisionMade]) -> None:
    """Log decisions of one municipality, when everything else is written. Raises MonthPaidError."""
    if not decisions:
        return
    rows = [each.decision for each in decisions]
    entries = [entry for each in decisions for entry in each.entries]
    logged = iter(vouched.append(office.log, session, rows[0].tenant, entries, *rows))
    for each in decisions:
        each.decision.entry = [next(logged) for _ in each.entries][each.at].seq
    session.add_all(rows)
    # The log is ours from here on, and whoever decides writes in it: no other decision can come after this.
    check_months(session, [(each.application, each.beside) for each in decisions if pays(each.decision)])


def pays(decision: AnyDecision) -> bool:
    """Whether a decision says that something is paid for its month."""
    return Outcome(decision.outcome).pays


def made(
    office: Office,
    session: Session,
    row: ApplicationRow,
    verdict: Verdict,
    content: ContentJson,
    rests_on: tuple[int, Findings] | None,
    now: datetime,
    *,
    before: Sequence[audit.Entry] = (),
    settled: bool = False,
) -> DecisionMade:
    """A decision on an application, with its letters and payment. ``content`` is what it says, as it was
    decided. ``rests_on`` is the number of the assessment and what it came to, None where the machine never
    got to look at the application as it is now; ``before`` are entries for the log that come before it;
    ``settled``: nobody has a task in the case, or has been asked anything. Raises ConflictError for a person
    whose name is not known.
    """
    number, findings = rests_on if rests_on is not None else (0, None)
    decision = DecisionRow(
        application_id=row.id,
        id=uuid.uuid4().hex,
        tenant=row.tenant,
        month=row.month,
        outcome=verdict.outcome,
        granted=verdict.granted,
        automatic=verdict.by == MACHINE,
        decided_at=now,
        decided_by=verdict.by,
        approved_by=verdict.approved_by,
        signed=verdict.signed or _signed(office, session, row, verdict.by),
        second=_signed(office, session, row, verdict.approved_by),
        reason=verdict.reason,
        assessment=number,
        changes=CHANGES.dump_json(verdict.changes).decode(),
        told=verdict.told_text,
        fired=search.fired(findings) if findings is not None else "",
        asked=search.asked(findings) if findings is not None else "",
        followed=_followed(verdict, findings),
        remembered="",
    )
    document = _document(decision, rests_on)
    seen = findings.incomes if findings is not None else None
    asked = findings.asked if findings is not None else None
    decision.remembered = json.dumps(remember(document, seen, content, asked), ensure_ascii=False)
    steps.settle(session, row, now, settled=settled)
    outbox.put_letters(session, row, outbox.LETTER, 1, {"decision": decision.id}, now)
    first = [*before, *_deviation(document, findings)]
    entries = [*first, journal.decided(document)]
    if document.outcome.pays and document.granted > 0:
        paid = payments.order(office, document, row.case_number, content)
        outbox.put(session, row, outbox.PAYMENT, 1, paid, now)
        entries.append(payments.ordered(document, paid))
    return DecisionMade(row, decision, entries, len(first), verdict.beside)


def _signed(office: Office, session: Session, row: ApplicationRow, who: str | None) -> str | None:
    return None if who in (None, MACHINE) else signature(office, session, row.tenant, str(who))


class MonthPaidError(ConflictError):
    """One of the applicants already has a decision that pays for the month."""


def check_months(session: Session, seen: Sequence[tuple[ApplicationRow, Collection[str]]]) -> None:
    """Nobody is paid twice for a month unseen, whoever decides. Of each of some applications of one
    municipality the ids of the decisions that have been seen. Raises MonthPaidError."""
    known = {row.id: ids for row, ids in seen}
    for row, found in paid_for(session, [row for row, _ in seen]):
        if found.id not in known[row.id]:
            words = {"application": found.application_id, "amount": kronor(found.granted)}
            raise MonthPaidError(fault("month_already_paid", month=row.month, **words))


def paid_for(session: Session, rows: Sequence[ApplicationRow]) -> list[tuple[ApplicationRow, AnyDecision]]:
    """The decisions in force on other applications that pay one of the applicants for the same month, of each
    of some applications of one municipality."""
    if not rows:
        return []
    asked = {"its_tenant": rows[0].tenant, "cases": [each.id for each in rows]}
    same = dict.fromkeys(map(tuple, session.connection().execute(_PAID_FOR, asked)))
    its = {each.id: each for each in rows}
    found = [(its[here], in_force(session, rows[0].tenant, there)) for here, there in same]
    return [(row, each) for row, each in found if each is not None and each.granted > 0]


def _paid_for() -> Select[str, str]:
    here, there, other, this = aliased(PartyRow), aliased(PartyRow), DecisionRow, ApplicationRow
    return (
        columns(col(here.application_id), col(other.application_id))
        .join(there, same_case(there, other))
        .join(here, (col(there.person) == unsought(here.person)) & (col(here.tenant) == col(there.tenant)))
        .join(this, same_case(this, here))
        .where(
            col(here.tenant) == bindparam("its_tenant"),
            col(here.application_id).in_(bindparam("cases", expanding=True)),
            col(here.adult),
            col(there.adult),
            col(there.tenant) == bindparam("its_tenant"),
            col(there.application_id) != col(here.application_id),
            col(other.month) == col(this.month),
        )
        .order_by(col(other.decided_at), col(other.id))
    )


_PAID_FOR = _paid_for()


def _followed(verdict: Verdict, findings: Findings | None) -> bool | None:
    """Whether a person decides as was proposed; None for the machine, and where nothing is proposed."""
    proposed = findings.proposal if findings is not None else None
    if verdict.by == MACHINE or proposed is None:
        return None
    return proposed == (verdict.outcome, verdict.granted)


def _deviation(decision: Decision, findings: Findings | None) -> list[audit.Entry]:
    """The entry that says that a person decided otherwise than the machine proposed, where one did."""
    proposed = findings.proposal if findings is not None else None
    if decision.automatic or proposed in (None, (decision.outcome, decision.granted)):
        return []
    return [journal.override(decision, proposed)]


def document_of(session: Session, decision: AnyDecision) -> Decision:
    """The decision document (``beslut/1``) of a row. Raises KeyError for a correction of no decision."""
    row = session.get(AssessmentRow, (decision.tenant, decision.application_id, decision.assessment))
    assessment = (row.number, DecisionBasis.model_validate_json(row.document)) if row is not None else None
    if isinstance(decision, DecisionRow):
        return _document(decision, assessment)
    whole = chain(session, decision.tenant, decision.application_id)
    before = next(one for one in whole if one.id == decision.corrects)
    earlier = document_of(session, before)
    return _document(decision, assessment, earlier.calculation).model_copy(
        update={
            "corrects": Corrects(
                decision=before.id,
                decided_at=before.decided_at,
                kind=CorrectionKind(decision.kind),
                court=decision.court,
                difference=decision.difference,
                already=_already(session, decision),
            )
        }
    )


def _already(session: Session, correction: CorrectionRow) -> int:
    """How much of what a correction gives more the applicant had already, in öre."""
    lowered = LoweredClaimRow
    its = same_case(lowered, correction), col(lowered.correction) == correction.number
    return sum(session.exec(select(lowered.amount).where(*its)))


CHANGES = TypeAdapter(tuple[LineChange, ...])


def _document(
    decision: AnyDecision,
    assessment: tuple[int, DecisionBasis] | None,
    earlier: Calculation | None = None,
) -> Decision:
    """The document of a row, and of the assessment that it rests on, with its number; ``earlier`` is the
    calculation of the decision that it corrects."""
    release, rests_on, calculation = None, None, earlier
    causes: tuple[AdultsCause, ...] = ()
    changes = CHANGES.validate_json(decision.changes)
    if assessment is not None:
        number, found = assessment
        release, rests_on = found.release, RestsOn(number=number, receipt=found.receipt)
        calculation, causes = earlier or found.calculation, found.causes
    if changes:
        calculation = changed(calculation or NOTHING, changes)
    if calculation is not None:
        calculation = calculation.model_copy(update={"granted": decision.granted})
    return Decision(
        id=decision.id,
        application_id=decision.application_id,
        municipality=decision.tenant,
        month=decision.month,
        outcome=decided(decision.outcome),
        granted=decision.granted,
        automatic=decision.automatic,
        decided_by=decision.decided_by,
        approved_by=decision.approved_by,
        signed=decision.signed,
        second=decision.second,
        decided_at=decision.decided_at,
        reason=decision.reason,
        release=release,
        assessment=rests_on,
        causes=causes,
        changes=changes,
        told=Communication.model_validate_json(decision.told) if decision.told is not None else None,
        calculation=calculation,
    )
