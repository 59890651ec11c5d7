"""The upgrade of what an earlier version knew of protected people: it hid them, and kept no row of why; and
the months from an earlier system tied nobody together.

Why somebody is protected, the form says, or an assessment's registers, or the planning. Case by case, each in
a transaction: what is cut short goes on from there, and several processes may do it at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

import structlog
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from audit.errors import AuditError
from audit.trail import read_case
from decision_service.application.case_file import Person
from decision_service.log import journal, vouched
from decision_service.planning import grounds
from decision_service.planning.grounds import Ground, SaidIn, ground_row
from decision_service.planning.office import PlanningOffice
from decision_service.planning.participation import Participation
from decision_service.planning.protection import (
    DETAILS,
    hold,
    note_answers,
    note_months,
    protect,
    spread,
    with_grounds,
)
from decision_service.registers.ssbtek import marks_of
from decision_service.store.database import reading, transaction
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ApplicationRow,
    AssessmentRow,
    HistoryRow,
    ParticipantRow,
    ProposedHistoryRow,
    UnsealedRow,
)

WHY = "why somebody is protected"
"""What stands among what waits to be upgraded, until it is done."""
_log = structlog.get_logger()


def upgrade(office: PlanningOffice, engine: Engine) -> int:
    """Write it all down; in how many cases there was something to look for. Before anybody works. What is
    not what the log vouches for, or cannot be read, stays as it is: the check of the log tells."""
    with reading(engine) as session:
        if session.get(UnsealedRow, WHY) is None:
            return 0
        work = [*_work(office, session)]
    for one in work:
        try:
            with transaction(engine) as session:
                one(session)
        except AuditError as error:
            _log.critical("row_not_as_logged", why=str(error))
    with transaction(engine) as session:
        if (done := session.get(UnsealedRow, WHY, with_for_update=True)) is not None:
            session.delete(done)
    return len(work)


def _work(office: PlanningOffice, session: Session) -> Iterator[Callable[[Session], None]]:
    """First who is protected, then who is tied to whom: that hides them."""
    connection = session.connection()
    row = ApplicationRow
    hidden = select(col(row.tenant), col(row.id)).where(col(row.protected).is_(True)).order_by(col(row.id))
    for tenant, case in connection.execute(hidden):
        yield partial(_application, office, tenant, case)
    for tenant, person in connection.execute(select(col(ParticipantRow.tenant), col(ParticipantRow.person))):
        yield partial(_participant, office, tenant, person)
    months = {
        (tenant, person, case)
        for table in (HistoryRow, ProposedHistoryRow)
        for tenant, person, case in connection.execute(
            select(col(table.tenant), col(table.person), col(table.case_id))
        )
    }
    for tenant, person, case in sorted(months):
        yield partial(_months, office, tenant, person, case)


def _application(office: PlanningOffice, tenant: str, case: str, session: Session) -> None:
    """The people whom the application marks, and whom the registers did at an assessment."""
    hold(office, session, tenant)
    row = session.get_one(ApplicationRow, (tenant, case), with_for_update=True)
    vouched.require(office.keys, session, tenant, row)
    people = [Person.model_validate(each) for each in json.loads(row.content)["people"]]
    _, said = with_grounds(office, session, row, people)
    session.add_all(said)
    marked = {each.person for each in said}
    spread(office, session, row, marked)
    query = (
        select_rows(AssessmentRow).where(same_case(AssessmentRow, row)).order_by(col(AssessmentRow.number))
    )
    for each in session.exec(query):
        registers = json.loads(each.case_file)["registers"]
        marks = {person: {a: m for a, m in marks_of(it).items() if m} for person, it in registers.items()}
        note_answers(office, session, row, marks)
    vouched.append(office.log, session, tenant, [journal.vouched(row.id, office.clock())])


def _participant(office: PlanningOffice, tenant: str, person: str, session: Session) -> None:
    """Whoever was enrolled as protected, or protected later by a step: not who only was near another."""
    hold(office, session, tenant)
    row = session.get_one(ParticipantRow, (tenant, person))
    if not Participation.model_validate_json(row.document).protected:
        return
    entries = read_case(session.connection(), office.keys, tenant, row.case_id)
    if not any(one.personal.get("protected") is True for one in entries):
        return
    if not grounds.standing(session, tenant, [person]):
        said = Ground(source=SaidIn.PLANNING, at=office.clock())
        session.add(ground_row(tenant, person, row.case_id, said))
        entry = journal.planned(row.case_id, office.clock(), journal.MACHINE, DETAILS, {})
        vouched.append(office.log, session, tenant, [entry])
    protect(office, session, tenant, person)


def _months(office: PlanningOffice, tenant: str, person: str, case: str, session: Session) -> None:
    hold(office, session, tenant)
    note_months(office, session, tenant, person, case)
    vouched.append(office.log, session, tenant, [journal.vouched(case, office.clock())])
