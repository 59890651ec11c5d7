"""Activities that a municipality offers a group: what, when in the week, where, with whom, and for how many.

The list is there to choose from and to mark a group by. What counts for a participant stands in their own
schedule, where the activity was put. In the log an activity is a case of its own, about nobody, and the log
vouches for its row.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, StrictInt
from sqlmodel import Session, col, select

from audit import trail
from decision_service.application.case_file import ActivityKind
from decision_service.application.fields import Day, Part
from decision_service.log import journal, vouched
from decision_service.planning.attendance import Marking, Occasion, marks_of, occasions
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participants import ANEW, attendance_of, locked, opened, seen, take
from decision_service.planning.participation import AssignedActivity, Line, Participation, Slot, Support
from decision_service.planning.steps.planning import ActivityEnds, Assign, require_times
from decision_service.planning.steps.step import StepTaken, require_in_order, require_not_before, wrong
from decision_service.reading.strict_json import Opaque
from decision_service.store.hiding import for_everybody
from decision_service.store.refused import ConflictError, NotFoundError
from decision_service.store.tables import OfferedActivityRow, ParticipantRow
from norms.fault import fault


class OfferedActivity(Part):
    """An activity for a group. ``capacity`` is how many can take part at a time, None for any number."""

    title: Line
    kind: ActivityKind
    support: Support
    first: Day
    last: Day | None = None
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=14)]
    place: Annotated[str, Field(max_length=200)] = ""
    responsible: Annotated[str, Field(max_length=200)] = ""
    capacity: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None

    def day_of(self, day: date, way: int) -> date:
        """A day or the nearest after it (``way`` 1) or before it (-1) that is one of the week's."""
        weekdays = {each.weekday for each in self.slots}
        near = (day + timedelta(days=way * number) for number in range(7))
        return next(each for each in near if each.isoweekday() in weekdays)


@dataclass(frozen=True)
class Taking:
    """Somebody who takes part on a day."""

    row: ParticipantRow
    person: Participation
    occasion: Occasion


OFFERED, ENDED = "offered", "offer_ended"


def offer(
    office: PlanningOffice, session: Session, tenant: str, activity: OfferedActivity, who: str
) -> OfferedActivityRow:
    """A new activity, with its log entry. One that changes ends, and another begins. Raises InputError."""
    require_in_order(activity.first, activity.last)
    require_times(activity.slots)
    row = OfferedActivityRow(
        id=uuid.uuid4().hex, tenant=tenant, last=activity.last, document=activity.model_dump_json()
    )
    session.add(row)
    _log(office, session, row, who, OFFERED, activity.model_dump(mode="json"))
    return row


def end(
    office: PlanningOffice, session: Session, tenant: str, id_: str, last: date, who: str
) -> list[ParticipantRow]:
    """Say which day is an activity's last, in the schedules of all who take part too, and give who they are
    of those whom the session may know of.

    Raises NotFoundError, audit.errors.RowError, InputError for a day that has been or is before the first,
    and ConflictError where it ends by then already.
    """
    row = _logged(office, session, tenant, id_, lock=True)
    activity = OfferedActivity.model_validate_json(row.document)
    require_not_before(last, max(activity.first, today_of(office, tenant).day), "last")
    if activity.last is not None and activity.last <= last:
        raise ConflictError(fault("ends_already", found=activity.title, last=str(activity.last)))
    row.last, row.document = last, activity.model_copy(update={"last": last}).model_dump_json()
    session.add(row)
    _log(office, session, row, who, ENDED, {"last": last.isoformat()})
    with for_everybody(session):
        ended = [
            _end_for(office, session, there, id_, last, who)
            for there, person in list(everybody(office, session, tenant))
            if _goes_on(person, id_, last)
        ]
    return [row for row, _ in seen(session, tenant, ended)]


def _end_for(
    office: PlanningOffice, session: Session, there: ParticipantRow, id_: str, last: date, who: str
) -> ParticipantRow:
    row = locked(office, session, there.tenant, there.case_id)
    for each in _goes_on(opened(row), id_, last):
        step = ActivityEnds(step="activity_ends", activity=each.id, last=last)
        row = take(office, session, row.tenant, row.case_id, step, who, row.version)
    return row


def _goes_on(person: Participation, id_: str, last: date) -> list[AssignedActivity]:
    """What of a group's activity somebody has in the schedule beyond a day."""
    return [
        each
        for each in person.activities
        if each.offered == id_ and each.is_going_on and (each.last is None or each.last > last)
    ]


def _log(
    office: PlanningOffice,
    session: Session,
    row: OfferedActivityRow,
    who: str,
    step: str,
    content: Mapping[str, Any],
) -> None:
    entry = journal.planned(row.id, office.clock(), journal.staff(who), step, content)
    vouched.append(office.log, session, row.tenant, [entry])


def offered_by(session: Session, tenant: str, id_: str) -> tuple[str, datetime] | None:
    """Who has offered an activity, by staff id, and when, as the log says; None for one from before offering
    was logged."""
    entries = trail.read_leaves(session.connection(), tenant, id_)
    found = [(one.entry["actor"]["id"], datetime.fromisoformat(one.entry["time"])) for one in entries]
    return found[0] if found else None


