"""``Accept`` (RFC 9110 section 12.5.1): which of the forms that an answer has the one who asks wants most."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 2000
"""Characters of the header that are looked at."""

_WEIGHT = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", re.IGNORECASE)


def most_wanted(header: str, offered: Sequence[str]) -> str:
    """The media type among ``offered`` with the highest weight; the first of them when several are wanted as
    much, and when none is wanted."""
    weights = dict(_weighed(part) for part in reversed(header[:LONGEST].split(",")))

    def weight(media_type: str) -> float:
        named = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
        return next((weights[name] for name in named if name in weights), 0.0)

    return max(offered, key=weight)


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = part.split(";")
    weights = [found[1] for each in parameters if (found := _WEIGHT.fullmatch(each))]
    return name.strip().lower(), float(weights[0]) if weights else 1.0
