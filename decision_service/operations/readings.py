"""What the tables say about how the service is doing: the figures, and whether it is ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, exists
from sqlalchemy import select as columns
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from audit import tables as log_tables
from audit.errors import AuditError, RowError
from decision_service.casework import receivers
from decision_service.casework.hidden import hidden_of
from decision_service.casework.office import Office
from decision_service.casework.right_time import astray, in_words
from decision_service.operations.metrics import Readings
from decision_service.reading.our_fault import sort_and_place
from decision_service.reading.said import said_in
from decision_service.store.database import reading, seconds_since_no_room
from decision_service.store.hiding import hide
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    FOR_THE_MACHINE,
    OPEN,
    ApplicationRow,
    ApplicationState,
    MessageRow,
    ParticipantRow,
    SweepRow,
)

_say = said_in(__file__)

_log = structlog.get_logger()

SWEEPS = {
    "due": timedelta(minutes=2),
    "late": timedelta(minutes=5),
    "outbox": timedelta(minutes=5),
    "checkpoint": timedelta(minutes=10),
}
"""Sweeps that the promise rests on, and how long one may be silent."""
SILENT = timedelta(minutes=30)
"""How long a receiver of a municipality may take nothing."""
NO_ROOM = timedelta(minutes=2)
"""How long it is told that something found no room in the database."""
FUTURE = timedelta(minutes=5)
"""How far ahead of this machine's clock something may have been received."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that readiness rests on. ``why`` says in Swedish what is wrong; None when all is well."""

    name: str
    why: str | None

    @property
    def ok(self) -> bool:
        """Whether all is well with it."""
        return self.why is None


def read_figures(office: Office) -> Readings:
    """The figures as the database has them now. Cases and participants who are protected are in none, but for
    the entries of the log: whoever can read the figures could else tell from a list that there is one. That
    such a case is late, readiness says, and that a receiver takes nothing."""
    now = office.clock()
    applications = ApplicationRow.metadata.tables["application"].c
    still_open = (
        columns(
            applications.tenant,
            applications.state,
            func.count(),
            func.min(applications.received_at),
            func.count(applications.breached_at),
        )
        .where(applications.state.in_(OPEN), ~applications.protected)
        .group_by(applications.tenant, applications.state)
    )
    heads = columns(log_tables.head.c.tenant, log_tables.head.c.size)
    with reading(office.engine) as session:
        connection = session.connection()
        counted = connection.execute(still_open).all()
        waiting, oldest = _undelivered(session)
        entries = connection.execute(heads).all()
    age: dict[str, float] = defaultdict(float)
    breached: dict[str, int] = defaultdict(int)
    for tenant, state, _, first, late in counted:
        if state != ApplicationState.REGISTERS:  # its clock has not begun
            age[tenant] = max(age[tenant], (now - first).total_seconds())
        breached[tenant] += late
    return Readings(
        oldest_undecided=age,
        undecided={(tenant, state): count for tenant, state, count, _, _ in counted},
        breached=breached,
        audit_entries={row.tenant: row.size for row in entries},
        outbox_waiting=waiting,
        outbox_oldest=(now - oldest).total_seconds() if oldest is not None else 0.0,
    )


def _undelivered(session: Session) -> tuple[int, datetime | None]:
    """How many messages wait of those whom everybody may know of, and since when the oldest has."""
    hide(session, lists=False)
    message, case = MessageRow, ApplicationRow
    waits = col(message.next_attempt_at).is_not(None)
    hidden = exists().where(same_case(message, case), col(case.protected))
    of = and_(
        col(ParticipantRow.tenant) == col(message.tenant),
        col(ParticipantRow.case_id) == col(message.application_id),
    )
    count, first = func.count(), func.min(col(message.created_at))
    found = [session.exec(select(count, first).where(waits, ~hidden, ~exists().where(of))).one()]
    # Who of the participants is protected, only their documents say.
    told = select(message.tenant, message.application_id, count, first).where(waits, exists().where(of))
    rows = session.exec(told.group_by(col(message.tenant), col(message.application_id))).all()
    for tenant in {each[0] for each in rows}:
        its = {str(case): (number, since) for place, case, number, since in rows if place == tenant}
        try:
            found += [its[each] for each in its.keys() - hidden_of(session, tenant, its)]
        except RowError as error:  # they are counted when they can be read; readiness tells that they cannot
            _log.critical("row_not_as_logged", why=str(error))
    oldest = min((since for _, since in found if since is not None), default=None)
    return sum(number for number, _ in found), oldest


