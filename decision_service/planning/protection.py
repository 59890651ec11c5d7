"""Protection follows people: whoever may not see a protected person's case sees none with one of its people.

Such a case knows of the other: of its payment for the month, of the child that is in both, of the months
before. So it is hidden like it, and nothing that a hidden case does to another can be seen from outside. Who
is protected as a participant of the planning is so in every application, and the other way round. It ends
with what is known of the person: that one case is deleted shows no other.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

import structlog
from sqlalchemy import bindparam, exists, update
from sqlmodel import Session, SQLModel, col, select

import audit
from audit.errors import RowError
from decision_service.log import journal, vouched
from decision_service.planning.office import LoggingOffice
from decision_service.planning.participation import Participation
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.case_number import hold_numbers
from decision_service.store.hiding import hides
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, ParticipantRow, PartyRow

_log = structlog.get_logger()

DETAILS = "details"
"""The step by which a participant is protected: its name, which anybody may read who has the log, is that of
a change of name too."""


def hold(office: LoggingOffice, session: Session, tenant: str) -> None:
    """Let nobody come into an application before the transaction ends: what is hidden here, one that comes
    meanwhile with one of its people would not know of. Call it before any application is locked and before
    anything is logged: whoever receives an application has its number first and the log afterwards."""
    hold_numbers(session, tenant, swedish_day(office.clock()).year)


def spread(office: LoggingOffice, session: Session, row: ApplicationRow) -> None:
    """Hide an application that has somebody in common with a hidden one, or somebody who is protected in the
    planning; when it is hidden, hide those that have somebody in common with it, and so on, each with an
    entry that says so. Call it when its people are noted."""
    session.flush()
    if not row.protected:
        people = session.exec(select(PartyRow.person).where(same_case(PartyRow, row))).all()
        if not with_hidden(session, row.tenant, people):
            return
        row.protected = True
        session.add(row)
        session.flush()
    _hide_what_is_near(office, session, row.tenant, {row.id}, set())


def protect(office: LoggingOffice, session: Session, tenant: str, person: str) -> None:
    """Hide the applications of somebody who is protected in the planning, and what is near them. Raises
    nothing for one whose row is not the logged one: that stays so, and is hidden."""
    session.flush()
    row = ApplicationRow
    of = PartyRow.tenant == tenant, PartyRow.person == person
    own = session.connection().execute(
        select(col(row.id), col(row.protected)).join(PartyRow, same_case(PartyRow, row)).where(*of)
    )
    if cases := {str(each): bool(hidden) for each, hidden in own}:
        there = {each for each, hidden in cases.items() if not hidden}
        _hide_what_is_near(office, session, tenant, set(cases), there)


def _hide_what_is_near(
    office: LoggingOffice, session: Session, tenant: str, cases: set[str], hidden: set[str]
) -> None:
    """Hide ``hidden``, and whatever has somebody in common with ``cases``, and so on; and protect those who
    are in any of these in the planning too."""
    reached, hidden = cases, set(hidden)
    while reached:
        near = _sharing(session, tenant, reached)
        reached = {each for each, already in near.items() if not already} - hidden - cases
        hidden |= reached
    entries = [*_hide(office, session, tenant, hidden), *_join(office, session, tenant, cases | hidden)]
    if entries:
        vouched.append(office.log, session, tenant, entries)


def _hide(
    office: LoggingOffice, session: Session, tenant: str, applications: Collection[str]
) -> Iterator[audit.Entry]:
    """Hide applications. The log vouches for it without a word: what hides one is nobody's to read."""
    if not applications:
        return
    row = ApplicationRow
    its = row.tenant == tenant, col(row.id).in_(sorted(applications))
    query = select(row).where(*its).order_by(col(row.id)).with_for_update()
    for each in session.exec(query, execution_options={"populate_existing": True}).all():
        if _as_logged(office, session, tenant, each):
            each.protected = True
            session.add(each)
            yield journal.vouched(each.id, office.clock())
        else:  # hidden it must be, and what somebody else has written must not come to be vouched for
            own = col(row.tenant) == tenant, col(row.id) == each.id
            session.connection().execute(update(row).where(*own).values(protected=True))
            session.expire(each)


