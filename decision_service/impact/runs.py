"""Runs of recorded cases under other rules: begun by a person, worked on by whoever is free, read by many.

What a run has come to stands in the tables, case by case: a process that dies loses what it had in hand, and
another goes on with the cases that are left.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError
from decision_service.impact.again import Again
from decision_service.impact.summary import Summary
from decision_service.log import releases
from decision_service.reading.strict_json import InputError
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, ImpactCaseRow, ImpactRow
from decision_service.store.waiting import taken
from norms.fault import fault
from rules.book import Rulebook

HELD = timedelta(seconds=30)
"""How long whoever works on a run has it; with every batch that is written it begins anew."""


@dataclass(frozen=True)
class RunProgress:
    """How far a run has come: cases that were assessed again, out of how many, and how many could not be."""

    done: int
    total: int
    missing: int


def begin(
    office: Office,
    session: Session,
    tenant: str,
    who: str,
    book: Rulebook,
    months: Collection[str],
    *,
    protected: bool = True,
) -> ImpactRow:
    """Begin to assess the cases of some months again under other rules, whose files are kept for it: those of
    protected people too, whoever begins. ``protected``: whether who begins may know of them.

    Raises InputError where there is no month, or no case in them that they may know of.
    """
    if not months:
        raise InputError([fault("impact_without_month", "months")])
    texts = sorted({*months})
    of, row = _of(tenant, texts), ApplicationRow
    total = session.exec(select(func.count(col(row.id))).where(*of)).one()
    if not session.exec(select(func.count(col(row.id))).where(*of, *_known(protected=protected))).one():
        raise InputError([fault("impact_without_cases", "months")])
    releases.store(session.connection(), book)
    now = office.clock()
    run = ImpactRow(
        id=uuid.uuid4().hex,
        tenant=tenant,
        release=book.release,
        months=" ".join(texts),
        asked_at=now,
        asked_by=who,
        total=total,
        next_run_at=now,
    )
    session.add(run)
    return run


def _of(tenant: str, months: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """The applications that a run is about: those that have been assessed."""
    row = ApplicationRow
    return col(row.tenant) == tenant, col(row.month).in_(months), col(row.assessments) > 0


def _known(*, protected: bool) -> tuple[ColumnElement[bool], ...]:
    """The applications that somebody may know of who may see those of protected people, or not."""
    return () if protected else (col(ApplicationRow.protected).is_(False),)


def run_of(session: Session, tenant: str, run: str) -> ImpactRow:
    """A run of a municipality. Raises NotFoundError."""
    found = session.get(ImpactRow, (tenant, run))
    if found is None:
        raise NotFoundError(run)
    return found


def runs(session: Session, tenant: str) -> Sequence[ImpactRow]:
    """The runs of a municipality, the newest first."""
    run = ImpactRow
    query = select(run).where(run.tenant == tenant).order_by(col(run.asked_at).desc(), col(run.id))
    return session.exec(query.limit(100)).all()


def stop(office: Office, session: Session, tenant: str, run: str) -> ImpactRow:
    """End a run before it is done; what it has come to stays. Raises NotFoundError and ConflictError."""
    found = _locked(session, tenant, run)
    if found is None:
        raise NotFoundError(run)
    if found.state != "running":
        raise ConflictError(fault("impact_not_running"))
    _end(office, session, found, "stopped")
    return found


def _end(office: Office, session: Session, run: ImpactRow, state: str) -> None:
    run.state, run.ended_at, run.next_run_at, run.holder = state, office.clock(), None, None
    session.add(run)


# --- the work


def take(office: Office, session: Session, holder: str) -> ImpactRow | None:
    """A run that nobody works on, for ``holder`` to work on for a while; None where there is none."""
    run = ImpactRow
    waits = col(run.state) == "running", col(run.next_run_at) <= office.clock()
    for found in taken(session, run, waits, col(run.asked_at), 1):
        found.holder, found.next_run_at = holder, office.clock() + HELD
        session.add(found)
        return found
    return None


def left(session: Session, run: ImpactRow, count: int) -> Sequence[str]:
    """Some of the cases that a run has not come to yet."""
    row, done = ApplicationRow, ImpactCaseRow
    seen = select(done.application_id).where(*_own(run))
    query = select(row.id).where(*_of(run.tenant, run.months.split()), col(row.id).not_in(seen))
    return session.exec(query.order_by(row.id).limit(count)).all()


def write(
    office: Office, session: Session, run: ImpactRow, holder: str, cases: Sequence[ImpactCaseRow]
) -> bool:
    """Write down what came of some cases; False where the run is no longer ``holder``'s, and nothing is
    written. No cases end the run."""
    found = _locked(session, run.tenant, run.id)
    if found is None or found.holder != holder or found.state != "running":
        return False
    if not cases:
        _end(office, session, found, "done")
        return True
    found.next_run_at = office.clock() + HELD
    session.add(found)
    session.add_all(cases)
    return True


def release_hold(office: Office, session: Session, run: ImpactRow, holder: str) -> None:
    """Let whoever comes next go on with a run at once."""
    found = _locked(session, run.tenant, run.id)
    if found is not None and found.holder == holder and found.state == "running":
        found.holder, found.next_run_at = None, office.clock()
        session.add(found)


def _locked(session: Session, tenant: str, run: str) -> ImpactRow | None:
    query = select(ImpactRow).where(ImpactRow.tenant == tenant, ImpactRow.id == run).with_for_update()
    return session.exec(query, execution_options={"populate_existing": True}).first()


def _own(run: ImpactRow) -> tuple[ColumnElement[bool], ...]:
    """The cases of a run."""
    return col(ImpactCaseRow.tenant) == run.tenant, col(ImpactCaseRow.impact) == run.id


# --- what it came to


def progress(session: Session, run: ImpactRow, *, protected: bool) -> RunProgress:
    """How far a run has come; ``protected``: with the cases of protected people, which are not there for who
    may not see them."""
    case, row, own = ImpactCaseRow, ApplicationRow, (*_own(run), *_known(protected=protected))
    cases = select(func.count(col(row.id))).join(case, same_case(case, row)).where(*own)
    done, missing = session.exec(cases).one(), session.exec(cases.where(case.missing != "")).one()
    if protected:
        return RunProgress(done, max(run.total, done), missing)
    if run.state == "done":
        return RunProgress(done, done, missing)
    seen = select(case.application_id).where(*_own(run))
    of = (*_of(run.tenant, run.months.split()), *_known(protected=protected), col(row.id).not_in(seen))
    return RunProgress(done, done + session.exec(select(func.count(col(row.id))).where(*of)).one(), missing)


def summary(session: Session, run: ImpactRow, *, protected: bool) -> Summary:
    """Everything that the cases so far come to; ``protected`` as for ``progress``."""
    found, case, row = Summary(), ImpactCaseRow, ApplicationRow
    query = select(case.found).join(row, same_case(case, row)).where(*_own(run), case.missing == "")
    for each in session.exec(query.where(*_known(protected=protected))):
        found.add(Again.read(each))
    return found


def moved(
    session: Session, run: ImpactRow, *, protected: bool, after: str = "", limit: int
) -> list[tuple[ApplicationRow, Again]]:
    """The cases that come out otherwise, by id. ``protected``: those of protected people too."""
    case, row = ImpactCaseRow, ApplicationRow
    query = (
        select(row, case.found)
        .join(row, same_case(case, row))
        .where(*_own(run), col(case.moved), row.id > after, *_known(protected=protected))
    )
    return [(one, Again.read(found)) for one, found in session.exec(query.order_by(row.id).limit(limit))]
