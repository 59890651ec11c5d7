"""Who works with cases, by name and title: what a decision is signed with (FL 31 §), never only an id.

What a token said is stamped with the installation's own secret: whoever has the database alone could else
change who a decision is said to be signed by, for those whose tokens say no name.
"""

from __future__ import annotations

import hmac
import json
import unicodedata
from collections.abc import Iterator

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError
from decision_service.installation.configuration import Installation
from decision_service.reading.said import said_in
from decision_service.store.database import reading, transaction
from decision_service.store.tables import StaffRow
from norms.fault import fault


def note_staff(office: Office, session: Session, tenant: str, id_: str, name: str, title: str) -> None:
    """Keep what a token says of somebody; one that says no name changes nothing."""
    row = session.get(StaffRow, (tenant, id_))
    stamp = _stamp(office, tenant, id_, name, title)
    if not name or (row is not None and (row.name, row.title, row.stamp) == (name, title, stamp)):
        return
    if row is None:
        # Somebody new may do two things at once: the second waits here, and finds the row.
        connection = session.connection()
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        said = {"name": name, "title": title, "changed_at": office.clock(), "stamp": stamp}
        new = insert(StaffRow).values(tenant=tenant, id=id_, **said)
        connection.execute(new.on_conflict_do_nothing())
        return
    row.name, row.title, row.stamp, row.changed_at = name, title, stamp, office.clock()
    session.add(row)


def _stamp(office: Office, tenant: str, id_: str, name: str, title: str) -> str:
    return office.keyed("staff", json.dumps([tenant, id_, name, title]))


def _is_ours(office: Office, row: StaffRow) -> bool:
    return hmac.compare_digest(
        row.stamp.encode(), _stamp(office, row.tenant, row.id, row.name, row.title).encode()
    )


_say = said_in(__file__)


def strange(office: Office, tenant: str) -> Iterator[str]:
    """Who is called something that no token has said, in Swedish."""
    with reading(office.engine) as session:
        rows = session.exec(select(StaffRow).where(StaffRow.tenant == tenant).order_by(StaffRow.id)).all()
    for row in rows:
        if not _is_ours(office, row):
            yield _say("other_name", vem=row.id)


def stamp_what_there_is(office: Office, tenant: str) -> int:
    """Take over the names that an earlier version kept, once, before anybody works; how many they were. The
    key folder remembers that it is done: from then on one without a stamp was never written by us.

    Several processes may begin at once: each holds the rows, and one that had to wait asks the folder again,
    for who was before it may work already. Raises KeyFileError.
    """
    if office.keys.remembered(_stamped(tenant)) is not None:
        return 0
    with transaction(office.engine) as session:
        rows = session.exec(select(StaffRow).where(StaffRow.tenant == tenant).with_for_update()).all()
        if office.keys.remembered(_stamped(tenant)) is not None:
            return 0
        for row in rows:
            row.stamp = _stamp(office, tenant, row.id, row.name, row.title)
            session.add(row)
    office.keys.remember(_stamped(tenant), "Handläggarnas namn är stämplade.\n")
    return len(rows)


def _stamped(tenant: str) -> str:
    return f"{tenant}/staff"


def named(office: Office, session: Session, tenant: str, id_: str) -> str:
    """Name and title of somebody, as the installation or else their token says; empty where neither does, as
    for whom somebody else has written in the table."""
    known = office.municipality(tenant).staff.get(id_)
    if known is not None:
        return f"{known.name}, {known.title}"
    row = session.get(StaffRow, (tenant, id_))
    if row is None or not _is_ours(office, row):
        return ""
    return ", ".join(part for part in (row.name, row.title) if part)


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
