"""A draft approved by a second person, and put in force from a month."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Session

from audit.head import lock as lock_log
from decision_service.application.fields import Part
from decision_service.casework.office import Office
from decision_service.lawmaking.checking import base_of, checked, content_of, in_force, present_of
from decision_service.lawmaking.content import changed_cases
from decision_service.lawmaking.drafts import PUBLISHED, is_editor
from decision_service.lawmaking.findings import Checked
from decision_service.log import approvals, journal, publications, releases
from decision_service.reading.strict_json import InputError
from decision_service.store.refused import ConflictError
from decision_service.store.tables import DraftRow, PublicationRow
from norms.fault import fault
from norms.month import Month


class Approve(Part):
    """A second person's yes, or no with what has to be done."""

    agrees: bool
    text: Annotated[str, Field(max_length=2000)] = ""


class Publish(Part):
    """The first month that the draft decides."""

    first: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


def approve(office: Office, session: Session, row: DraftRow, given: Approve, who: str) -> None:
    """A second person's yes to a locked draft as it is now, in the log; a no takes back a yes. Raises
    ConflictError for somebody who has had a hand in it, and for a draft that is not ready."""
    if is_editor(office, row, who):
        raise ConflictError(fault("own_draft"))
    if given.agrees:
        require_ready(office, row)
        row.approved, row.approved_by = row.version, who
    else:
        row.approved, row.approved_by = None, None
    session.add(row)
    approvals.enter(office.log, session.connection(), row, who, office.clock())


def require_ready(office: Office, row: DraftRow) -> Checked:
    """What the check has said of a draft that nothing stops. Raises ConflictError."""
    found = checked(office, row)
    if found is None:
        raise ConflictError(fault("draft_not_checked"))
    if found.findings:
        first = found.findings[0].message
        raise ConflictError(fault("draft_with_findings", count=found.total, first=first))
    if found.corrections and not row.reason.strip():
        raise ConflictError(fault("correction_without_reason", first=found.corrections[0]))
    return found


def publish(office: Office, session: Session, row: DraftRow, given: Publish, who: str) -> PublicationRow:
    """Put a locked draft in force from a month, in every municipality of the installation: logged in each.

    Raises ConflictError where it is not approved as it is, or what is in force has moved on, and InputError
    for a month that it cannot be in force from.
    """
    connection, tenants = session.connection(), sorted(office.installation.municipalities)
    for tenant in tenants:
        lock_log(connection, tenant, None)
    approved = row.approved == row.version and row.approved_by is not None
    if approved and not approvals.is_entered(office.log, connection, row):
        raise ConflictError(fault("draft_not_as_approved"))
    found = require_ready(office, row)
    if not approved:
        raise ConflictError(fault("draft_not_approved"))
    if in_force(session, row.tenant).number != row.base:
        raise ConflictError(fault("release_moved"))
    base, draft = base_of(session, row), content_of(session, row)[1]
    _require_month(office, session, row, base, given.first)
    book = releases.book_from(draft.law, found.release)
    unknown = [code for code in tenants if code not in book.norms.municipalities]
    if unknown:
        raise ConflictError(fault("municipality_not_in_norms", found=unknown[0]))
    said: dict[str, Any] = {
        "number": 0,
        "release": book.release,
        "base": base.release,
        "first": given.first,
        "draft": row.id,
        "content": hashlib.sha256(row.changes.encode()).hexdigest(),
        "purpose": row.purpose,
        "reason": row.reason,
        "owner": row.owner,
        "approved_by": row.approved_by,
        "published_by": who,
        "published_at": office.clock(),
        "cases": changed_cases(draft.cases),
    }
    for tenant in tenants:
        made = PublicationRow(tenant=tenant, **said)
        releases.enact(office.log, connection, made, book, journal.staff(who))
    row.state = PUBLISHED
    session.add(row)
    return session.get_one(PublicationRow, (row.tenant, row.base + 1))


def _require_month(office: Office, session: Session, row: DraftRow, base: PublicationRow, first: str) -> None:
    """That the draft can be in force from a month: one that the tables know of; a month that has been needs a
    reason, and nothing that is to begin later is pulled forward."""
    known = office.book.norms.first_month
    if Month.parse(first) < known:
        raise InputError([fault("month_without_tables", "first", month=first, first=str(known))])
    if Month.parse(first) < present_of(office) and not row.reason.strip():
        raise ConflictError(fault("past_month_without_reason", month=first))
    found = publications.publications(session.connection(), row.tenant)
    if publications.deciding(found, first).release != base.release:
        raise InputError([fault("later_release_first", "first", month=str(base.first))])
