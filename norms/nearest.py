"""The valid word nearest to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def hint(word: str, known: Iterable[str]) -> str:
    """`` Menas ”x”?`` with a leading space, or nothing when no known word is near."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f" Menas ”{near[0]}”?" if near else ""
