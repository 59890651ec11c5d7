"""The upgrade of a database whose rows are older than the log's word for them: see ``audit.adoption``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine

import audit
from audit import adoption
from audit.database import read_only
from decision_service.log import journal, vouched

BATCH = 100
"""Cases in a transaction."""


def adopt(engine: Engine, log: audit.Log, tenant: str, clock: Callable[[], datetime]) -> int | None:
    """Let a municipality's log vouch for every row that no entry vouches for, and end that for ever; how many
    cases had such rows. None where the log vouches for all of them already.

    Before anybody works. What is cut short goes on from there when it is called again, and several processes
    may call it at once: none returns before it is whole. Raises audit.AuditError.
    """
    with read_only(engine) as connection:
        if adoption.vouches(connection, tenant):
            return None
        found, adopted = vouched.by_case(connection, tenant), 0
        while cases := dict(islice(found, BATCH)):
            with engine.begin() as writing:
                adopted += adoption.adopt(log, writing, tenant, cases, clock(), journal.MACHINE)
    with engine.begin() as writing:
        adoption.end(log, writing, tenant, clock(), journal.MACHINE)
    return adopted
