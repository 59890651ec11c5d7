"""What has been delivered is stamped with the installation's own secret: whoever has the database alone could
else say of a payment that it has gone, and nobody would send it.

The stamp is the last line of ``MessageRow.reached``, and holds for all the lines before it: the receivers,
and the hash of the letter that was printed for them. It is one for a message that has reached some of its
receivers, another for one that has reached all. Cases that began before anything was stamped have none; from
which entry on there are stamps, the key folder remembers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from audit import tables as log_tables
from audit.verify import read_checkpoint
from decision_service.casework.office import Office
from decision_service.store.tables import MessageRow

_STAMP = "="
PRINTED = "pdf "
"""How the line begins that has the hash of a printed letter."""


def stamped(office: Office, row: MessageRow, names: Iterable[str], *, whole: bool) -> str:
    """The receivers that a message has reached, and that this is all (``whole``) or not yet."""
    said = sorted(names)
    return "\n".join([*said, _stamp(office, row.tenant, row.key, said, whole=whole)]) if said or whole else ""


def already_reached(office: Office, row: MessageRow) -> set[str]:
    """The receivers that a message has reached already, and that need not have it again: none where we have
    not said so. Whoever gets it twice knows it by its key."""
    *names, stamp = row.reached.splitlines() or [""]
    said = bool(names) and stamp == _stamp(office, row.tenant, row.key, names, whole=False)
    return set(names) if said else set()


def printed(row: MessageRow) -> list[str]:
    """The hashes of what was printed of a message that is delivered."""
    return [each.removeprefix(PRINTED) for each in row.reached.splitlines() if each.startswith(PRINTED)]


def begin(office: Office, tenant: str, checkpoint: str) -> None:
    """Everything that is delivered of cases that begin after this checkpoint is stamped; said once."""
    if office.keys.remembered(_begun(tenant)) is None:
        office.keys.remember(_begun(tenant), checkpoint)


def never_delivered(office: Office, session: Session, tenant: str) -> Iterator[str]:
    """The applications with a message that is said to be delivered, and was not by us."""
    begun = office.keys.remembered(_begun(tenant))
    if begun is None:
        return
    entry, row = log_tables.entry.c, MessageRow
    first = (
        select(entry.seq)
        .where(entry.tenant == col(row.tenant), entry.case_id == col(row.application_id))
        .order_by(entry.seq)
        .limit(1)
        .scalar_subquery()
    )
    query = select(col(row.application_id), col(row.key), col(row.reached)).where(
        col(row.tenant) == tenant, col(row.delivered_at).is_not(None), first >= read_checkpoint(begun)[1]
    )
    for case, key, reached in session.connection().execute(query.execution_options(yield_per=500)):
        *names, stamp = reached.splitlines() or [""]
        if stamp != _stamp(office, tenant, key, names, whole=True):
            yield str(case)


def _stamp(office: Office, tenant: str, key: str, names: list[str], *, whole: bool) -> str:
    return _STAMP + office.keyed("delivered" if whole else "reached", tenant, key, *names)


def _begun(tenant: str) -> str:
    """Where in the key folder it is remembered since when there are stamps."""
    return f"{tenant}/delivered"
