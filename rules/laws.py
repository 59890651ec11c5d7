"""The register of laws, ordinances and guidelines that rules may cite, and when each is in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from norms.month import Month
from norms.nearest import hint

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


_CHAPTER = re.compile(r"(?P<name>[0-9]+(?: [a-z])?) kap\.(?: |$)")
_PARAGRAPH = re.compile(r"(?P<number>[0-9]+)(?: [a-z])?(?:[–-][0-9]+(?: [a-z])?)? §")
_SHORT = 4
"""Letters of a word that many laws begin with: lagen."""
_UNSURE = "Uppgiften har status {status}. Finns stället i lagtexten, rätta ”kapitel” i filen som har lagen."


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

    def meant(self, text: str) -> str:
        """Which law a text that begins with none may mean, to follow on what is wrong: one of the same short
        name of whatever year, one that is called so, or one that is spelt almost so."""
        word = text.partition(" ")[0].casefold()
        called = [
            name
            for name, entry in self.entries.items()
            if word == name.partition(" ")[0].casefold()
            or (len(word) > _SHORT and word.startswith(entry.name.partition(" ")[0].casefold()))
        ]
        named = " eller ".join(f"”{name}”" for name in called)
        return f" Menas {named}?" if named else hint(text.split(" kap.")[0], self.entries)

    def lacking(self, citation: Citation) -> str | None:
        """Why a law cannot have the place that a citation says, in Swedish; None where it may."""
        law, has = citation.law, self.entries[citation.law].chapters
        place = citation.text.removeprefix(law).strip()
        if has is None or not place:
            return None
        chapter, paragraph = _CHAPTER.match(place), _PARAGRAPH.match(place)
        if has.last_paragraph is not None:
            if paragraph and 1 <= int(paragraph["number"]) <= has.last_paragraph:
                return None
            what = f"den har inga kapitel, och paragraferna 1–{has.last_paragraph}. "
            what += f"Väntade till exempel ”{law} 1 §”."
        elif chapter is None:
            return f"den är indelad i kapitel. Väntade till exempel ”{law} 1 kap. 1 §”."
        elif chapter["name"] in (*map(str, range(1, (has.last or 0) + 1)), *has.between):
            return None
        else:
            what = f"den har kapitlen {' och '.join([f'1–{has.last}', *has.between])}."
        return what if has.status.confirmed else f"{what} {_UNSURE.format(status=has.status.value)}"

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
