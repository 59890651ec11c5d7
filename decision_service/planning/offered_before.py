"""The upgrade of activities that an earlier version offered: it logged what was offered, and no entry vouches
for the row. Where the row says what was logged, an entry does from now on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

import audit
from audit import trail
from audit.rows import said_of
from decision_service.log import journal, vouched
from decision_service.planning.offered import OFFERED
from decision_service.store.database import transaction
from decision_service.store.tables import OfferedActivityRow

STEP = "offer_vouched"


def vouch(engine: Engine, log: audit.Log, keys: audit.KeyStore, clock: Callable[[], datetime]) -> int:
    """Vouch for every such row, and give how many there were.

    Before anybody works. One that says something else than was logged, or of which nothing was, stays as it
    is: whoever reads it gets RowError, and the check of the log tells.
    """
    with transaction(engine) as session:
        rows = session.exec(select(OfferedActivityRow).order_by(col(OfferedActivityRow.id))).all()
        found = [row for row in rows if _is_as_logged_alone(session, keys, row)]
        for row in found:
            entry = journal.planned(row.id, clock(), journal.MACHINE, STEP, {})
            vouched.append(log, session, row.tenant, [entry], row)
    return len(found)


def _is_as_logged_alone(session: Session, keys: audit.KeyStore, row: OfferedActivityRow) -> bool:
    connection = session.connection()
    if said_of(connection, row.tenant, [row.id]):
        return False
    entries = trail.read_case(connection, keys, row.tenant, row.id)
    offers = [one.personal for one in entries if one.entry["body"].get("step") == OFFERED]
    return offers == [json.loads(row.document)]
