"""Versions of what is read and changed: strong ETags, ``If-Match`` and ``If-None-Match``."""

from __future__ import annotations

import re

from decision_service.api.problems import ProblemError

_TAG = re.compile(r'\s*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def etag(version: int) -> str:
    """The ETag of a row's version."""
    return f'"v{version}"'


def release_etag(release: str, *more: object) -> str:
    """The ETag of what a rule release says; ``more`` is whatever else the answer rests on."""
    return '"' + "-".join([release[:32], *(str(part) for part in more)]) + '"'


def require_match(if_match: str | None, version: int) -> None:
    """Let a change through only from somebody who has seen this version.

    Raises ProblemError: 428 when the header is missing (``*`` says no version), 412 when it says another.
    """
    if if_match is None or not if_match.strip() or if_match.strip() == "*":
        raise ProblemError("version-missing")
    if etag(version) not in _tags(if_match):
        raise ProblemError("stale", headers={"ETag": etag(version)})


def unchanged(if_none_match: str | None, tag: str) -> bool:
    """Whether the one who asks already has the answer with this ETag, so that 304 says enough."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return tag in {each.removeprefix("W/") for each in _tags(if_none_match)}


def _tags(header: str) -> list[str]:
    """The tags of a header; none when any of it cannot be read."""
    found, place = [], 0
    while place < len(header):
        match = _TAG.match(header, place)
        if not match:
            return []
        found.append(match[1])
        place = match.end()
    return found
