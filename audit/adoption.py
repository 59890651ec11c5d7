"""Adoption: rows that are older than the log's commitments are vouched for as they are found, once.

A program that logged without committing to rows has left a log and tables that nothing ties together. Each
case gets an entry that says so, and vouches for what is there; an entry about the log ends it. Whatever has
no entry after that was never written by the program. A log that began with commitments adopts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from audit import tables, trail
from audit.entry import Actor, Entry, EntryKind
from audit.head import lock
from audit.log import Log
from audit.rows import TableRow, said_of


def vouches(connection: Connection, tenant: str) -> bool:
    """Whether the log vouches for every row: since its start, or since rows were adopted."""
    ended = trail.read_leaves(connection, tenant, None, EntryKind.ADOPTION_ENDED)
    first = trail.read_leaves(connection, tenant, None, EntryKind.KEY_CHANGED)[:1]
    return bool(ended) or any(one.entry["body"].get("vouches") is True for one in first)


def adopt(
    log: Log,
    connection: Connection,
    tenant: str,
    cases: Mapping[str, Sequence[TableRow]],
    now: datetime,
    actor: Actor,
) -> int:
    """Vouch for the rows of some cases that no entry vouches for; how many cases had such.

    In the caller's transaction; locks the municipality's log, so that several may do this at once. Deleted
    cases are left as they are, and everything is where the log vouches already. Raises as ``Log.append``.
    """
    lock(connection, tenant, None)
    if vouches(connection, tenant):
        return 0
    said, deleted = said_of(connection, tenant, cases), _deleted(connection, tenant, cases)
    adopted = 0
    for case, found in cases.items():
        rows = {row.name: row.content for row in found if (case, row.name) not in said}
        if rows and case not in deleted:
            purpose = "rader från en tidigare version, övertagna som de fanns vid uppgraderingen"
            body = {"rows": len(rows)}
            log.record(
                connection,
                tenant,
                Entry(EntryKind.ADOPTION, now, actor, purpose, case=case, body=body, rows=rows),
            )
            adopted += 1
    return adopted


def end(log: Log, connection: Connection, tenant: str, now: datetime, actor: Actor) -> None:
    """From now on a row without an entry is refused for ever. Does nothing where that is so already."""
    lock(connection, tenant, None)
    if vouches(connection, tenant):
        return
    entry = tables.entry.c
    query = select(func.count()).where(entry.tenant == tenant, entry.type == EntryKind.ADOPTION.value)
    body = {"cases": connection.scalar(query)}
    purpose = "loggen svarar för alla rader från och med nu"
    log.record(connection, tenant, Entry(EntryKind.ADOPTION_ENDED, now, actor, purpose, body=body))


def _deleted(connection: Connection, tenant: str, cases: Mapping[str, object]) -> set[str]:
    case = tables.case.c
    query = select(case.case_id).where(
        case.tenant == tenant, case.case_id.in_(list(cases)), case.deleted_seq.is_not(None)
    )
    return set(connection.scalars(query))
