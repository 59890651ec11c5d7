"""A notion: a condition, an amount or a list with a name, said once and used in many rules.

A use of a notion is the tree of what it means, under its name. The engines know no notions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.language.types import KRONOR, YES_NO, Type, number

_NAME = re.compile(r"(?<![\wåäö.])[a-zåäöé][a-zåäöé0-9_]*(?:\.[a-zåäöé0-9_]+)*")


class NotionKind(StrEnum):
    """What a notion is, in the word that its file uses."""

    CONDITION = "villkor"
    AMOUNT = "belopp"
    LIST = "lista"


TYPES: Mapping[NotionKind, Type] = {
    NotionKind.CONDITION: YES_NO,
    NotionKind.AMOUNT: number(KRONOR),
}


@dataclass(frozen=True, slots=True)
class Notion:
    """What a name stands for. ``choices`` are the members of a list, ``text`` the expression of the others.

    ``broken``: its own file is wrong about it, so a rule that uses it is not blamed.
    """

    name: str
    kind: NotionKind
    text: str
    choices: tuple[str, ...]
    provisions: tuple[str, ...]
    municipality: str | None
    file: str
    line: int
    broken: bool = False

    @property
    def about(self) -> str:
        """The kind of thing that it is said of: what stands before the point in its name."""
        return self.name.partition(".")[0]

    @property
    def meaning(self) -> str:
        """What it stands for, as its file writes it."""
        return f"{{{', '.join(self.choices)}}}" if self.kind is NotionKind.LIST else self.text


def used(texts: tuple[str, ...], notions: Mapping[str, Notion]) -> Iterator[Notion]:
    """The notions that expressions name, and those that their meanings name, each once."""
    seen: set[str] = set()
    waiting = list(texts)
    for text in waiting:
        for name in _NAME.findall(text):
            if name in notions and name not in seen:
                seen.add(name)
                waiting.append(notions[name].text)
                yield notions[name]
