"""The valid word nearest to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 100


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, or None when no known word is near.

    A word longer than ``LONGEST`` characters is no slip of the pen, and is compared with nothing.
    """
    if len(word) > LONGEST:
        return None
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return near[0] if near else None


def hint(word: str, known: Iterable[str]) -> str:
    """`` Menas ”x”?`` with a leading space, or nothing when no known word is near."""
    near = nearest(word, known)
    return f" Menas ”{near}”?" if near else ""
