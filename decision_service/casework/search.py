"""Find decisions: by month, outcome, who decided, what was asked, which rule fired, and the person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, tuple_
from sqlmodel import Session, col, select

from decision_service.application.outcome import Decided
from decision_service.decision.document import Assessment
from decision_service.store.tables import ApplicationRow, DecisionRow, PartyRow
from rules.evaluated import RuleState


@dataclass(frozen=True)
class Wanted:
    """What is searched for; None is anything.

    ``rules`` are ids of rules of which one has fired, ``asked`` the code of a reason to ask a person or the
    applicant. ``person`` is a keyed hash.
    """

    month: str | None = None
    outcome: Decided | None = None
    automatic: bool | None = None
    decided_by: str | None = None
    asked: str | None = None
    rules: Collection[str] | None = None
    person: str | None = None
    case_number: str | None = None


Position = tuple[datetime, str]
"""Where a page of decisions begins: after this moment and application."""


def decisions(
    session: Session, municipality: str, wanted: Wanted, *, after: Position | None = None, limit: int
) -> Sequence[DecisionRow]:
    """Decisions of a municipality, the newest first, ``limit`` at most."""
    row = DecisionRow
    query = select(row).where(row.tenant == municipality)
    for column, value in (
        (row.month, wanted.month),
        (row.outcome, wanted.outcome),
        (row.automatic, wanted.automatic),
        (row.decided_by, wanted.decided_by),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if wanted.case_number is not None:
        query = query.where(col(row.application_id) == numbered_as(session, municipality, wanted.case_number))
    if wanted.asked is not None:
        query = query.where(col(row.asked).contains(_word(wanted.asked), autoescape=True))
    if wanted.rules is not None:
        having = (col(row.fired).contains(_word(each), autoescape=True) for each in wanted.rules)
        query = query.where(or_(*having)) if wanted.rules else query.where(False)
    if wanted.person is not None:
        about = select(PartyRow.application_id).where(
            PartyRow.tenant == municipality, PartyRow.person == wanted.person
        )
        query = query.where(col(row.application_id).in_(about))
    if after is not None:
        query = query.where(tuple_(col(row.decided_at), col(row.application_id)) < after)
    query = query.order_by(col(row.decided_at).desc(), col(row.application_id).desc())
    return session.exec(query.limit(limit)).all()


def numbered_as(session: Session, municipality: str, case_number: str) -> str:
    """The id of the application with a case number, empty where there is none."""
    row = ApplicationRow
    found = select(row.id).where(row.tenant == municipality, row.case_number == case_number)
    return session.exec(found).first() or ""


def case_numbers(session: Session, municipality: str, applications: Collection[str]) -> dict[str, str]:
    """The case numbers of applications by their ids."""
    row = ApplicationRow
    query = select(row.id, row.case_number).where(row.tenant == municipality, col(row.id).in_(applications))
    return dict(session.exec(query).all())


def fired(assessment: Assessment) -> str:
    """The rules that fired in an assessment, as a decision's row keeps them."""
    return _words({one.id for one in assessment.rules if one.state == RuleState.FIRED.value})


def asked(assessment: Assessment) -> str:
    """The codes of what was asked in an assessment, as a decision's row keeps them."""
    return _words({one.code for one in assessment.reasons})


def _words(found: set[str]) -> str:
    return f" {' '.join(sorted(found))} " if found else ""


def _word(text: str) -> str:
    return f" {text} "
