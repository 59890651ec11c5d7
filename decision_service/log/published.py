"""What a municipality publishes for anybody to check it by: its rule releases, and its log's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from audit import EntryKind, tables, trail
from audit.database import read_only


@dataclass(frozen=True)
class PublishedRelease:
    """A rule release as the public register shows it. ``fingerprints`` is SHA-256 by file name.

    ``published`` is when it was logged that the municipality decides by it.
    """

    id: str
    published: datetime
    fingerprints: Mapping[str, str]


@dataclass(frozen=True)
class PublishedLog:
    """What an outsider needs to check a municipality's log: its public keys, the one in force last, and the
    newest signed checkpoint (C2SP), where there is one."""

    keys: Sequence[str]
    checkpoint: str | None


def published_releases(engine: Engine, tenant: str) -> list[PublishedRelease]:
    """The releases that a municipality has decided by, the newest first."""
    with read_only(engine) as connection:
        entries = trail.read_leaves(connection, tenant, None, EntryKind.RELEASE_PUBLISHED)
    return [
        PublishedRelease(body["release"], datetime.fromisoformat(one.entry["time"]), body["files"])
        for one in reversed(entries)
        for body in (one.entry["body"],)
    ]


def published_log(engine: Engine, tenant: str) -> PublishedLog:
    """What an outsider checks a municipality's log with."""
    table = tables.checkpoint.c
    newest = select(table.note).where(table.tenant == tenant).order_by(table.size.desc()).limit(1)
    with read_only(engine) as connection:
        entries = trail.read_leaves(connection, tenant, None, EntryKind.KEY_CHANGED)
        checkpoint = connection.scalar(newest)
    changes = [one.entry["body"] for one in entries]
    return PublishedLog([one["key"] for one in changes if one["use"] == "signing"], checkpoint)