def readiness(office: Office) -> list[Check]:
    """Whether the promise holds: the database answers, the sweeps run, nothing is late, the clock is sane."""
    now = office.clock()
    try:
        with reading(office.engine) as session:
            return [Check("databas", _no_room(office)), *_of_tables(office, session, now)]
    except Exception as error:  # whatever it is, it is not ready
        return [Check("databas", _say("silent", fel=type(error).__name__))]


def _no_room(office: Office) -> str | None:
    """What is wrong where something has lately found no room in the database, which answers all the same."""
    since = seconds_since_no_room(office.engine)
    return _say("no_room", sekunder=since) if since is not None and since < NO_ROOM.total_seconds() else None


def older(office: Office) -> str | None:
    """What is wrong where the database has not all that was signed here, as when somebody has put a backup in
    its place, or where the key folder does not say: nothing leaves it then. None where the database does not
    answer, which is told by itself."""
    try:
        for tenant in office.installation.municipalities:
            office.log.require_signed_here(office.engine, tenant)
    except AuditError as error:
        return str(error)
    except SQLAlchemyError:
        return None
    except Exception as error:  # what somebody has put there
        return _say("not_compared", fel=sort_and_place(error))
    return None


def _of_tables(office: Office, session: Session, now: datetime) -> Iterator[Check]:
    ran = {row.name: row.ran_at for row in session.exec(select(SweepRow)).all()}
    for name, patience in SWEEPS.items():
        last = ran.get(name)
        fresh = last is not None and abs(now - last) <= patience
        stale = _say("last", tid=last.isoformat()) if last is not None else _say("not_run")
        if last is not None and last > now:
            stale += _say("yet_to_come")
        yield Check(f"svep {name}", None if fresh else stale)
    row = ApplicationRow
    machine = col(row.state).in_(FOR_THE_MACHINE), col(row.deadline_at) <= now
    people = col(row.state).in_(OPEN), col(row.breached_at).is_not(None)
    # Without a number, which beside the queue would tell how many of them are hidden.
    for name, late, what in (
        (_say("term_of_the_machine"), machine, _say("tried_in_time")),
        (_say("term_of_people"), people, _say("answered_in_time")),
    ):
        there = session.exec(select(row.id).where(*late).limit(1)).first()
        yield Check(name, _say("some_have_not", vad=what) if there is not None else None)
    silent = receivers.silent(session, now, SILENT)
    said = ", ".join(
        _say("since", kommun=tenant, tid=since.isoformat()) for tenant, since in sorted(silent.items())
    )
    yield Check("mottagare", _say("takes_nothing", mottagare=said) if silent else None)
    latest = session.exec(select(func.max(row.received_at))).one()
    ahead = latest is not None and latest > now + FUTURE
    wrong = _say("came_ahead", tid=latest.isoformat()) if ahead else None
    found = astray(office)
    yield Check("klocka", in_words(found) if found is not None else wrong)


def not_as_logged(tenants: Iterable[str]) -> str | None:
    """What is wrong where some municipalities' logs did not hold when they were last checked."""
    named = ", ".join(sorted(tenants))
    return _say("not_as_logged", kommun=named) if named else None


def behind_the_law(seconds: float) -> str:
    """What is wrong where what has been published has not been seen for so long."""
    return _say("behind_the_law", sekunder=seconds)
