"""Participants in the store: enrolled, read, and changed a step at a time, each step with its log entry.

What is written of a participant is gone when the key of the person's case is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from audit.canonical import Json
from decision_service.application.fields import Day, Part, PersonalNumber, birthday_of
from decision_service.log import journal, vouched
from decision_service.planning.attendance import AttendanceOfMonth
from decision_service.planning.due import Due, due
from decision_service.planning.events import tell
from decision_service.planning.grounds import Ground, SaidIn, by_hand, ground_row
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participation import Enrolment, ExitReason, Line, Participation
from decision_service.planning.protection import hidden_among, hidden_people, hold, protect, with_hidden
from decision_service.planning.steps import StepTaken
from decision_service.planning.steps.enrolment import Details, ExitStep
from decision_service.planning.steps.step import require_not_after_today, require_not_before, wrong
from decision_service.store.hiding import hides
from decision_service.store.persons import case_of_person
from decision_service.store.refused import ConflictError, NotFoundError, StaleError
from decision_service.store.tables import AttendanceRow, ParticipantRow
from norms.fault import fault

ENROLLED = "enrolled"
ANEW = {"populate_existing": True}
"""What the database has now, also of what the session has read before."""


class Enrol(Part):
    """Somebody is taken into the process. ``responsible`` is a staff id; empty: whoever enrols."""

    model_config = ConfigDict(str_strip_whitespace=True)

    personal_number: Annotated[PersonalNumber, Field(description="Personnummer, tolv siffror")]
    first_name: Line
    last_name: Line
    day: Day
    protected: StrictBool = False
    responsible: Annotated[str, Field(max_length=200)] = ""


def enrol(office: PlanningOffice, session: Session, tenant: str, given: Enrol, who: str) -> ParticipantRow:
    """A new participant, with the case of what is known of the person. Raises InputError for a day that has
    not come or is before the person's birth, and for one who is protected in a session that may not know of
    them; ConflictError for one who is a participant already, who has left comes back by a step, and for one
    whom the session may not know of."""
    today, now = today_of(office, tenant), office.clock()
    require_not_after_today(given.day, today)
    require_not_before(given.day, birthday_of(given.personal_number), "day")
    if given.protected and hides(session):
        wrong("protected_by_others", "protected")
    person = office.pseudonym(tenant, given.personal_number)
    if given.protected:
        hold(office, session, tenant)
    if hidden_people(session, tenant, [person]):
        raise ConflictError(fault("enrolled_by_others"))
    if session.get(ParticipantRow, (tenant, person), with_for_update=True) is not None:
        raise ConflictError(fault("participant_known"))
    case = case_of_person(session, tenant, person)
    if given.protected:
        said = Ground(source=SaidIn.PLANNING, at=now, by=who)
        session.add(ground_row(tenant, person, case, said))
        protect(office, session, tenant, person)
    responsible = given.responsible.strip() or who
    found = Participation(
        personal_number=given.personal_number,
        first_name=given.first_name,
        last_name=given.last_name,
        protected=given.protected or with_hidden(session, tenant, [person]),
        responsible=responsible,
        enrolments=(Enrolment(day=given.day),),
    )
    content = given.model_dump(mode="json")
    row = ParticipantRow(
        tenant=tenant,
        person=person,
        case_id=case,
        born_day=birthday_of(given.personal_number).day,
        version=0,
        changed_at=now,
        changed_by=who,
        responsible=responsible,
        document="",
    )
    _save(office, session, row, found, who, ENROLLED, content | {"responsible": responsible})
    return row


def take(
    office: PlanningOffice, session: Session, tenant: str, case: str, step: StepTaken, who: str, version: int
) -> ParticipantRow:
    """Take a step with a participant as ``version`` has it. Raises NotFoundError, StaleError, InputError and
    ConflictError."""
    marked = step.protects if isinstance(step, Details) else None
    if marked is not None:
        hold(office, session, tenant)
    row = locked(office, session, tenant, case)
    if row.version != version:
        raise StaleError(case)
    person = step.taken(opened(row), today_of(office, tenant))
    if marked is not None:
        session.add(ground_row(tenant, row.person, case, by_hand(marked, who, office.clock())))
        row.document = person.model_dump_json(by_alias=True)
        protect(office, session, tenant, row.person)
    if isinstance(step, ExitStep):
        months = all_attendance(office, session, tenant, case, f"{step.day:%Y-%m}")
        step.require_nothing_after(day for each in months for day in opened_month(each).held)
    content = step.model_dump(mode="json", exclude={"step"})
    _save(office, session, row, person, who, step.step, content)
    return row


def end_by_death(
    office: PlanningOffice, session: Session, tenant: str, person: str, day: date, who: str, note: str
) -> None:
    """The enrolment of somebody who has died ends, with plan, activities and side track: the day that the
    person died, or that of the last thing that is noted where that is later. Nothing for who has left or is
    no participant. Raises audit.errors.RowError."""
    query = select(ParticipantRow).where(ParticipantRow.tenant == tenant, ParticipantRow.person == person)
    row = session.exec(query.with_for_update(), execution_options=ANEW).first()
    if row is None or opened(row).enrolment.exit is not None:
        return
    vouched.require(office.keys, session, tenant, row)
    there = opened(row)
    months = all_attendance(office, session, tenant, row.case_id, f"{day:%Y-%m}")
    noted = [day for each in months for day in opened_month(each).held]
    last = max([day, there.enrolment.day, *(each.day for each in there.follow_ups), *noted])
    step = ExitStep(step="exit", day=last, reason=ExitReason.OTHER, note=note)
    left = step.taken(there, today_of(office, tenant))
    _save(office, session, row, left, who, step.step, step.model_dump(mode="json", exclude={"step"}))


def locked(office: PlanningOffice, session: Session, tenant: str, case: str) -> ParticipantRow:
    """A participant to be changed, as it is logged, and as others left it while this waited for them. Raises
    NotFoundError and audit.errors.RowError."""
    query = _called(tenant, case).with_for_update()
    return _logged(office, session, tenant, case, session.exec(query, execution_options=ANEW).first())


def find(office: PlanningOffice, session: Session, tenant: str, case: str) -> ParticipantRow:
    """A participant to be read, as it is logged. Raises NotFoundError and audit.errors.RowError."""
    return _logged(office, session, tenant, case, session.exec(_called(tenant, case)).first())


def _called(tenant: str, case: str) -> SelectOfScalar[ParticipantRow]:
    return select(ParticipantRow).where(ParticipantRow.tenant == tenant, ParticipantRow.case_id == case)


def _logged(
    office: PlanningOffice, session: Session, tenant: str, case: str, row: ParticipantRow | None
) -> ParticipantRow:
    row = _known(session, tenant, row)
    if row is None:
        raise NotFoundError(case)
    vouched.require(office.keys, session, tenant, row)
    return row


def known_as(
    office: PlanningOffice, session: Session, tenant: str, personal_number: str
) -> ParticipantRow | None:
    """The participant with a personal number, if there is one that the session may know of."""
    row = session.get(ParticipantRow, (tenant, office.pseudonym(tenant, personal_number)))
    return _known(session, tenant, row)


def _known(session: Session, tenant: str, row: ParticipantRow | None) -> ParticipantRow | None:
    """The row, if the session may know of it. The same is asked of the database where there is none: how long
    it takes does not tell."""
    if not hides(session):
        return row
    return next((each for each, _ in seen(session, tenant, [row] if row is not None else [])), None)


def opened(row: ParticipantRow) -> Participation:
    """What a row says."""
    return Participation.model_validate_json(row.document)


def shown(session: Session, tenant: str, rows: Sequence[ParticipantRow]) -> list[Participation]:
    """What rows say, for people to read: whoever stands in a hidden case is protected here too, whenever that
    came to be known."""
    hidden = hidden_among(session, tenant, [row.person for row in rows])
    people = [(row.person, opened(row)) for row in rows]
    return [
        person.model_copy(update={"protected": True}) if known in hidden else person
        for known, person in people
    ]


def seen(
    session: Session, tenant: str, rows: Sequence[ParticipantRow]
) -> list[tuple[ParticipantRow, Participation]]:
    """The participants among some that the session may know of, and what people may read of each."""
    found = zip(rows, shown(session, tenant, rows), strict=True)
    return [each for each in found if not (each[1].protected and hides(session))]


def attendance_of(
    office: PlanningOffice, session: Session, tenant: str, case: str, first: date, last: date
) -> dict[str, AttendanceOfMonth]:
    """What was marked in the months of a time, by month; as it is logged. Raises RowError."""
    found = all_attendance(office, session, tenant, case, f"{first:%Y-%m}", f"{last:%Y-%m}")
    return {row.month: opened_month(row) for row in found}


def all_attendance(
    office: PlanningOffice, session: Session, tenant: str, case: str, first: str = "", last: str = "9"
) -> Sequence[AttendanceRow]:
    """The rows of a participant's months, of all or from one month to another, as logged. Raises RowError."""
    row = AttendanceRow
    query = select(row).where(
        row.tenant == tenant, row.case_id == case, row.month >= first, row.month <= last
    )
    rows = session.exec(query.order_by(col(row.month)), execution_options=ANEW).all()
    vouched.require(office.keys, session, tenant, *rows)
    return rows


