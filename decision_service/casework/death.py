"""Somebody in an application has died: a person says so, and it holds at once wherever the person applies.

The machine decides nothing there from then on (``rules/sets/national/avliden.yaml``), asks the dead nothing
and pays them nothing; what is on its way to them is kept back for a person. What is planned for them ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from sqlmodel import Session, col, select

import audit
from audit.canonical import Json
from decision_service.application.case_file import Person, PersonRole
from decision_service.application.fields import Day, Part, Text
from decision_service.application.kept import ContentJson, PersonJson
from decision_service.casework import outbox, steps
from decision_service.casework.office import Office
from decision_service.casework.rows import find, lock_all, require_logged
from decision_service.casework.staff import named
from decision_service.casework.task import changed
from decision_service.log import journal, vouched
from decision_service.log.events import Action
from decision_service.planning.participants import end_by_death
from decision_service.planning.sending import KIND as PLAN
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.refused import ConflictError
from decision_service.store.tables import (
    OPEN,
    WITH_THE_APPLICANT,
    ApplicationRow,
    MessageRow,
    ParticipantRow,
    PartyRow,
    WriteOffRow,
)
from norms.fault import fault

_say = said_in(__file__)


class SaidDead(Part):
    """What somebody who works here says: who has died, on which day, and who told. Without a day: the person
    was marked by mistake, and lives."""

    person: Annotated[str, Field(min_length=1, max_length=200, description="Personens id i ansökan")]
    day: Annotated[Day | None, Field(description="Dagen personen avled; null tar bort märket")]
    told_by: Annotated[str, Field(min_length=1, max_length=200, description="Vem som har sagt det")]
    reason: Text


def note_death(
    office: Office, session: Session, tenant: str, application: str, said: SaidDead, who: str
) -> ApplicationRow:
    """Mark somebody in an application as dead, or no longer, in every application of the person's. Raises
    NotFoundError, InputError for nobody and for a day that cannot be, and ConflictError where it is said
    already."""
    one = _person(find(session, tenant, application), said.person)
    _require_possible(one, said.day, swedish_day(office.clock()))
    number, now = one.get("personal_number"), office.clock()
    key = office.pseudonym(tenant, number) if number else None
    # In the order that everybody locks them in.
    rows = lock_all(session, tenant, sorted({application, *_applications(session, tenant, key)}))
    require_logged(office, session, *rows)
    entries = list[audit.Entry]()
    for row in rows:
        here = said.person if row.id == application else _id_of(row, number)
        if here is not None and _mark(office, session, row, here, key, said.day, now):
            day = said.day.isoformat() if said.day is not None else None
            told: dict[str, Json] = {"person": here, "day": day, "told_by": said.told_by}
            entries.append(_entry(office, session, row, who, now, said, told))
    if not entries:
        raise ConflictError(fault("death_said_already"))
    if key is not None:
        _keep_back_plans(session, tenant, key, now if said.day is None else None)
    if key is not None and said.day is not None:
        end_by_death(office, session, tenant, key, said.day, who, _say("planning_ends_by_death"))
    vouched.append(office.log, session, tenant, entries)
    return next(row for row in rows if row.id == application)


def _people(row: ApplicationRow) -> Sequence[PersonJson]:
    content: ContentJson = json.loads(row.content)
    return content["people"]


def _person(row: ApplicationRow, id_: str) -> PersonJson:
    """Raises InputError."""
    for one in _people(row):
        if one["id"] == id_:
            return one
    raise InputError([fault("no_such_person_here", "person")])


def _id_of(row: ApplicationRow, number: str | None) -> str | None:
    return next((one["id"] for one in _people(row) if one.get("personal_number") == number), None)


def _require_possible(one: PersonJson, day: date | None, today: date) -> None:
    """Raises InputError for a day that has not come, or one before the person was born."""
    if day is not None and day > today:
        raise InputError([fault("day_not_yet", "day", day=str(day))])
    born = Person.model_validate(one).birthday
    if day is not None and born is not None and day < born:
        raise InputError([fault("died_before_birth", "day", day=str(day), born=str(born))])


def _applications(session: Session, tenant: str, key: str | None) -> Iterable[str]:
    its = PartyRow.tenant == tenant, PartyRow.person == key
    return session.exec(select(PartyRow.application_id).where(*its)).all() if key is not None else ()


def _mark(
    office: Office,
    session: Session,
    row: ApplicationRow,
    person: str,
    key: str | None,
    day: date | None,
    now: datetime,
) -> bool:
    """Say it in one application, and whether that is new."""
    content: ContentJson = json.loads(row.content)
    one = next(each for each in content["people"] if each["id"] == person)
    said = day.isoformat() if day is not None else None
    party = session.get_one(PartyRow, (row.tenant, row.id, key)) if key is not None else None
    if one.get("died") == said and (party is None or party.dead == (day is not None)):
        return False
    one["died"] = said
    row.content = json.dumps(content, ensure_ascii=False)
    if party is not None:
        party.dead = day is not None
        session.add(party)
    _keep_back(session, row.tenant, row.id, lambda each: _is_to(each, one), now if day is None else None)
    if row.state in OPEN and session.get(WriteOffRow, (row.tenant, row.id)) is None:
        asked = row.state in WITH_THE_APPLICANT
        if steps.close_completion(session, row, now, answered=False) is not None:
            _keep_back(session, row.tenant, row.id, lambda each: each.kind in outbox.ASKING, None)
        steps.back_to_machine(office, session, row, now, complete=asked)
    else:
        changed(session, row)
    return True


def _keep_back_plans(session: Session, tenant: str, person: str, again: datetime | None) -> None:
    """The same of the plans that are sent to a participant."""
    its = ParticipantRow.tenant == tenant, ParticipantRow.person == person
    for case in session.exec(select(ParticipantRow.case_id).where(*its)).all():
        _keep_back(session, tenant, case, lambda each: each.kind == PLAN, again)


def _keep_back(
    session: Session, tenant: str, case: str, theirs: Callable[[MessageRow], bool], again: datetime | None
) -> None:
    """What has not gone out yet to somebody in a case waits for a person to say that it is to go; or goes
    ``again`` where it has waited for that. What was asked does not, whoever was asked: it is closed, and
    would be asked anew."""
    kept = _say("receiver_died")
    its = col(MessageRow.tenant) == tenant, col(MessageRow.application_id) == case
    left = select(MessageRow).where(*its, col(MessageRow.delivered_at).is_(None)).with_for_update()
    for message in session.exec(left).all():
        waits = message.next_attempt_at is None and message.error == kept
        if theirs(message) and (waits if again else message.next_attempt_at is not None):
            why = _say("question_closed") if message.kind in outbox.ASKING else kept
            message.next_attempt_at, message.error = again, None if again else why
            session.add(message)


def _is_to(message: MessageRow, one: PersonJson) -> bool:
    """Whether a message is a letter or a payment to somebody."""
    if message.kind == outbox.PAYMENT:
        return one["role"] == PersonRole.APPLICANT
    to = json.loads(message.payload).get("to")
    return to is not None and one["id"] == (to if isinstance(to, str) else to["person"])


def _entry(
    office: Office,
    session: Session,
    row: ApplicationRow,
    who: str,
    now: datetime,
    said: SaidDead,
    told: dict[str, Json],
) -> audit.Entry:
    action = Action.DIED if said.day is not None else Action.DID_NOT_DIE
    name = named(office, session, row.tenant, who)
    actor, reason = journal.staff(who), said.reason.strip()
    entry = journal.human_action(row.id, now, actor, action, reason=reason, name=name)
    return replace(entry, personal={**entry.personal, "death": told})
