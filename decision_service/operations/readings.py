"""What the tables say about how the service is doing: the figures, and whether it is ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from audit import tables as log_tables
from decision_service.casework import receivers
from decision_service.casework.office import Office
from decision_service.casework.right_time import astray, in_words
from decision_service.operations.metrics import Readings
from decision_service.store.database import reading
from decision_service.store.tables import FOR_THE_MACHINE, OPEN, ApplicationRow, ApplicationState, SweepRow

SWEEPS = {
    "due": timedelta(minutes=2),
    "late": timedelta(minutes=5),
    "outbox": timedelta(minutes=5),
    "checkpoint": timedelta(minutes=10),
}
"""Sweeps that the promise rests on, and how long one may be silent."""
SILENT = timedelta(minutes=30)
"""How long a receiver of a municipality may take nothing."""
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
    """The figures as the database has them now. Cases of protected people are in none: whoever can read the
    figures could else tell from the queue that there is one. That such a case is late, readiness says."""
    now = office.clock()
    applications = ApplicationRow.metadata.tables["application"].c
    messages = ApplicationRow.metadata.tables["message"].c
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
    undelivered = columns(func.count(), func.min(messages.created_at)).where(
        messages.next_attempt_at.is_not(None)
    )
    heads = columns(log_tables.head.c.tenant, log_tables.head.c.size)
    with reading(office.engine) as session:
        connection = session.connection()
        counted = connection.execute(still_open).all()
        waiting, oldest = connection.execute(undelivered).one()
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


def readiness(office: Office) -> list[Check]:
    """Whether the promise holds: the database answers, the sweeps run, nothing is late, the clock is sane."""
    now = office.clock()
    try:
        with reading(office.engine) as session:
            return [Check("databas", None), *_of_tables(office, session, now)]
    except Exception as error:  # whatever it is, it is not ready
        return [Check("databas", f"svarar inte ({type(error).__name__})")]


def _of_tables(office: Office, session: Session, now: datetime) -> Iterator[Check]:
    ran = {row.name: row.ran_at for row in session.exec(select(SweepRow)).all()}
    for name, patience in SWEEPS.items():
        last = ran.get(name)
        fresh = last is not None and abs(now - last) <= patience
        stale = f"senast {last.isoformat()}" if last is not None else "har inte körts"
        if last is not None and last > now:
            stale += ", som inte har varit"
        yield Check(f"svep {name}", None if fresh else stale)
    row = ApplicationRow
    machine = col(row.state).in_(FOR_THE_MACHINE), col(row.deadline_at) <= now
    people = col(row.state).in_(OPEN), col(row.breached_at).is_not(None)
    # Without a number, which beside the queue would tell how many of them are hidden.
    for name, late, what in (
        ("24 timmar", machine, "prövats i tid"),
        ("handläggarens frist", people, "fått svar efter fristen"),
    ):
        there = session.exec(select(row.id).where(*late).limit(1)).first()
        yield Check(name, f"en ansökan eller flera har inte {what}" if there is not None else None)
    silent = receivers.silent(session, now, SILENT)
    said = ", ".join(f"kommun {tenant} sedan {since.isoformat()}" for tenant, since in sorted(silent.items()))
    yield Check("mottagare", f"tar inte emot brev och betalningar: {said}" if silent else None)
    latest = session.exec(select(func.max(row.received_at))).one()
    ahead = latest is not None and latest > now + FUTURE
    wrong = f"en ansökan kom {latest.isoformat()}, som inte har varit" if ahead else None
    found = astray(office)
    yield Check("klocka", in_words(found) if found is not None else wrong)
