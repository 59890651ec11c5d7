"""What has been approved of a draft: an entry of the log says it, and a draft that says otherwise is not it.

A row of the table puts nothing in force unless the newest entry about the draft is a yes to just what the row
says, and this service wrote that entry: neither can be made by writing in the database.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection

import audit
from audit import EntryKind, trail
from audit.canonical import Json, canonical
from decision_service.log import journal
from decision_service.store.tables import DraftRow

_COLUMNS = (
    *("id", "tenant", "owner", "purpose", "reason", "base", "changes", "editors"),
    *("version", "approved", "approved_by"),
)


def enter(log: audit.Log, connection: Connection, row: DraftRow, who: str, now: datetime) -> None:
    """Log a person's yes to a draft as it is now, or that it is taken back. In the caller's transaction;
    locks the municipality's log."""
    entry = journal.draft_approved(row.id, row.version, _content(row), now, journal.staff(who))
    log.append(connection, row.tenant, entry)


def is_entered(log: audit.Log, connection: Connection, row: DraftRow) -> bool:
    """Whether a draft is, word for word, what the log says was approved last."""
    entries = trail.read_leaves(connection, row.tenant, None, EntryKind.DRAFT_APPROVED)
    of_draft = [one for one in entries if one.entry["body"]["draft"] == row.id]
    if not of_draft or row.approved is None:
        return False
    newest = of_draft[-1]
    return newest.entry["body"]["content"] == _content(row) and log.wrote(connection, row.tenant, newest.seq)


def _content(row: DraftRow) -> str | None:
    """The hash of what is approved; None where nothing is."""
    if row.approved is None:
        return None
    said: dict[str, Json] = {name: getattr(row, name) for name in _COLUMNS}
    return hashlib.sha256(canonical(said, "draft")).hexdigest()
