"""Activities that a municipality offers a group: what, when in the week, where, with whom, and for how many.

The list is there to choose from and to mark a group by. What counts for a participant stands in their own
schedule, where the activity was put. In the log an activity is a case of its own, about nobody.
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
from decision_service.planning.attendance import Occasion, occasions
from decision_service.planning.office import PlanningOffice, today_of
from decision_service.planning.participants import attendance_of, opened
from decision_service.planning.participation import Answer, Line, Participation, Slot, Support
from decision_service.planning.steps.planning import Assign
from decision_service.planning.steps.step import StepTaken, require_in_order, wrong
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


OFFERED = "offered"


def offer(
    office: PlanningOffice, session: Session, tenant: str, activity: OfferedActivity, who: str
) -> OfferedActivityRow:
    """A new activity, with its log entry. One that changes ends, and another begins. Raises InputError."""
    require_in_order(activity.first, activity.last)
    row = OfferedActivityRow(
        id=uuid.uuid4().hex, tenant=tenant, last=activity.last, document=activity.model_dump_json()
    )
    session.add(row)
    content = activity.model_dump(mode="json")
    entry = journal.planned(row.id, office.clock(), journal.staff(who), OFFERED, content)
    vouched.append(office.log, session, tenant, [entry])
    return row


def offered_by(session: Session, tenant: str, id_: str) -> tuple[str, datetime] | None:
    """Who has offered an activity, by staff id, and when, as the log says; None for one from before offering
    was logged."""
    entries = trail.read_leaves(session.connection(), tenant, id_)
    found = [(one.entry["actor"]["id"], datetime.fromisoformat(one.entry["time"])) for one in entries]
    return found[0] if found else None


def all_offered(session: Session, tenant: str, day: date) -> dict[str, OfferedActivity]:
    """The activities that have not ended before a day, by id, in the order of their titles."""
    row = OfferedActivityRow
    query = select(row).where(row.tenant == tenant, col(row.last).is_(None) | (col(row.last) >= day))
    found = [(each.id, OfferedActivity.model_validate_json(each.document)) for each in session.exec(query)]
    return dict(sorted(found, key=lambda one: (one[1].title, one[0])))


def offered(session: Session, tenant: str, id_: str) -> OfferedActivity:
    """One of them. Raises NotFoundError."""
    row = session.get(OfferedActivityRow, (tenant, id_))
    if row is None:
        raise NotFoundError(id_)
    return OfferedActivity.model_validate_json(row.document)


def schedule_of(session: Session, tenant: str, id_: str) -> dict[str, Any]:
    """What an activity is for one who is put into it. Raises NotFoundError."""
    found = offered(session, tenant, id_)
    return found.model_dump(mode="json", exclude={"first", "capacity"})


def require_place(office: PlanningOffice, session: Session, tenant: str, step: StepTaken) -> None:
    """Raises InputError where a step puts somebody into a group's activity that is not there, and
    ConflictError where it is full."""
    if not isinstance(step, Assign) or step.offered is None:
        return
    activity = session.get(OfferedActivityRow, (tenant, step.offered))
    if activity is None:
        wrong("no_such_row", "offered", found=step.offered)
    found = OfferedActivity.model_validate_json(activity.document)
    if found.capacity is not None:
        people = [person for _, person in everybody(office, session, tenant)]
        if places_taken(people, {step.offered: found}, step.first)[step.offered] >= found.capacity:
            raise ConflictError(fault("group_full", found=found.title, limit=found.capacity))


def everybody(
    office: PlanningOffice, session: Session, tenant: str
) -> Iterator[tuple[ParticipantRow, Participation]]:
    """Every participant who has not left. What is sealed cannot be changed without the key; that it is the
    newest is for whoever acts on one of them to ask of the log."""
    row = ParticipantRow
    query = select(row).where(row.tenant == tenant, col(row.due).is_not(None))
    for each in session.exec(query.order_by(col(row.case_id))).all():
        yield each, opened(each)


def taking_part(office: PlanningOffice, session: Session, tenant: str, id_: str, day: date) -> list[Taking]:
    """Who takes part in an activity on a day, by name. Raises NotFoundError."""
    offered(session, tenant, id_)
    calendar = today_of(office, tenant).calendar
    there = [
        (row, person)
        for row, person in everybody(office, session, tenant)
        if any(each.offered == id_ and each.holds(day) for each in person.activities)
    ]
    vouched.require(office.keys, session, tenant, *(row for row, _ in there))
    found = [
        Taking(row, person, occasion)
        for row, person in there
        for occasion in occasions(
            person, day, day, calendar, attendance_of(office, session, tenant, row.case_id, day, day)
        )
        if occasion.activity.offered == id_
    ]
    return sorted(found, key=lambda one: (one.person.last_name, one.person.first_name, one.row.case_id))


def places_taken(
    people: Sequence[Participation], activities: Mapping[str, OfferedActivity], day: date
) -> dict[str, int]:
    """How many have a place in each activity on a day: offered counts, declined does not."""
    counts = dict.fromkeys(activities, 0)
    for person in people:
        for each in person.activities:
            alive = each.answer in (Answer.OFFERED, Answer.TAKEN)
            if each.offered in counts and alive and each.touches(day, date.max):
                counts[each.offered] += 1
    return counts
