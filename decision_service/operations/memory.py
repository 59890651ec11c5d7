"""A process that has made all ready: what it has made is left out of the search for garbage, which would walk
it again and again, and its threads take short turns, so that nobody waits long for either."""

from __future__ import annotations

import gc
import sys

LEFT = 20_000
"""Objects that have been made and not given back, after which Python searches among the new ones. It searches
after 700 by itself: an assessment that is read is some thousands, and each search in the midst of it keeps
more of them for the next."""
TURN = 0.0005
"""Seconds that a thread computes before one that waits has its turn. Python's own is ten times that, and who
asks the database some twenty times waits for a turn after each answer."""


def settle() -> None:
    """All that there is lives as long as the process: the law, the program. Call it when all is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LEFT, *gc.get_threshold()[1:])
    sys.setswitchinterval(TURN)
