"""When to try again to deliver a message: seldom enough to leave a broken receiver in peace."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=4)
JITTER = 0.25
"""Up to this share is added, so that messages that failed together do not come back together."""


def pause(key: str, attempts: int) -> timedelta:
    """How long to wait after so many attempts, one or more: doubled each time up to the longest, and a little
    more by a jitter that is the same every time for the same message and attempt."""
    doubled = FIRST * int(2 ** min(max(attempts, 1) - 1, 30))
    number = int.from_bytes(hashlib.sha256(f"{key} {attempts}".encode()).digest()[:4], "big")
    return min(doubled, LONGEST) * (1 + JITTER * number / 2**32)


def next_attempt(key: str, attempts: int, now: datetime) -> datetime:
    """When to try again a message that has failed so many times, one or more."""
    return now + pause(key, attempts)
