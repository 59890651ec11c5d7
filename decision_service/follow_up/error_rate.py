"""How often a sample found decisions wrong, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from decision_service.follow_up.small_cells import SMALLEST

CONFIDENCE = 0.95


@dataclass(frozen=True)
class ErrorRate:
    """``wrong`` of ``reviewed`` decisions; ``share``, ``low`` and ``high`` between 0 and 1. The true share
    lies between the last two in nineteen samples of twenty (Wilson's interval). A ``wrong`` or ``share`` of
    None is withheld."""

    wrong: int | None
    reviewed: int
    share: float | None
    low: float
    high: float


def error_rate(wrong: int, reviewed: int) -> ErrorRate | None:
    """The rate; None where nothing is reviewed."""
    if not reviewed:
        return None
    low, high = wilson(wrong, reviewed)
    return ErrorRate(wrong, reviewed, wrong / reviewed, low, high)


def for_many(found: ErrorRate | None) -> ErrorRate | None:
    """The same for those who are not to know of single decisions: a small count is withheld, and the interval
    covers every count that it may be."""
    if found is None or found.wrong is None or not 0 < found.wrong < SMALLEST:
        return found
    low, _ = wilson(1, found.reviewed)
    _, high = wilson(min(SMALLEST - 1, found.reviewed), found.reviewed)
    return ErrorRate(None, found.reviewed, None, low, high)


def wilson(wrong: int, reviewed: int) -> tuple[float, float]:
    """Wilson's interval for a share (Wilson 1927)."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share, spread = wrong / reviewed, z * z / reviewed
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
