"""Check that a notice comes from Lagrum, is unchanged, and was signed just now."""

from __future__ import annotations

import hashlib
import hmac
import re

_HEADER = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def genuine(secret: bytes, header: str, body: bytes, now: int, tolerance: int = 300) -> bool:
    """Whether ``Lagrum-Signature`` fits the bytes of the body. ``now`` is Unix time in seconds."""
    found = _HEADER.fullmatch(header)
    if found is None:
        return False
    wanted = hmac.new(secret, found[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, found[2]) and abs(now - int(found[1])) <= tolerance
