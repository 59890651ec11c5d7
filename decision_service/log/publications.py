"""Which release decides a month: what is published in a municipality, as the table and the log have it.

The newest publication that holds for a month decides it. A row of the table decides nothing unless the log
has an entry that says the same: nobody comes into force by writing in the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select
from sqlmodel import col

from audit import EntryKind, trail
from audit.canonical import Json
from audit.errors import RowError
from decision_service.reading.said import said_in
from decision_service.store.tables import PublicationRow

_say = said_in(__file__)

_COLUMNS = (
    *("number", "release", "base", "first", "draft", "content", "purpose", "reason"),
    *("owner", "approved_by", "published_by"),
)


def said(row: PublicationRow) -> dict[str, Json]:
    """A publication as its entry in the log says it."""
    found: dict[str, Json] = {name: getattr(row, name) for name in _COLUMNS}
    cases = hashlib.sha256(row.cases.encode()).hexdigest()
    return {**found, "published_at": row.published_at.isoformat(), "cases": cases}


def rows_of(connection: Connection, tenant: str) -> list[PublicationRow]:
    """The publications of a municipality, the oldest first, as the table has them."""
    table = PublicationRow.metadata.tables["publication"]
    query = select(table).where(table.c.tenant == tenant).order_by(table.c.number)
    return [PublicationRow(**found) for found in connection.execute(query).mappings()]


def newest_number(connection: Connection, tenant: str) -> int:
    """The number of the newest publication; 0 where there is none."""
    number = col(PublicationRow.number)
    query = select(number).where(col(PublicationRow.tenant) == tenant).order_by(number.desc()).limit(1)
    return connection.scalar(query) or 0


def publications(connection: Connection, tenant: str) -> list[PublicationRow]:
    """The same, each as the log has it and none missing. Raises audit.errors.RowError."""
    rows = rows_of(connection, tenant)
    entries = trail.read_leaves(connection, tenant, None, EntryKind.RELEASE_PUBLISHED)
    logged = [one.entry["body"]["publication"] for one in entries if "publication" in one.entry["body"]]
    if [said(row) for row in rows] != logged:
        raise RowError(_say("other_releases_in_force", kommun=tenant))
    return rows


def deciding(found: Sequence[PublicationRow], month: str) -> PublicationRow:
    """The publication that decides a month. Raises LookupError where none does."""
    for row in reversed(found):
        if row.first is None or row.first <= month:
            return row
    raise LookupError(month)


def spans(found: Sequence[PublicationRow]) -> Mapping[str, str]:
    """The releases that decide anything, by the first month of each: the empty text is before all months."""
    firsts = sorted({row.first or "" for row in found})
    return {first: deciding(found, first).release for first in firsts}
