"""What is known of a person beside the applications: months decided elsewhere, plan and attendance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from decision_service.application.case_file import Activity, MonthDecided
from decision_service.application.fields import birthday_of
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, StaleError
from decision_service.log import journal, vouched
from decision_service.reading.faults import validated
from decision_service.store.persons import case_of_person
from decision_service.store.tables import ActivityRow, HistoryRow, ParticipantRow
from norms.fault import fault

Json = dict[str, Any]
_PERSON = "person"


def import_history(
    office: Office,
    session: Session,
    tenant: str,
    personal_number: str,
    months: Sequence[Json],
    who: str,
    *,
    complete: bool,
) -> int:
    """Months decided before the municipality began here; one imported before is replaced.

    ``complete``: there were none before these. ``people`` and ``children_own_income`` name persons by
    personal number. Raises InputError.
    """
    now, person = office.clock(), office.pseudonym(tenant, personal_number)
    case = case_of_person(session, tenant, person)
    documents = []
    for month in months:
        decided = validated(MonthDecided, month)
        key = (tenant, person, decided.month)
        row = session.get(HistoryRow, key) or HistoryRow(
            tenant=tenant,
            person=person,
            month=decided.month,
            case_id=case,
            imported_at=now,
            imported_by=who,
            document="",
        )
        row.born_day = birthday_of(personal_number).day
        row.imported_at, row.imported_by, row.complete = now, who, complete
        documents.append(decided.model_dump(mode="json", by_alias=True))
        row.document = json.dumps(documents[-1], ensure_ascii=False)
        session.add(row)
    entry = journal.history(case, now, journal.staff(who), documents, complete=complete)
    vouched.append(office.log, session, tenant, [entry])
    return len(months)


def set_activity(
    office: Office,
    session: Session,
    tenant: str,
    personal_number: str,
    document: Json,
    who: str,
    version: int | None,
) -> ActivityRow:
    """A person's plan and attendance, whole. ``version`` is the one that was read, None for the first.

    Raises InputError, StaleError, and ConflictError for somebody who is planned for here: a person has one
    plan.
    """
    found = validated(Activity, {**document, _PERSON: _PERSON})
    key = (tenant, office.pseudonym(tenant, personal_number))
    if session.get(ParticipantRow, key) is not None:
        raise ConflictError(fault("planned_here"))
    row = session.get(ActivityRow, key, with_for_update=True)
    if (row.version if row is not None else None) != version:
        raise StaleError(key[1])
    now = office.clock()
    if row is None:
        row = ActivityRow(
            tenant=tenant,
            person=key[1],
            case_id=case_of_person(session, *key),
            version=0,
            changed_at=now,
            changed_by=who,
            document="{}",
        )
    row.born_day = birthday_of(personal_number).day
    row.version += 1
    row.changed_at, row.changed_by = now, who
    kept = found.model_dump(mode="json", by_alias=True, include={"plan", "sessions"})
    row.document = json.dumps(kept, ensure_ascii=False)
    session.add(row)
    entry = journal.plan(row.case_id, now, journal.staff(who), row.version, kept)
    vouched.append(office.log, session, tenant, [entry])
    return row


def add_sessions(
    office: Office, session: Session, tenant: str, personal_number: str, sessions: Sequence[Json], who: str
) -> ActivityRow:
    """Attendance as it is reported; a session of the same day and kind replaces the one before.

    Raises InputError, and ConflictError as above.
    """
    key = (tenant, office.pseudonym(tenant, personal_number))
    row = session.get(ActivityRow, key, with_for_update=True)
    known = json.loads(row.document) if row is not None else {"plan": {}, "sessions": []}
    added = validated(Activity, {"sessions": list(sessions), _PERSON: _PERSON})
    new = added.model_dump(mode="json", by_alias=True)["sessions"]
    days = {_session_key(one) for one in new}
    kept = [one for one in known["sessions"] if _session_key(one) not in days]
    document = {"plan": known["plan"], "sessions": [*kept, *new]}
    version = row.version if row is not None else None
    return set_activity(office, session, tenant, personal_number, document, who, version)


def activity(office: Office, session: Session, tenant: str, personal_number: str) -> ActivityRow | None:
    """What is known of a person's plan and attendance."""
    return session.get(ActivityRow, (tenant, office.pseudonym(tenant, personal_number)))


def _session_key(one: Json) -> tuple[str, str]:
    return str(one.get("day")), str(one.get("kind", ""))
