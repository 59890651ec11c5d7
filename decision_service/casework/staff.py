"""Who works with cases, by name and title: what a decision is signed with (FL 31 §), never only an id."""

from __future__ import annotations

import unicodedata

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError
from decision_service.installation.configuration import Installation
from decision_service.store.tables import StaffRow
from norms.fault import fault


def note_staff(office: Office, session: Session, tenant: str, id_: str, name: str, title: str) -> None:
    """Keep what a token says of somebody; one that says no name changes nothing."""
    row = session.get(StaffRow, (tenant, id_))
    if not name or (row is not None and (row.name, row.title) == (name, title)):
        return
    if row is None:
        # Somebody new may do two things at once: the second waits here, and finds the row.
        connection = session.connection()
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        said = {"name": name, "title": title, "changed_at": office.clock()}
        new = insert(StaffRow).values(tenant=tenant, id=id_, **said)
        connection.execute(new.on_conflict_do_nothing())
        return
    row.name, row.title, row.changed_at = name, title, office.clock()
    session.add(row)


def named(office: Office, session: Session, tenant: str, id_: str) -> str:
    """Name and title of somebody, as the installation or else their token says; empty where neither does."""
    known = office.municipality(tenant).staff.get(id_)
    if known is not None:
        return f"{known.name}, {known.title}"
    row = session.get(StaffRow, (tenant, id_))
    return "" if row is None else ", ".join(part for part in (row.name, row.title) if part)


def signature(office: Office, session: Session, tenant: str, id_: str) -> str:
    """What somebody signs with. Raises ConflictError for one whose name nobody has said."""
    found = named(office, session, tenant, id_)
    if not found:
        raise ConflictError(fault("staff_without_name", staff=id_))
    return found


def may_be_one(installation: Installation, one: str, other: str) -> bool:
    """Whether two ids may be one person's: spelled alike, or of issuers of which one person may have both."""
    return as_read(one) == as_read(other) or not installation.are_two(one, other)


def as_read(staff: str) -> str:
    """A staff id as people take it: ``H-1`` and ``h-1`` are one person, for nobody is to be their own second
    by another spelling."""
    return unicodedata.normalize("NFKC", staff).strip().casefold()
