"""What a process has made ready is left out of the search for garbage, which would walk it again and again
and make people wait."""

from __future__ import annotations

import gc

LEFT = 20_000
"""Objects that have been made and not given back, after which Python searches among the new ones. It searches
after 700 by itself: an assessment that is read is some thousands, and each search in the midst of it keeps
more of them for the next."""


def settle() -> None:
    """All that there is lives as long as the process: the law, the program. Call it when all is ready."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LEFT, *gc.get_threshold()[1:])
