"""What people do about protection: mark somebody at once, and end it two together.

Whoever hears of it may mark, also who may not see protected people: she loses sight of the case like
everybody else. Only who may see them is asked whether a protection is to end, and ends one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from pydantic import Field
from sqlalchemy import or_
from sqlmodel import Session, col, select

import audit
from audit.canonical import Json
from decision_service.casework.four_eyes import require_second
from decision_service.casework.office import Office
from decision_service.casework.rows import lock
from decision_service.casework.staff import named
from decision_service.casework.task import changed
from decision_service.log import journal, vouched
from decision_service.log.events import Action
from decision_service.planning import grounds
from decision_service.planning import protection_words as words
from decision_service.planning.grounds import (
    EndAgreed,
    EndProposed,
    Ground,
    SaidProtected,
    by_hand,
    ground_row,
)
from decision_service.planning.protection import (
    DETAILS,
    hold,
    person_key,
    say,
    spread,
    unprotect,
)
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.hiding import hides
from decision_service.store.refused import ConflictError, NotFoundError
from decision_service.store.tables import ApplicationRow, ParticipantRow, PartyRow, ProtectionRow, TaskRow
from norms.fault import fault


class SaidOfSomebodyHere(SaidProtected):
    """What is said of somebody in an application, by the person's id there."""

    person: str = Field(min_length=1, max_length=200, description="Personens id i ansökan")


def mark_in_application(
    office: Office, session: Session, tenant: str, application: str, said: SaidOfSomebodyHere, who: str
) -> ApplicationRow:
    """Somebody in an application is protected from now on, wherever the person is. Whoever marks and may not
    see protected people loses the case to the queue. Raises NotFoundError, and InputError for nobody."""
    hold(office, session, tenant)
    row = lock(session, tenant, application)
    people = {one["id"]: one for one in json.loads(row.content)["people"]}
    if said.person not in people:
        raise InputError([fault("no_such_person_here", "person")])
    key = person_key(office, row, people[said.person].get("personal_number"))
    session.add(ground_row(tenant, key, row.id, by_hand(said, who, office.clock())))
    row.protected = True
    say(office, row, {key}, protected=True)
    task = session.get(TaskRow, (tenant, row.id))
    if hides(session) and task is not None and task.claimed_by == who:
        task.claimed_by, task.proposal, task.proposed_by = None, None, None
        session.add(task)
    changed(session, row)
    spread(office, session, row, {key})
    told = said.model_dump(mode="json", exclude={"person"}, exclude_none=True)
    entry = _entry(office, session, tenant, row.id, who, {"what": "protection_marked", **told})
    vouched.append(office.log, session, tenant, [entry])
    return row


@dataclass(frozen=True)
class Protection:
    """A ground with its row, what is asked of it now, and whether the case where it was said is an
    application, and not a participant."""

    row: ProtectionRow
    ground: Ground
    question: str
    of_application: bool


def to_decide(office: Office, session: Session, tenant: str) -> list[Protection]:
    """What stands of which something is asked, or whose end waits for a second person; the oldest first. For
    who may see protected people: none for another. Raises audit.errors.RowError."""
    row = ProtectionRow
    if hides(session):
        return []
    rows = session.exec(select(row).where(row.tenant == tenant, col(row.standing).is_(True))).all()
    found = [_read(office, session, each) for each in rows]
    waits = [each for each in found if each.question or each.ground.proposed is not None]
    return sorted(waits, key=lambda each: (each.ground.at, each.row.id))


def of_case(office: Office, session: Session, tenant: str, case: str) -> list[Protection]:
    """Every ground of the people of an application or of a participant, those that have ended too, the first
    first; none for who may not see protected people. Raises audit.errors.RowError."""
    if hides(session):
        return []
    row, people = (
        ProtectionRow,
        select(PartyRow.person).where(PartyRow.tenant == tenant, PartyRow.application_id == case),
    )
    planned = select(ParticipantRow.person).where(
        ParticipantRow.tenant == tenant, ParticipantRow.case_id == case
    )
    of_them = or_(col(row.person).in_(people), col(row.person).in_(planned), col(row.person) == case)
    rows = session.exec(select(row).where(row.tenant == tenant, of_them)).all()
    found = [_read(office, session, each) for each in rows]
    return sorted(found, key=lambda each: (each.ground.at, each.row.id))


def find(office: Office, session: Session, tenant: str, protection: str) -> Protection:
    """One of them. Raises NotFoundError and audit.errors.RowError."""
    row = None if hides(session) else session.get(ProtectionRow, (tenant, protection))
    if row is None:
        raise NotFoundError(protection)
    return _read(office, session, row)


