"""A place in an application as a JSON pointer (RFC 6901), from how a case file names it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_PARTS = ("people", "unmapped")
"""What stands beside the application; every other place is in it."""


def pointer_of(place: str) -> str:
    """``costs[0].appliedAmount`` is ``/application/costs/0/appliedAmount``."""
    names = re.findall(r"[^.\[\]]+", place)
    return "/" + "/".join(names if names[0] in _PARTS else ["application", *names])


def value_at(content: Any, pointer: str) -> Any:
    """What stands at a pointer; None where nothing does."""
    for name in names_of(pointer):
        if isinstance(content, Sequence) and not isinstance(content, str):
            content = content[int(name)] if name.isdigit() and int(name) < len(content) else None
        else:
            content = content.get(name) if isinstance(content, dict) else None
    return content


def names_of(pointer: str) -> list[str]:
    """The names and numbers of a pointer, without its first slash."""
    return [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:]]
