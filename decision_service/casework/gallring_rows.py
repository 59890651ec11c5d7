"""What the tables have of the cases whose time may have come: what people call them, whose birthday may keep
them, and what is going on that does.

Read for many cases together: a municipality has tens of thousands, and is asked about all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from decision_service.application.fields import birthday_of
from decision_service.application.kept import PersonJson
from decision_service.reading.said import said_in
from decision_service.store.persons import BESIDE
from decision_service.store.tables import (
    WRITTEN_OFF,
    AppealRow,
    ApplicationRow,
    ApplicationState,
    ClaimRow,
    LoweredClaimRow,
    MessageRow,
    OfferedActivityRow,
    PartyRow,
    ProposedCorrectionRow,
)

_say = said_in(__file__)
_FINAL = (ApplicationState.DECIDED, *WRITTEN_OFF)
_GOING_ON: tuple[tuple[Any, Any, str], ...] = (
    (
        MessageRow,
        col(MessageRow.next_attempt_at).is_not(None),
        "message_on_its_way",
    ),
    (AppealRow, col(AppealRow.ended_at).is_(None), "appeal_going_on"),
    (
        ProposedCorrectionRow,
        col(ProposedCorrectionRow.state) == "waiting",
        "correction_waits",
    ),
    (ClaimRow, col(ClaimRow.state) == "open", "claim_open"),
    (LoweredClaimRow, col(LoweredClaimRow.state) == "waiting", "claim_waits"),
)
"""What keeps a case whatever its age, and what is said of it."""


@dataclass(frozen=True)
class CaseInTables:
    """One case: an application, what is known of a person beside them, or an activity that is offered to
    a group; nothing where it stands in the log alone. ``going_on`` is why an application stays, ``applies``
    whether the person has one that is not deleted."""

    application: Row[Any] | None = None
    person: Row[Any] | None = None
    activity: Row[Any] | None = None
    going_on: str | None = None
    applies: bool = False

    def __bool__(self) -> bool:
        return any(each is not None for each in (self.application, self.person, self.activity))

    @property
    def number(self) -> str | None:
        """What people call it by, where it is an application."""
        return self.application.case_number if self.application is not None else None

    def birth_days(self) -> set[int] | None:
        """The days of the month on which the people of the case were born, none where it is about nobody;
        None where one is not known."""
        if self.application is not None:
            return birth_days(json.loads(self.application.content)["people"])
        if self.person is not None:
            return {self.person.born_day} if self.person.born_day is not None else None
        return set()

    def waits(self, today: date) -> str | None:
        """Why the case stays, whatever the rules say of its age."""
        if self.application is not None:
            if self.application.state not in _FINAL:
                return _say("application_open")
            return self.going_on
        if self.person is not None:
            return _say("person_applies") if self.applies else None
        if self.activity is not None and (self.activity.last is None or self.activity.last >= today):
            return _say("activity_goes_on")
        return None


def read_cases(
    session: Session, tenant: str, cases: Sequence[str], *, lock: bool
) -> Mapping[str, CaseInTables]:
    """What the tables have of each of some cases. ``lock``: until the transaction ends nobody else writes
    what is read."""

    def of(table: Any, column: Any, *columns: Any) -> Iterable[Row[Any]]:
        query = select(column.label("case"), *columns).where(col(table.tenant) == tenant, column.in_(cases))
        return session.execute(query.with_for_update() if lock else query).all()

    row, activity = ApplicationRow, OfferedActivityRow
    columns = col(row.case_number), col(row.state), col(row.content)
    applications = {each.case: each for each in of(row, col(row.id), *columns)}
    people: dict[str, Row[Any]] = {}
    for table in BESIDE:
        for each in of(table, col(table.case_id), col(table.person), col(table.born_day)):
            people.setdefault(each.case, each)
    activities = {each.case: each for each in of(activity, col(activity.id), col(activity.last))}
    going_on, applying = _going_on(session, tenant, applications), _applying(session, tenant, people.values())
    return {
        case: CaseInTables(
            applications.get(case),
            people.get(case),
            activities.get(case),
            going_on.get(case),
            case in people and people[case].person in applying,
        )
        for case in cases
    }


def _going_on(session: Session, tenant: str, applications: Iterable[str]) -> dict[str, str]:
    """Those of some applications that stay whatever their age, and why."""
    found: dict[str, str] = {}
    wanted = list(applications)
    for table, condition, why in _GOING_ON if wanted else ():
        its = table.tenant == tenant, col(table.application_id).in_(wanted), condition
        for case in session.scalars(select(table.application_id).where(*its).distinct()):
            found.setdefault(case, _say(why))
    return found


def _applying(session: Session, tenant: str, people: Iterable[Row[Any]]) -> set[str]:
    """The persons who have an application that is not deleted."""
    if not (wanted := {each.person for each in people}):
        return set()
    its = col(PartyRow.tenant) == tenant, col(PartyRow.person).in_(wanted)
    return set(session.scalars(select(col(PartyRow.person)).where(*its).distinct()))


def birth_days(people: Sequence[PersonJson]) -> set[int] | None:
    """The days of the month on which people were born; None where one of them is not known."""
    days = set()
    for person in people:
        if number := person.get("personal_number"):
            days.add(birthday_of(number).day)
        elif born := person.get("born"):
            days.add(date.fromisoformat(born).day)
        else:
            return None
    return days
