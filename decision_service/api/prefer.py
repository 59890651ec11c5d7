"""``Prefer: wait=N`` (RFC 7240): how long the one who asks would rather wait for a final answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PREFERENCE = re.compile(
    r"""\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[!#$%&'*+.^_`|~0-9A-Za-z-]*)\s*)?"""
    r"""(?:;(?:[^",]|"(?:[^"\\]|\\.)*")*)?(?:,|$)"""
)
_SECONDS = re.compile(r"[0-9]{1,9}")
LONGEST = 2000
"""Characters of the header that are looked at."""


def wait_seconds(headers: Iterable[str], longest: int) -> int | None:
    """The seconds to wait at most, never more than ``longest``; None when no wait is asked for.

    The first ``wait`` counts. What cannot be read is passed over, as the standard asks.
    """
    text = ",".join(headers)[:LONGEST]
    place = 0
    while place < len(text):
        found = _PREFERENCE.match(text, place)
        if not found or found.end() == place:
            following = text.find(",", place)
            place = len(text) if following < 0 else following + 1
            continue
        place = found.end()
        if found[1].lower() == "wait":
            value = (found[2] or "").strip('"')
            return min(int(value), longest) if _SECONDS.fullmatch(value) else None
    return None


def applied(seconds: int) -> dict[str, str]:
    """The header that says the wish was heard."""
    return {"Preference-Applied": f"wait={seconds}", "Vary": "Prefer"}
