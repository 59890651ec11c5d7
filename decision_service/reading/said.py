"""What a room says in Swedish where no rule, fault or letter does: texts by name in its ``sagt.yaml``.

Within braces stands what is filled in when a text is said. A test holds every name and every place that the
program uses to the files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import RootModel, StringConstraints

from norms import document
from rules.schema import validate


class _Texts(RootModel[dict[str, Annotated[str, StringConstraints(min_length=1)]]]):
    """The file."""


ROOMS = Path(__file__).parents[1]


@cache
def texts_in(file: Path) -> Mapping[str, str]:
    """The texts of a file by name. Raises FindingsError for one that is not whole."""
    return validate(_Texts, document.read(file)).root


def said_in(module: str) -> Callable[..., str]:
    """What says a text of a module's room by its name, with its places filled. The file is read then."""
    file = ROOMS / Path(module).relative_to(ROOMS).parts[0] / "sagt.yaml"

    def say(name: str, /, **values: object) -> str:
        return texts_in(file)[name].format(**values)

    return say