def _locked(office: Office, session: Session, tenant: str, protection: str) -> Protection:
    """The same, to be changed. Raises ConflictError too, for one that has ended."""
    find(office, session, tenant, protection)
    hold(office, session, tenant)
    row = session.get_one(ProtectionRow, (tenant, protection), with_for_update=True, populate_existing=True)
    if not row.standing:
        raise ConflictError(fault("protection_ended"))
    return _read(office, session, row)


def _read(office: Office, session: Session, row: ProtectionRow) -> Protection:
    vouched.require(office.keys, session, row.tenant, row)
    ground, of_application = grounds.opened(row), not row.case_id.startswith("person-")
    asked = ground.asked_on(swedish_day(office.clock())) if row.standing else None
    return Protection(row, ground, words.question(asked) if asked is not None else "", of_application)


def keep(
    office: Office, session: Session, tenant: str, protection: str, who: str, purpose: str, reason: str
) -> Protection:
    """No to what is asked: the protection stays, until further notice. Raises NotFoundError, InputError for
    no reason, and ConflictError where nothing is asked."""
    found = _locked(office, session, tenant, protection)
    _require_reason(reason)
    if found.ground.proposed is not None:
        raise ConflictError(fault("end_is_proposed"))
    if not found.question:
        raise ConflictError(fault("nothing_asked_of_protection"))
    return _written(office, session, found, _STAYS, who, _why("protection_kept", purpose, reason))


def propose_end(
    office: Office, session: Session, tenant: str, protection: str, who: str, purpose: str, reason: str
) -> Protection:
    """Somebody wants a protection ended: it waits for a second person. Raises as ``keep``, and ConflictError
    where it waits already."""
    found = _locked(office, session, tenant, protection)
    _require_reason(reason)
    if found.ground.proposed is not None:
        raise ConflictError(fault("end_is_proposed"))
    proposed = EndProposed(by=who, at=office.clock(), purpose=purpose, reason=reason.strip())
    said = _why("protection_end_proposed", purpose, reason)
    return _written(office, session, found, {"proposed": proposed}, who, said)


def answer_end(
    office: Office,
    session: Session,
    tenant: str,
    protection: str,
    who: str,
    purpose: str,
    *,
    agrees: bool,
    reason: str,
) -> Protection:
    """A second person's word: with a yes the protection ends, and where nobody who is tied to the person is
    protected any more all that was hidden is seen again; what has been sent stays as it was. With a no it
    stays, until further notice. Raises NotFoundError, ConflictError where nothing waits and for whoever
    proposed it, and InputError for a no without why."""
    found = _locked(office, session, tenant, protection)
    proposed = found.ground.proposed
    by = proposed.by if proposed is not None else None
    require_second(office.installation, by, who, agrees=agrees, reason=reason)
    assert proposed is not None
    if not agrees:
        return _written(
            office, session, found, {"proposed": None} | _STAYS, who, _why("protection_kept", purpose, reason)
        )
    ended = EndAgreed(**proposed.model_dump(), second=who, ended_at=office.clock())
    found.row.standing = False
    found.row.document = grounds.written(found.ground.model_copy(update={"proposed": None, "ended": ended}))
    session.add(found.row)
    entries = []
    if not grounds.standing(session, tenant, [found.row.person]):
        entries = unprotect(office, session, tenant, found.row.person, found.row.case_id)
    said = _why("protection_ended", purpose, reason)
    entry = _entry(office, session, tenant, found.row.case_id, who, said)
    vouched.append(office.log, session, tenant, [*entries, entry])
    return _read(office, session, found.row)


_STAYS: dict[str, object] = {"asked": None, "until": None}
"""What is said of one that stays until further notice."""


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InputError([fault("no_reason_for_protection", "reason")])


def _why(what: str, purpose: str, reason: str) -> dict[str, Json]:
    return {"what": what, "purpose": purpose, "reason": reason.strip()}


def _written(
    office: Office,
    session: Session,
    found: Protection,
    new: dict[str, object],
    who: str,
    said: dict[str, Json],
) -> Protection:
    row = found.row
    row.document = grounds.written(found.ground.model_copy(update=new))
    session.add(row)
    entry = _entry(office, session, row.tenant, row.case_id, who, said)
    vouched.append(office.log, session, row.tenant, [entry])
    return _read(office, session, row)


def _entry(
    office: Office, session: Session, tenant: str, case: str, who: str, said: dict[str, Json]
) -> audit.Entry:
    """What somebody did about a protection, in the case where it was said. What may be read for ever is that
    of a note, or of a change of a participant's name: it tells nobody that somebody is protected."""
    now, actor = office.clock(), journal.staff(who)
    if case.startswith("person-"):
        return journal.planned(case, now, actor, DETAILS, {"protection": said})
    entry = journal.human_action(case, now, actor, Action.NOTED, name=named(office, session, tenant, who))
    return replace(entry, personal={**entry.personal, "protection": said})
