"""The register of laws, ordinances and guidelines that rules may cite, and when each is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from norms.month import Month

if TYPE_CHECKING:
    from norms.document import Document
    from rules.laws_file import LawEntry

LAWS = Path(__file__).with_name("lagar.yaml")


@dataclass(frozen=True, slots=True)
class Span:
    """Months from ``first`` to and including ``last``; ``None`` is without end."""

    first: Month
    last: Month | None

    def holds(self, month: Month) -> bool:
        """Whether the month lies in the span."""
        return self.first <= month and (self.last is None or month <= self.last)

    def overlap(self, other: Span) -> Span | None:
        """The months that both spans hold, or None."""
        first = max(self.first, other.first)
        ends = [end for end in (self.last, other.last) if end is not None]
        last = min(ends) if ends else None
        return Span(first, last) if last is None or first <= last else None

    def __str__(self) -> str:
        return f"från {self.first}" if self.last is None else f"{self.first}–{self.last}"


UNREAD = "ej inläst"
"""Said of a provision whose words are not in the register."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One provision that a rule rests on, e.g. ``SoL (2025:400) 12 kap. 7 §``.

    ``wording`` are its words, read up to the amendment that ``read`` says; None when they are not entered.
    """

    law: str
    text: str
    span: Span
    address: str | None = None
    wording: str | None = None
    read: str | None = None


@dataclass(frozen=True)
class Laws:
    """The laws by the short name that citations begin with, e.g. ``SoL (2025:400)``."""

    entries: Mapping[str, LawEntry]

    def cite(self, text: str) -> Citation | None:
        """The citation that a text stands for, or None when it begins with no registered law."""
        for name, entry in self.entries.items():
            if text == name or text.startswith(f"{name} "):
                wording = entry.texts.get(text.removeprefix(name).strip())
                read = entry.read if wording is not None else None
                return Citation(name, text, Span(entry.first, entry.last), entry.address, wording, read)
        return None

    def plus(self, others: Laws) -> Laws:
        """These laws and others: a municipality's guidelines beside the national register."""
        return Laws({**self.entries, **others.entries})


def load(path: Path = LAWS) -> Laws:
    """Read the national register. Raises FindingsError."""
    from norms import document  # what reads and checks a file is loaded when one is read

    return build(document.read(path))


def build(source: Document) -> Laws:
    """The register of a read document. Raises FindingsError."""
    from rules.laws_file import LawsFile
    from rules.schema import validate

    return Laws(validate(LawsFile, source).laws)
