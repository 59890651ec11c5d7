"""The shipped rules, read once in a session: reading them takes longer than most tests."""

from __future__ import annotations

from functools import cache

from rules import rulebook
from rules.book import Rulebook


@cache
def book() -> Rulebook:
    """The rules."""
    return rulebook.load()
