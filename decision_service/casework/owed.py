"""What is owed when rules are corrected for months that have been: each decision, for a person to look at.

Nobody is paid and nothing is claimed here. A handläggare changes the decision as any other, and it is done
with that; or says why it stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from decision_service.casework.chain import in_force
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, lock
from decision_service.casework.task import note
from decision_service.log import vouched
from decision_service.log.events import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, CorrectionRow, ImpactRow, OwedRow
from norms.fault import fault


def put(
    office: Office, session: Session, run: ImpactRow, who: str, found: Iterable[tuple[str, int | None]]
) -> list[str]:
    """Put decisions before people: applications, and how much more each would be, in öre. Those that were
    put: none that has been put before them already, nor one that was made after the run was asked for.

    Raises NotFoundError.
    """
    new, now = [], office.clock()
    for application, amount in found:
        row = lock(session, run.tenant, application)
        decision = in_force(session, run.tenant, application)
        if decision is None or decision.decided_at > run.asked_at:
            continue
        if session.get(OwedRow, (run.tenant, application, decision.id)) is not None:
            continue
        session.add(
            OwedRow(
                application_id=application,
                decision=decision.id,
                tenant=run.tenant,
                impact=run.id,
                amount=amount,
                found_at=now,
            )
        )
        note(office, session, row, now, who, Action.OWED)
        new.append(application)
    return new


def still_open(
    office: Office, session: Session, tenant: str, *, application: str | None = None, limit: int = 200
) -> Sequence[tuple[ApplicationRow, OwedRow]]:
    """The decisions that nobody has changed yet, nor said why they stay, the oldest first. Raises
    audit.errors.RowError for one that the log does not say."""
    owed, row, later = OwedRow, ApplicationRow, CorrectionRow
    changed = select(later.corrects).where(same_case(later, owed))
    query = (
        select(row, owed)
        .join(owed, same_case(owed, row))
        .where(owed.tenant == tenant, col(owed.ended_at).is_(None), col(owed.decision).not_in(changed))
    )
    if application is not None:
        query = query.where(owed.application_id == application)
    query = query.order_by(col(owed.found_at), col(row.month), row.id).limit(limit)
    found = [(one, each) for one, each in session.exec(query)]
    vouched.require(office.keys, session, tenant, *(each for _, each in found))
    return found


def leave(
    office: Office, session: Session, tenant: str, application: str, who: str, reason: str
) -> ApplicationRow:
    """Let a decision stay as it is. Raises NotFoundError, ConflictError where nothing waits, and InputError
    without a reason."""
    row = lock(session, tenant, application)
    waiting = still_open(office, session, tenant, application=application)
    if not waiting:
        raise ConflictError(fault("nothing_owed"))
    if not reason.strip():
        raise InputError([fault("decision_without_reason", "reason")])
    now = office.clock()
    for _, owed in waiting:
        owed.ended_at, owed.ended_by, owed.reason = now, who, reason.strip()
        session.add(owed)
    note(office, session, row, now, who, Action.NOT_OWED, reason.strip())
    return row
