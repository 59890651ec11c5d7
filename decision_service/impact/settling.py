"""From a run to tasks: what corrected rules, which are in force, owe to whom is put before people."""

from __future__ import annotations

from itertools import islice

from audit.database import read_only
from decision_service.casework import owed
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError
from decision_service.impact import runs
from decision_service.log import publications
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ImpactRow
from norms.fault import fault

_AT_ONCE = 50
"""Cases in a transaction: while it lasts nobody else writes in the log."""


def settle(office: Office, tenant: str, who: str, run: str, *, protected: bool = True) -> int:
    """Put every decision of a run that would have given another sum before a person; how many were new, of
    those that ``who`` may know of: ``protected`` people's too, or not.

    One that stopped in the middle can be done again. Raises NotFoundError, and ConflictError for a run that
    is not done or whose rules do not decide its months.
    """
    with reading(office.engine) as session:
        row = runs.run_of(session, tenant, run)
    if row.state != "done":
        raise ConflictError(fault("impact_not_done"))
    if not decides(office, row):
        raise ConflictError(fault("impact_not_in_force"))
    with reading(office.engine) as session:
        found = runs.summary(session, row, protected=True)
        seen = found if protected else runs.summary(session, row, protected=False)
    known = {one.case for one in (*seen.owed, *seen.look)}
    each_of, count = iter([*found.owed, *found.look]), 0
    while some := [(one.case, one.owed) for one in islice(each_of, _AT_ONCE)]:
        with transaction(office.engine) as session:
            count += len(known.intersection(owed.put(office, session, row, who, some)))
    with transaction(office.engine) as session:
        row = runs.run_of(session, tenant, run)
        row.settled_at = office.clock()
        session.add(row)
    return count


def decides(office: Office, run: ImpactRow) -> bool:
    """Whether the rules of a run are those by which each of its months is decided now. Raises
    audit.errors.RowError where what is in force is not what the log says."""
    with read_only(office.engine) as connection:
        found = publications.publications(connection, run.tenant)
    return all(publications.deciding(found, month).release == run.release for month in run.months.split())
