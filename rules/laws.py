"""The register of laws, ordinances and guidelines that rules may cite, and when each is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from norms.fault import MisfitError, fault
from norms.month import Month
from rules.schema import FileModel, validate

if TYPE_CHECKING:
    from norms.document import Document

LAWS = Path(__file__).with_name("lagar.yaml")

MonthText = Annotated[
    Month,
    BeforeValidator(
        lambda value: Month.parse(str(value)),
        json_schema_input_type=Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")],
    ),
]
"""A month written ÅÅÅÅ-MM."""


class LawEntry(FileModel):
    """A law as declared: its name, the first and last month it is in force, and where it can be read.

    ``texts`` are the words of its provisions, by what follows the law's name in a citation; ``read`` says up
    to which amendment they were read.
    """

    name: str = Field(alias="namn")
    first: MonthText = Field(alias="från")
    last: MonthText | None = Field(default=None, alias="till")
    address: str | None = Field(default=None, alias="adress", pattern=r"^https://\S+$")
    read: str | None = Field(default=None, alias="läst")
    texts: dict[str, str] = Field(default_factory=dict, alias="text")

    @model_validator(mode="after")
    def _texts_have_a_source(self) -> LawEntry:
        if self.texts and (self.address is None or self.read is None):
            raise MisfitError(fault("law_without_source"))
        return self


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
    from norms import document  # the library that reads YAML is loaded when a file is read

    return build(document.read(path))


def build(source: Document) -> Laws:
    """The register of a read document. Raises FindingsError."""
    return Laws(validate(LawsFile, source).laws)
