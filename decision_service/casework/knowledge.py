"""What is known of a person beside the applications: months decided elsewhere, plan and attendance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlmodel import Session

from audit import Actor
from decision_service.application.case_file import AdultsActivity, MonthDecided
from decision_service.application.fields import birthday_of
from decision_service.application.kept import SessionJson
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, NotFoundError, StaleError
from decision_service.log import journal, vouched
from decision_service.planning.protection import hidden_people, hold, note_months
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import Opaque
from decision_service.store.persons import case_of_person
from decision_service.store.tables import ActivityRow, HistoryRow, ParticipantRow
from norms.fault import fault

_PERSON = "person"


def import_history(
    office: Office,
    session: Session,
    tenant: str,
    personal_number: str,
    months: Sequence[Opaque],
    who: str,
    *,
    complete: bool,
) -> int:
    """Months decided before the municipality began here, with nobody's word but the caller's: for a
    demonstration, and what ``imports`` does when a second person has said yes. Raises InputError."""
    found = [validated(MonthDecided, month) for month in months]
    hold(office, session, tenant)  # whoever is named may be hidden
    person = office.pseudonym(tenant, personal_number)
    case, born_day = case_of_person(session, tenant, person), birthday_of(personal_number).day
    told = HistoryRow(
        tenant=tenant,
        person=person,
        month="",
        case_id=case,
        born_day=born_day,
        imported_at=office.clock(),
        imported_by=who,
        complete=complete,
        document="",
    )
    return take_in(office, session, told, found, journal.staff(who))


def take_in(
    office: Office, session: Session, told: HistoryRow, months: Sequence[MonthDecided], actor: Actor
) -> int:
    """Write months as ``told`` says of whom, by whom and when; one that was there before is replaced."""
    documents = [month.model_dump(mode="json", by_alias=True) for month in months]
    for month, document in zip(months, documents, strict=True):
        new = HistoryRow(**{**told.model_dump(), "month": month.month})
        row = session.get(HistoryRow, (told.tenant, told.person, month.month)) or new
        row.born_day, row.complete = told.born_day, told.complete
        row.imported_at, row.imported_by = told.imported_at, told.imported_by
        row.document = json.dumps(document, ensure_ascii=False)
        session.add(row)
    note_months(office, session, told.tenant, told.person, told.case_id)
    entry = journal.history(told.case_id, told.imported_at, actor, documents, complete=told.complete)
    vouched.append(office.log, session, told.tenant, [entry])
    return len(months)


def set_activity(
    office: Office,
    session: Session,
    tenant: str,
    personal_number: str,
    document: Mapping[str, Opaque],
    who: str,
    version: int | None,
    client: str = "",
) -> ActivityRow:
    """A person's plan and attendance, whole. ``version`` is the one that was read, None for the first;
    ``client`` the program that reports, none for a person.

    Raises InputError, StaleError, ConflictError for somebody who is planned for here, since a person has one
    plan, and NotFoundError for somebody whom the session may not know of.
    """
    found = validated(AdultsActivity, {**document, _PERSON: _PERSON})
    key = (tenant, office.pseudonym(tenant, personal_number))
    _require_seen(session, *key)
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
    row.client = row.client or client
    row.version += 1
    row.changed_at, row.changed_by = now, who
    kept = found.model_dump(mode="json", by_alias=True, include={"plan", "sessions"})
    row.document = json.dumps(kept, ensure_ascii=False)
    session.add(row)
    entry = journal.plan(row.case_id, now, journal.staff(who), row.version, kept)
    vouched.append(office.log, session, tenant, [entry])
    return row


def add_sessions(
    office: Office,
    session: Session,
    tenant: str,
    personal_number: str,
    sessions: Sequence[Opaque],
    who: str,
    client: str = "",
) -> ActivityRow:
    """Attendance as it is reported; a session of the same day and kind replaces the one before.

    Raises InputError, and ConflictError and NotFoundError as above.
    """
    key = (tenant, office.pseudonym(tenant, personal_number))
    _require_seen(session, *key)
    row = session.get(ActivityRow, key, with_for_update=True)
    known = json.loads(row.document) if row is not None else {"plan": {}, "sessions": []}
    added = validated(AdultsActivity, {"sessions": list(sessions), _PERSON: _PERSON})
    new = added.model_dump(mode="json", by_alias=True)["sessions"]
    days = {_session_key(one) for one in new}
    kept = [one for one in known["sessions"] if _session_key(one) not in days]
    document = {"plan": known["plan"], "sessions": [*kept, *new]}
    version = row.version if row is not None else None
    return set_activity(office, session, tenant, personal_number, document, who, version, client)


def activity(office: Office, session: Session, tenant: str, personal_number: str) -> ActivityRow | None:
    """What is known of a person's plan and attendance. Raises NotFoundError for somebody whom the session may
    not know of."""
    key = (tenant, office.pseudonym(tenant, personal_number))
    row = session.get(ActivityRow, key)  # first: how long it takes does not tell
    _require_seen(session, *key)
    return row


def _require_seen(session: Session, tenant: str, person: str) -> None:
    if hidden_people(session, tenant, [person]):
        raise NotFoundError(person)


def _session_key(one: SessionJson) -> tuple[str, str]:
    return str(one.get("day")), str(one.get("kind", ""))