def all_offered(
    office: PlanningOffice, session: Session, tenant: str, day: date
) -> dict[str, OfferedActivity]:
    """The activities that have not ended before a day, by id, in the order of their titles, as they are
    logged. Raises audit.errors.RowError."""
    row = OfferedActivityRow
    query = select(row).where(row.tenant == tenant, col(row.last).is_(None) | (col(row.last) >= day))
    rows = session.exec(query).all()
    vouched.require(office.keys, session, tenant, *rows)
    found = [(each.id, OfferedActivity.model_validate_json(each.document)) for each in rows]
    return dict(sorted(found, key=lambda one: (one[1].title, one[0])))


def offered(office: PlanningOffice, session: Session, tenant: str, id_: str) -> OfferedActivity:
    """One of them, as it is logged. Raises NotFoundError and audit.errors.RowError."""
    return OfferedActivity.model_validate_json(_logged(office, session, tenant, id_).document)


def _logged(
    office: PlanningOffice, session: Session, tenant: str, id_: str, *, lock: bool = False
) -> OfferedActivityRow:
    query = select(OfferedActivityRow).where(
        OfferedActivityRow.id == id_, OfferedActivityRow.tenant == tenant
    )
    found = query.with_for_update() if lock else query
    row = session.exec(found, execution_options=ANEW).first()
    if row is None:
        raise NotFoundError(id_)
    vouched.require(office.keys, session, tenant, row)
    return row


def as_offered(
    office: PlanningOffice, session: Session, tenant: str, said: Mapping[str, Opaque]
) -> Mapping[str, Opaque]:
    """A step that says which group's activity somebody is put into, with all that the activity is; its last
    day where none is said. Raises as ``offered``."""
    if not said.get("offered"):
        return said
    found = offered(office, session, tenant, str(said["offered"]))
    schedule = found.model_dump(mode="json", exclude={"first", "last", "capacity"})
    return {"last": found.last and str(found.last), **said, **schedule}


def require_place(office: PlanningOffice, session: Session, tenant: str, step: StepTaken) -> None:
    """Raises InputError where a step puts somebody into a group's activity that is not there, or for longer
    than it goes on, ConflictError where it is full, and RowError. Until the transaction ends nobody else gets
    a place."""
    if not isinstance(step, Assign) or step.offered is None:
        return
    try:
        activity = _logged(office, session, tenant, step.offered, lock=True)
    except NotFoundError:
        wrong("no_such_row", "offered", found=step.offered)
    found = OfferedActivity.model_validate_json(activity.document)
    require_not_before(step.first, found.first, "first")
    if found.last is not None and (step.last is None or step.last > found.last):
        wrong("group_ends_before", "last", found=found.title, last=str(found.last))
    if found.capacity is not None:
        people = [person for _, person in everybody(office, session, tenant)]
        if places_taken(people, {step.offered: found}, step.first)[step.offered] >= found.capacity:
            raise ConflictError(fault("group_full", found=found.title, limit=found.capacity))


def everybody(
    office: PlanningOffice, session: Session, tenant: str
) -> Iterator[tuple[ParticipantRow, Participation]]:
    """Every participant who has not left, and whom the session may know of. What is sealed cannot be changed
    without the key; that it is the newest is for whoever acts on one of them to ask of the log."""
    row = ParticipantRow
    query = select(row).where(row.tenant == tenant, col(row.due).is_not(None))
    rows = session.exec(query.order_by(col(row.case_id))).all()
    yield from seen(session, tenant, rows)


def taking_part(
    office: PlanningOffice, session: Session, tenant: str, id_: str, day: date, *, closed: bool = False
) -> list[Taking]:
    """Who takes part in an activity on a day, by name; ``closed``: those for whom it is not held that day.
    Raises NotFoundError."""
    offered(office, session, tenant, id_)
    calendar = today_of(office, tenant).calendar
    there = [
        (row, person)
        for row, person in everybody(office, session, tenant)
        if any(each.offered == id_ and each.holds(day) for each in person.activities)
    ]
    vouched.require(office.keys, session, tenant, *(row for row, _ in there))
    found = []
    for row, person in there:
        known = attendance_of(office, session, tenant, row.case_id, day, day)
        marks = marks_of(known.values())
        for occasion in occasions(person, day, day, calendar, {} if closed else known):
            is_closed = marks.get((day, occasion.activity.id)) is Marking.CLOSED
            if occasion.activity.offered == id_ and is_closed is closed:
                found.append(Taking(row, person, occasion))
    return sorted(found, key=lambda one: (one.person.last_name, one.person.first_name, one.row.case_id))


def places_taken(
    people: Sequence[Participation], activities: Mapping[str, OfferedActivity], day: date
) -> dict[str, int]:
    """How many have a place in each activity on a day: offered counts, declined does not."""
    counts = dict.fromkeys(activities, 0)
    for person in people:
        for each in person.activities:
            if each.offered in counts and each.is_going_on and each.touches(day, date.max):
                counts[each.offered] += 1
    return counts
