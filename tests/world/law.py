"""The shipped rules, read once in a session, and each content built once: it takes longer than most tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from norms import document
from norms.lookup import Norms
from rules import rulebook
from rules.book import Rulebook


@cache
def book() -> Rulebook:
    """The rules."""
    return rulebook.load()


def build_each_once() -> None:
    """From now on the same files give the same rulebook in this process; a few are remembered. Of another
    rulebook only the files that are others are read."""
    document.parse = lru_cache(512)(document.parse)
    build = rulebook.build
    built: dict[tuple[object, object], Rulebook] = {}

    def once(files: Mapping[str, bytes], tables: Norms) -> Rulebook:
        key = frozenset(files.items()), frozenset(tables.files.items())
        if key not in built:
            found = build(files, tables)
            if len(built) >= 8:
                del built[next(iter(built))]
            built[key] = found
        return built[key]

    rulebook.build = once
