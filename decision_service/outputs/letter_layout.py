"""How a letter is laid out: its parts and rows as structure, and the same as plain text."""

from __future__ import annotations

import re
import textwrap
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from decision_service.outputs.addressee import Addressee
from norms.month import day_in_words
from rules.texts import amount_table

WIDTH = 76


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the calculation: text, öre or None for a heading, and the provision it rests on."""

    text: str
    amount: int | None
    provision: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a letter. ``verbatim`` is text whose lines must stay as they are, ``qr`` the same text to the
    byte as a QR code (SVG); both are empty in a part that has no such text."""

    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]
    table: tuple[Row, ...]
    verbatim: str
    qr: str
    provisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to a person as structure; ``text`` is the same as plain text."""

    kind: str
    title: str
    parts: tuple[Part, ...]
    to: Addressee
    day: date
    reference: str
    sender: str

    def as_json(self) -> dict[str, Any]:
        """The letter for whoever lays it out."""
        return {
            "schema": "brev/1",
            "kind": self.kind,
            "sender": self.sender,
            "to": self.to.as_json(),
            "date": self.day.isoformat(),
            "reference": self.reference,
            "title": self.title,
            "parts": [asdict(part) for part in self.parts],
        }

    @property
    def text(self) -> str:
        """The letter as plain text, 76 characters wide."""
        head = (self.sender, day_in_words(self.day), f"Ärende {self.reference}", "", *self.to.head)
        found = [*head, "", _wrapped(self.title), ""]
        for part in self.parts:
            found += [part.heading.upper(), ""]
            for paragraph in part.paragraphs:
                found += [_wrapped(paragraph), ""]
            for item in part.items:
                found.append(_wrapped(item, "– ", "  "))
            if part.items:
                found.append("")
            if part.table:
                found += [_table(part.table).lstrip("\n"), ""]
            if part.verbatim:
                found += [part.verbatim, ""]
            if part.provisions:
                law = f"Lagrum: {'; '.join(part.provisions)}"
                found += [_wrapped(law, rest="  "), ""]
        return "\n".join(found).rstrip() + "\n"


def _table(rows: tuple[Row, ...]) -> str:
    """The calculation with numbers that point to the provisions under it."""
    numbers: dict[str, int] = {}
    shown = []
    for row in rows:
        mark = ""
        if row.provision:
            mark = f" [{numbers.setdefault(row.provision, len(numbers) + 1)}]"
        shown.append((f"  {row.text}{mark}" if row.provision else row.text, row.amount))
    notes = [_wrapped(f"[{number}] {provision}", rest="    ") for provision, number in numbers.items()]
    return "\n".join([amount_table(shown), "", *notes])


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Lines of the letter's width, with a provision's chapter and section kept on one line."""
    kept = re.sub(r"(?<=\d) (?=§|kap\.)|(?<=kap\.) ", "\u00a0", text)
    return textwrap.fill(
        kept,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
