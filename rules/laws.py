"""The register of laws, ordinances and guidelines that rules may cite, and when each is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from norms import document
from norms.document import Document
from norms.month import Month
from rules.schema import FileModel, validate

LAWS = Path(__file__).with_name("lagar.yaml")

MonthText = Annotated[Month, BeforeValidator(lambda value: Month.parse(str(value)))]
"""A month written ÅÅÅÅ-MM."""


class LawEntry(FileModel):
    """A law as declared: its name and the first and last month it is in force."""

    name: str = Field(alias="namn")
    first: MonthText = Field(alias="från")
    last: MonthText | None = Field(default=None, alias="till")


class LawsFile(FileModel):
    """The whole register."""

    laws: dict[str, LawEntry] = Field(alias="lagar")


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


@dataclass(frozen=True, slots=True)
class Citation:
    """One provision that a rule rests on, e.g. ``SoL (2025:400) 12 kap. 7 §``."""

    law: str
    text: str
    span: Span


@dataclass(frozen=True)
class Laws:
    """The laws by the short name that citations begin with, e.g. ``SoL (2025:400)``."""

    spans: Mapping[str, Span]

    def cite(self, text: str) -> Citation | None:
        """The citation that a text stands for, or None when it begins with no registered law."""
        for name, span in self.spans.items():
            if text == name or text.startswith(f"{name} "):
                return Citation(name, text, span)
        return None

    def plus(self, others: Laws) -> Laws:
        """These laws and others: a municipality's guidelines beside the national register."""
        return Laws({**self.spans, **others.spans})


def load(path: Path = LAWS) -> Laws:
    """Read the national register. Raises FindingsError."""
    return build(document.read(path))


def build(source: Document) -> Laws:
    """The register of a read document. Raises FindingsError."""
    return of_entries(validate(LawsFile, source).laws)


def of_entries(entries: Mapping[str, LawEntry]) -> Laws:
    """The register of already validated entries."""
    return Laws({name: Span(entry.first, entry.last) for name, entry in entries.items()})