def _join(
    office: LoggingOffice, session: Session, tenant: str, cases: Collection[str]
) -> Iterator[audit.Entry]:
    """Protect those participants who are in one of some cases: they are so still when the case is deleted."""
    asked = {"its_tenant": tenant, "cases": sorted(cases)}
    try:
        found = session.exec(_IN_CASES, params=asked, execution_options={"populate_existing": True}).all()
    except RowError as error:
        _log.critical("row_not_as_logged", why=str(error))
        return
    for row in found:
        person = Participation.model_validate_json(row.document)
        if not person.protected and _as_logged(office, session, tenant, row):
            row.document = person.model_copy(update={"protected": True}).model_dump_json(by_alias=True)
            session.add(row)
            yield journal.planned(row.case_id, office.clock(), journal.MACHINE, DETAILS, {})


def _as_logged(office: LoggingOffice, session: Session, tenant: str, row: SQLModel) -> bool:
    try:
        vouched.require(office.keys, session, tenant, row)
    except RowError as error:
        _log.critical("row_not_as_logged", why=str(error))
        return False
    return True


def with_hidden(session: Session, tenant: str, people: Collection[str]) -> bool:
    """Whether somebody among some people is in a hidden application, or is protected in the planning. Ask
    while nobody else can write down another with one of them."""
    asked = {"its_tenant": tenant, "people": list(people)}
    hidden, takes_part = session.connection().execute(_HIDDEN_WITH, asked).one()
    if hidden or not takes_part:
        return bool(hidden)
    try:
        return bool(_protected_there(session, tenant, people))
    except RowError as error:  # whom nobody can read of may be protected
        _log.critical("row_not_as_logged", why=str(error))
        return True


def hidden_people(session: Session, tenant: str, people: Collection[str]) -> set[str]:
    """Those among some people, by their keyed hashes, that the session may not know of: whoever stands in a
    hidden case, and a participant who is protected."""
    if not hides(session):
        return set()
    return _protected_there(session, tenant, people) | in_hidden_cases(session, tenant, people)


def in_hidden_cases(session: Session, tenant: str, people: Collection[str]) -> set[str]:
    """Those among some people who stand in a hidden application."""
    party, case = PartyRow, ApplicationRow
    query = (
        select(party.person)
        .join(case, same_case(party, case))
        .where(party.tenant == tenant, col(party.person).in_(people), col(case.protected).is_(True))
    )
    # Past the session: in one that shows lists no hidden case is found.
    return set(session.connection().execute(query).scalars())


def _protected_there(session: Session, tenant: str, people: Collection[str]) -> set[str]:
    """Those among some people who are protected in the planning."""
    row = ParticipantRow
    rows = session.exec(select(row).where(row.tenant == tenant, col(row.person).in_(people))).all()
    return {each.person for each in rows if Participation.model_validate_json(each.document).protected}


def _sharing(session: Session, tenant: str, applications: Collection[str]) -> dict[str, bool]:
    """The other applications that have somebody in common with some, and whether they are hidden."""
    asked = {"its_tenant": tenant, "cases": sorted(applications)}
    found = session.exec(_WITH_THE_SAME_PEOPLE, params=asked)
    return {each: hidden for each, hidden in found if each not in applications}


_PEOPLE = select(PartyRow.person).where(
    col(PartyRow.tenant) == bindparam("its_tenant"),
    col(PartyRow.application_id).in_(bindparam("cases", expanding=True)),
)
_WITH_THE_SAME_PEOPLE = (
    select(ApplicationRow.id, ApplicationRow.protected)
    .join(PartyRow, same_case(PartyRow, ApplicationRow))
    .where(col(PartyRow.tenant) == bindparam("its_tenant"), col(PartyRow.person).in_(_PEOPLE))
)
_IN_CASES = (
    select(ParticipantRow)
    .where(col(ParticipantRow.tenant) == bindparam("its_tenant"), col(ParticipantRow.person).in_(_PEOPLE))
    .order_by(col(ParticipantRow.person))
    .with_for_update()
)
_HIDDEN_WITH = select(
    exists().where(
        col(PartyRow.tenant) == bindparam("its_tenant"),
        col(PartyRow.person).in_(bindparam("people", expanding=True)),
        same_case(PartyRow, ApplicationRow),
        col(ApplicationRow.protected),
    ),
    exists().where(
        col(ParticipantRow.tenant) == bindparam("its_tenant"),
        col(ParticipantRow.person).in_(bindparam("people", expanding=True)),
    ),
)


def require_hidden(row: ApplicationRow) -> None:
    """Raise RowError for an application whose people are protected and that is not hidden: somebody has made
    it so behind the service's back."""
    if row.protected or '"protected": true' not in row.content:
        return
    if any(person.get("protected") for person in json.loads(row.content)["people"]):
        raise RowError(
            f"Ärende {row.id} har någon med skyddade uppgifter och är ändå öppet för alla. "
            "Använd det inte; kör lagrum audit verify och utred."
        )
