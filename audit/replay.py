"""Assess a logged case again, from the release it was assessed under, and name the first difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit import document
from audit.canonical import Json
from audit.entry import EntryKind
from audit.errors import VaultError
from audit.trail import OpenedEntry

INPUTS = "inputs"
"""The personal field that holds what an assessment was made from."""


@dataclass(frozen=True)
class ReplayDifference:
    """The first place, in the document's order, where the new result is another than the logged one.

    A side that has nothing there is None.
    """

    path: str
    logged: Json
    replayed: Json

    def __str__(self) -> str:
        return f"{self.path}: loggen har {self.logged!r}, ny körning ger {self.replayed!r}"


def replay(entry: OpenedEntry, evaluate: Callable[[str, Any], dict[str, Any]]) -> ReplayDifference | None:
    """Evaluate again with ``evaluate(release, inputs)``; None when the result is what was logged.

    Raises VaultError when the entry is no assessment or its personal data is destroyed or withheld.
    """
    if entry.entry["type"] != EntryKind.ASSESSMENT:
        raise VaultError(f"Post {entry.seq} är ingen prövning utan {entry.entry['type']}.")
    hidden = entry.entry.get("personal", {}).keys() - entry.personal.keys()
    if hidden or INPUTS not in entry.personal:
        missing = ", ".join(sorted(hidden | {INPUTS} - entry.personal.keys()))
        raise VaultError(
            f"Post {entry.seq} kan inte köras om utan {missing}, som är gallrat eller utelämnat."
        )
    replayed = evaluate(entry.entry["release"], entry.personal[INPUTS])
    return first_difference(document.join(entry.personal), replayed)


def first_difference(logged: Any, replayed: Any, path: str = "") -> ReplayDifference | None:
    """Compare two JSON values; ``True`` is not ``1``."""
    if type(logged) is not type(replayed):
        return ReplayDifference(path, logged, replayed)
    if isinstance(logged, dict):
        for name in [*logged, *(name for name in replayed if name not in logged)]:
            inner = f"{path}.{name}" if path else name
            if name not in logged or name not in replayed:
                return ReplayDifference(inner, logged.get(name), replayed.get(name))
            if found := first_difference(logged[name], replayed[name], inner):
                return found
        return None
    if isinstance(logged, list):
        for index, (one, other) in enumerate(zip(logged, replayed, strict=False)):
            if found := first_difference(one, other, f"{path}[{index}]"):
                return found
        end = min(len(logged), len(replayed))
        if len(logged) == len(replayed):
            return None
        return ReplayDifference(f"{path}[{end}]", *([*side, None][end] for side in (logged, replayed)))
    return None if logged == replayed else ReplayDifference(path, logged, replayed)
