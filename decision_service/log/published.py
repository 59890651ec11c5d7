"""What a municipality publishes for anybody to check it by: its rule releases, and its log's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublishedRelease:
    """A rule release as the public register shows it. ``fingerprints`` is SHA-256 by file name.

    ``published`` is when it was logged that the municipality decides by it, None when it is not yet.
    """

    id: str
    published: datetime | None
    fingerprints: Mapping[str, str]


@dataclass(frozen=True)
class PublishedLog:
    """What an outsider needs to check a municipality's log: its public keys, the one in force last, and the
    newest signed checkpoint (C2SP), where there is one."""

    keys: Sequence[str]
    checkpoint: str | None
