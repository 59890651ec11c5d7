"""The assessments of an application as they were written down."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from decision_service.decision.document import Assessment
from decision_service.store.tables import ApplicationRow, AssessmentRow


@dataclass(frozen=True)
class Numbered:
    """An assessment and its number in the case."""

    number: int
    document: Assessment


def numbered(row: AssessmentRow) -> Numbered:
    """The assessment of a row."""
    return Numbered(row.number, Assessment.model_validate_json(row.document))


def latest(session: Session, tenant: str, application_id: str) -> AssessmentRow | None:
    """The newest assessment of an application, whatever has become of the application since."""
    its = AssessmentRow.tenant == tenant, AssessmentRow.application_id == application_id
    query = select(AssessmentRow).where(*its)
    return session.exec(query.order_by(col(AssessmentRow.number).desc())).first()


def standing(session: Session, row: ApplicationRow) -> Numbered | None:
    """The newest assessment, unless the application has changed since."""
    found = session.get(AssessmentRow, (row.tenant, row.id, row.assessments))
    return numbered(found) if found is not None and found.made_at >= row.content_at else None
