"""The upgrade of participants and attendance that an earlier version sealed in a way of their own.

Each row is sealed as all others are, and an entry vouches for it as it is now. Batch by batch, each in a
transaction: what is cut short goes on from there, and several processes may do it at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, LargeBinary, func, literal, select, type_coerce, update
from sqlalchemy.orm import defer
from sqlmodel import Session, SQLModel

import audit
from audit import sealed
from audit.entry import EntryKind
from audit.errors import AuditError
from audit.rows import require_logged
from decision_service.log import journal, vouched
from decision_service.log.vouched_tables import VOUCHED
from decision_service.store.database import transaction
from decision_service.store.sealed import SEALED, Envelope
from decision_service.store.tables import AttendanceRow, ParticipantRow

BATCH = 200
"""Rows in a transaction."""
FORMER = b"\x02"
"""How a row begins that is sealed as before."""
STEP = "sealed_anew"


def reseal(engine: Engine, log: audit.Log, keys: audit.KeyStore, clock: Callable[[], datetime]) -> int:
    """Seal every participant and month of attendance that an earlier version has left; how many there were.

    Before anybody works. One that is not what the log vouches for, or cannot be opened, stays closed: whoever
    reads it gets RowError, and the check of the log tells.
    """
    with engine.connect() as connection:
        names = set(connection.scalars(select(SQLModel.metadata.tables["unsealed"].c.name)))
    count = 0
    for table in (ParticipantRow, AttendanceRow):
        while table.__tablename__ in names and (found := _batch(engine, log, keys, clock, table)):
            count += found
    return count


def _batch(
    engine: Engine,
    log: audit.Log,
    keys: audit.KeyStore,
    clock: Callable[[], datetime],
    row: type[ParticipantRow] | type[AttendanceRow],
) -> int:
    table = SQLModel.metadata.tables[str(row.__tablename__)]
    raw = type_coerce(table.c.document, LargeBinary)
    former = func.substr(raw, 1, 1) == literal(FORMER, LargeBinary)
    with transaction(engine) as session:
        session.connection()
        query = select(row, raw.label("raw")).options(defer(row.document)).where(former)  # type: ignore[arg-type]
        found = session.execute(query.limit(BATCH).with_for_update()).all()
        for each, content in found:
            _again(session, log, keys, clock(), each, content[1:])
    return len(found)


def _again(
    session: Session,
    log: audit.Log,
    keys: audit.KeyStore,
    now: datetime,
    row: ParticipantRow | AttendanceRow,
    content: bytes,
) -> None:
    known = next(each for each in VOUCHED if each.table is type(row))
    columns = SQLModel.metadata.tables[str(row.__tablename__)].c
    before = {each.name: getattr(row, each.name) for each in columns if each.name != "document"}
    # The log vouched for a hash of what was sealed, where it vouches for what it says now.
    was = known.of(before | {"document": hashlib.sha256(content).hexdigest()})
    assert was is not None
    connection = session.connection()
    try:
        require_logged(connection, keys, row.tenant, [was], [EntryKind.PLAN.value])
        clear = sealed.unseal(connection, keys, row.tenant, row.case_id, was.name, content).decode()
    except AuditError:
        table = SQLModel.metadata.tables[str(row.__tablename__)]
        own = [each == getattr(row, each.name) for each in table.primary_key]
        connection.execute(update(table).where(*own).values(document=Envelope(SEALED + content)))
        session.expunge(row)
        return
    row.document = clear
    vouched.append(log, session, row.tenant, [journal.planned(row.case_id, now, journal.MACHINE, STEP, {})])
