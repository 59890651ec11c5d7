"""Swedish or English: what the one who asks prefers."""

from __future__ import annotations

import re
from collections.abc import Mapping

DEFAULT = "sv"
LANGUAGES = ("sv", "en")

_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*[qQ]\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?"
)


def preferred(header: str | None) -> str:
    """The language of an answer for an ``Accept-Language`` header. Swedish when nothing says otherwise."""
    weights: dict[str, float] = {}
    for part in (header or "")[:1000].split(","):
        found = _RANGE.fullmatch(part)
        if found:
            weights.setdefault(found[1].split("-")[0].lower(), float(found[2] or 1))
    other = weights.get("*", 0.0)
    return max(LANGUAGES, key=lambda language: weights.get(language, other))


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, or in Swedish where that language is missing."""
    return texts.get(language, texts[DEFAULT])
