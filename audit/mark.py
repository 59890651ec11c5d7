"""The writer's mark: shows that the service wrote an entry, and not somebody who has the database alone.

An HMAC of the entry's place and hash under a key that is never in the database, with the key's number before
it. It stands beside the leaf, not in it: nobody outside can check it, and nothing outside needs it.
"""

from __future__ import annotations

import hmac

NUMBER = 4
"""Bytes of the key's number."""


def marked(key: bytes, key_id: str, origin: str, seq: int, leaf_hash: bytes) -> bytes:
    """The mark of entry ``seq`` of a log. ``key_id`` is the key's number in hex."""
    return bytes.fromhex(key_id) + hmac.digest(key, f"{origin}\n{seq}\n".encode() + leaf_hash, "sha256")


def key_of(mark: bytes | None) -> str | None:
    """The number of the key that a mark says it was made with."""
    return mark[:NUMBER].hex() if mark else None
