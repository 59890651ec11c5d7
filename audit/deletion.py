"""Gallring: destroy a case's personal data for good, and log that it was done and by which rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from audit import tables, trail
from audit.entry import Actor, Entry, EntryKind
from audit.errors import RetentionError
from audit.head import lock
from audit.log import Appended, Log
from audit.retention import SWEDEN, RetentionAssessment, RetentionRules, RetentionVerdict, assess


def assess_case(
    connection: Connection,
    tenant: str,
    case: str,
    rules: RetentionRules,
    birth_days: Collection[int] | None,
    now: datetime,
) -> RetentionAssessment:
    """Judge a case that is in the log. Raises RetentionError."""
    return assess_cases(connection, tenant, rules, {case: birth_days}, now)[case]


def assess_cases(
    connection: Connection,
    tenant: str,
    rules: RetentionRules,
    birth_days: Mapping[str, Collection[int] | None],
    now: datetime,
) -> dict[str, RetentionAssessment]:
    """Judge cases that are in the log, each with the days on which its people were born. Raises
    RetentionError."""
    today = now.astimezone(SWEDEN).date()
    entries = trail.read_leaves_of(connection, tenant, list(birth_days))
    return {case: assess(rules, tenant, entries[case], days, today) for case, days in birth_days.items()}


def delete_case(
    log: Log,
    connection: Connection,
    tenant: str,
    case: str,
    rules: RetentionRules,
    birth_days: Collection[int] | None,
    now: datetime,
    actor: Actor,
) -> Appended:
    """Destroy the case's key and vault rows and log it, in the caller's transaction.

    Raises RetentionError, with nothing done, unless the rules say that it is time. What is left in old
    backups stays locked under the wrapping key of their time: see ``Log.change_wrapping_key``.
    """
    head = lock(connection, tenant, case)
    judged = assess_case(connection, tenant, case, rules, birth_days, now)
    if judged.verdict not in (RetentionVerdict.DUE, RetentionVerdict.OVERDUE):
        raise RetentionError(f"Ärende {case} får inte gallras: {judged.text} {judged.lagrum}".rstrip())
    if head.deleted_seq is not None:
        raise RetentionError(f"Ärende {case} är redan gallrat.")
    entry = Entry(
        EntryKind.DELETION,
        now,
        actor,
        "gallring",
        case=case,
        body={
            "lagrum": judged.lagrum,
            "verdict": judged.verdict.value,
            "last_note": judged.last_note.isoformat(),
            "earliest": judged.earliest.isoformat(),
            "latest": judged.latest.isoformat(),
            "rules_version": rules.version,
            "rules_fingerprint": rules.fingerprint,
        },
    )
    done = log.record(connection, tenant, entry)
    connection.execute(
        update(tables.case)
        .where(tables.case.c.tenant == tenant, tables.case.c.case_id == case)
        .values(wrapping_key=None, wrapped=None, deleted_seq=done.seq)
    )
    rows = select(tables.entry.c.seq).where(tables.entry.c.tenant == tenant, tables.entry.c.case_id == case)
    vault = tables.vault.c
    connection.execute(delete(tables.vault).where(vault.tenant == tenant, vault.seq.in_(rows)))
    return done