def opened_month(row: AttendanceRow) -> AttendanceOfMonth:
    """What a row of attendance says."""
    return AttendanceOfMonth.model_validate_json(row.document)


def listed(
    session: Session,
    tenant: str,
    *,
    until: date | None = None,
    responsible: str | None = None,
    after: Sequence[Any] | None = None,
    limit: int,
) -> Sequence[ParticipantRow]:
    """Participants who have not left, those first with whom something is to be done first, and nobody whom
    the session may not know of. ``until``: only where something is due by then; ``after``: the day and case
    of the last one that is known."""
    found = list[ParticipantRow]()
    while True:
        rows = _listed(session, tenant, until, responsible, after, limit)
        found += [row for row, _ in seen(session, tenant, rows)]
        if len(rows) < limit or len(found) >= limit:
            return found[:limit]
        after = (rows[-1].due, rows[-1].case_id)


def _listed(
    session: Session,
    tenant: str,
    until: date | None,
    responsible: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[ParticipantRow]:
    row = ParticipantRow
    query = select(row).where(row.tenant == tenant, col(row.due).is_not(None))
    if until is not None:
        query = query.where(col(row.due) <= until)
    if responsible is not None:
        query = query.where(row.responsible == responsible)
    if after is not None:
        day, case = date.fromisoformat(str(after[0])), str(after[1])
        query = query.where((col(row.due) > day) | ((col(row.due) == day) & (col(row.case_id) > case)))
    return session.exec(query.order_by(col(row.due), col(row.case_id)).limit(limit)).all()


def due_of(office: PlanningOffice, tenant: str, person: Participation) -> list[Due]:
    """What is to be done with a participant, the first first."""
    today = today_of(office, tenant)
    return due(person, today.ways, today.calendar)


def write(
    office: PlanningOffice,
    session: Session,
    row: ParticipantRow,
    month: AttendanceOfMonth,
    who: Any,
    step: str,
    content: Mapping[str, Json],
) -> None:
    """A participant's attendance of a month, with the entry of what was marked or reported."""
    now = office.clock()
    key = (row.tenant, row.case_id, month.month)
    found = session.get(AttendanceRow, key) or AttendanceRow(
        tenant=row.tenant, case_id=row.case_id, month=month.month, changed_at=now, document=""
    )
    found.document, found.changed_at = month.model_dump_json(by_alias=True), now
    session.add(found)
    entry = journal.planned(row.case_id, now, who, step, content)
    vouched.append(office.log, session, row.tenant, [entry])


def _save(
    office: PlanningOffice,
    session: Session,
    row: ParticipantRow,
    person: Participation,
    who: str,
    step: str,
    content: Mapping[str, Json],
) -> None:
    now, todo = office.clock(), due_of(office, row.tenant, person)
    row.version += 1
    row.changed_at, row.changed_by = now, who
    row.responsible, row.due = person.responsible, todo[0].day if todo else None
    row.document = person.model_dump_json(by_alias=True)
    session.add(row)
    tell(session, row, step, now)
    entry = journal.planned(row.case_id, now, journal.staff(who), step, content)
    vouched.append(office.log, session, row.tenant, [entry])
