"""What lies in the folders for output, held against what was handed over: whoever can write there could put a
payment of their own beside ours, or another amount in one of them, until the bank takes it away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from audit.errors import RowError
from decision_service.casework.contents import contents
from decision_service.casework.delivered import printed
from decision_service.casework.office import Office
from decision_service.outputs import FolderChannel, Message
from decision_service.reading.said import said_in
from decision_service.store.database import reading
from decision_service.store.tables import MessageRow

SETTLED = timedelta(days=30)
"""A file that has lain so long with nothing done to it has been looked at many times: whatever is done to a
file, its folder notes when, and nobody but the machine's own clock says that."""


_say = said_in(__file__)


def strange_files(office: Office, tenant: str) -> Iterator[str]:
    """The files in a municipality's folders that are not as the service handed them over, in Swedish."""
    since = time.time() - SETTLED.total_seconds()
    for channel in office.channels.get(tenant, ()):
        if isinstance(channel, FolderChannel):
            for key, paths in channel.lying(since).items():
                wrong = [path for path in paths if not _ours(office, tenant, channel, key, path)]
                # What is deleted meanwhile is gone from table and folder, though not at once.
                for path in (each for each in wrong if each.exists()):
                    yield _say("other_file", fil=path.name)


def _ours(office: Office, tenant: str, channel: FolderChannel, key: str, path: Path) -> bool:
    with reading(office.engine) as session:
        row = session.get(MessageRow, (tenant, key))
    if row is None:
        return False
    if row.delivered_at is None:  # on its way just now, and noted when it has got there
        return True
    (content,) = contents(office, [row])
    if isinstance(content, RowError):  # of the row itself the check tells; what it said before, nobody knows
        return True
    if isinstance(content, Exception):
        raise content
    try:
        message = Message(row.key, row.kind, tenant, row.created_at, content)
        return channel.is_from(path, message, printed(row))
    except FileNotFoundError:  # taken away just now
        return True
