"""The upgrade of what an earlier version asked of applicants, or put before people again: it logged that, and
no entry vouches for the row. Where the row says what was logged, an entry does from now on.

Done once for a municipality: from then on a row without an entry was never written by us, and the key folder
remembers that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session, SQLModel, col, select

from audit import EntryKind, trail
from audit.errors import RowError, VaultError
from audit.head import lock
from audit.rows import said_of
from audit.trail import OpenedEntry
from decision_service.casework.office import Office
from decision_service.decision.document import reasons_from
from decision_service.log import journal, vouched
from decision_service.log.events import Action, CompletionEvent
from decision_service.store.database import reading, transaction
from decision_service.store.tables import CompletionRow, OwedRow

_log = structlog.get_logger()
_AT_ONCE = 50
"""Cases in a transaction."""


def vouch(office: Office, tenant: str) -> int:
    """Vouch for every such row of a municipality, and give in how many cases there were such.

    Before anybody works. One that says something else than was logged stays as it is: whoever acts on it gets
    RowError, and the check of the log tells. Raises KeyFileError and LogError, and is then done anew at the
    next start.
    """
    if office.keys.remembered(_done(tenant)) is not None:
        return 0
    with reading(office.engine) as session:
        cases = sorted({each for table in _TABLES for each in session.exec(_cases(table, tenant))})
    count = 0
    for first in range(0, len(cases), _AT_ONCE):
        with transaction(office.engine) as session:
            lock(session.connection(), tenant, None)
            some = cases[first : first + _AT_ONCE]
            count += sum([_vouched(office, session, tenant, case) for case in some])
    office.keys.remember(_done(tenant), "Raderna har en post som svarar för dem.\n")
    return count


_TABLES: tuple[type[CompletionRow | OwedRow], ...] = (CompletionRow, OwedRow)


def _cases(table: type[CompletionRow | OwedRow], tenant: str) -> Any:
    return select(col(table.application_id)).where(col(table.tenant) == tenant).distinct()


def _done(tenant: str) -> str:
    """Where in the key folder it is remembered."""
    return f"{tenant}/logged_alone"


def _vouched(office: Office, session: Session, tenant: str, case: str) -> bool:
    try:
        found = list(_as_logged(office, session, tenant, case))
    except (VaultError, RowError) as error:  # of the case itself: nobody can read it, and nothing vouches
        _log.error("not_vouched_for", tenant=tenant, application=case, why=str(error))
        return False
    if found:
        vouched.append(office.log, session, tenant, [journal.vouched(case, office.clock())], *found)
    return bool(found)


def _as_logged(office: Office, session: Session, tenant: str, case: str) -> Iterator[SQLModel]:
    """The rows of a case that no entry vouches for, and that say what was logged."""
    connection = session.connection()
    said = {name for _, name in said_of(connection, tenant, [case])}
    entries = trail.read_case(connection, office.keys, tenant, case)
    asked = select(CompletionRow).where(CompletionRow.tenant == tenant, CompletionRow.application_id == case)
    for at, row in enumerate(session.exec(asked.order_by(col(CompletionRow.number))).all()):
        if f"completion/{row.number}" not in said and _as_asked(row, at, entries):
            yield row
    owed = select(OwedRow).where(OwedRow.tenant == tenant, OwedRow.application_id == case)
    for each in session.exec(owed).all():
        if f"owed/{each.decision}" not in said and _as_put(each, entries):
            yield each


def _as_asked(row: CompletionRow, at: int, entries: Sequence[OpenedEntry]) -> bool:
    """Whether a request is the one that was logged in its place: when, by when and what was asked, and when
    it was over."""
    asked = list(_of(entries, CompletionEvent.ASKED))
    if at >= len(asked):
        return False
    one = asked[at]
    put: Any = one.personal.get("questions", [])
    same = [each.question for each in reasons_from(row.asked)] == [each["question"] for each in put]
    due = one.entry["body"]["due"] == row.due_at.date().isoformat() and _time(one) == row.asked_at
    told = one.entry["type"] == EntryKind.COMMUNICATION
    late = [each for each in _of(entries, CompletionEvent.UNANSWERED) if each.seq > one.seq]
    if row.closed_at is None:
        over = at == len(asked) - 1 and not late
    else:
        in_vain = any(_time(each) == row.closed_at for each in late)
        over = row.closed_at in map(_time, entries) and not (row.answered and in_vain)
    return same and due and over and told == (row.shown is not None)


def _of(entries: Sequence[OpenedEntry], event: CompletionEvent) -> Iterator[OpenedEntry]:
    kinds = (EntryKind.COMPLETION, EntryKind.COMMUNICATION)
    return (
        each
        for each in entries
        if each.entry["type"] in kinds and each.entry["body"].get("event") == event.value
    )


def _as_put(row: OwedRow, entries: Sequence[OpenedEntry]) -> bool:
    """Whether a decision was put before people then, and said to stay by whom and when the row says."""
    actions = {(each.entry["body"].get("action"), _time(each), each.entry["actor"]["id"]) for each in entries}
    put = any((action, at) == (Action.OWED, row.found_at) for action, at, _ in actions)
    return put and (row.ended_at is None or (Action.NOT_OWED, row.ended_at, row.ended_by) in actions)


def _time(one: OpenedEntry) -> datetime:
    return datetime.fromisoformat(one.entry.get("stated", one.entry["time"]))
