"""What a room says in Swedish where no rule, fault or letter does: texts by name in its ``sagt.yaml``.

Within braces stands what is filled in when a text is said. A test holds every name and every place that the
program uses to the files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

ROOMS = Path(__file__).parents[1]


@cache
def texts_in(file: Path) -> Mapping[str, str]:
    """The texts of a file by name: one to a line, and what is longer goes on at lines that are indented.

    So much of YAML and no more, for a command that says a sentence ends before all of it could be loaded.
    """
    found: dict[str, str] = {}
    name = ""
    for line in file.read_text("utf-8").splitlines():
        if line.startswith(" "):
            found[name] = f"{found[name]} {line.strip()}".lstrip()
        elif line and not line.startswith("#"):
            name, _, text = line.partition(":")
            found[name] = text.strip().removeprefix(">-")
    return {name: json.loads(text) if text.startswith('"') else text for name, text in found.items()}


def said_in(module: str) -> Callable[..., str]:
    """What says a text of a module's room by its name, with its places filled. The file is read then."""
    file = ROOMS / Path(module).relative_to(ROOMS).parts[0] / "sagt.yaml"

    def say(name: str, /, **values: object) -> str:
        return texts_in(file)[name].format(**values)

    return say
