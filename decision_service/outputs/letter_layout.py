"""How a letter is laid out: its parts and rows as structure, and the same as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from decision_service.outputs.addressee import Addressee
from decision_service.outputs.explained import Explained
from decision_service.outputs.payload import KeptLetterJson, LetterJson, PartJson
from norms.month import day_in_words
from rules.texts import amount_table

WIDTH = 76


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A row of the calculation: text, öre or None for a heading, and the provision it rests on."""

    text: str
    amount: int | None
    provision: str = ""


@dataclass(frozen=True, slots=True)
class LetterPart:
    """A part of a letter. ``verbatim`` is text whose lines must stay as they are, ``qr`` the same text to the
    byte as a QR code (SVG); both are empty in a part that has no such text. ``framed``: the part stands in a
    frame where the letter is laid out."""

    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]
    table: tuple[LetterRow, ...]
    verbatim: str
    qr: str
    provisions: tuple[str, ...]
    framed: bool = False

    def as_json(self) -> PartJson:
        """The part for whoever lays it out."""
        return {
            "heading": self.heading,
            "paragraphs": list(self.paragraphs),
            "items": list(self.items),
            "table": [
                {"text": row.text, "amount": row.amount, "provision": row.provision} for row in self.table
            ],
            "verbatim": self.verbatim,
            "qr": self.qr,
            "provisions": list(self.provisions),
            "framed": self.framed,
        }

    @classmethod
    def of_json(cls, found: PartJson) -> LetterPart:
        """The part that ``as_json`` wrote."""
        return cls(
            found["heading"],
            tuple(found["paragraphs"]),
            tuple(found["items"]),
            tuple(LetterRow(row["text"], row["amount"], row["provision"]) for row in found["table"]),
            found["verbatim"],
            found["qr"],
            tuple(found["provisions"]),
            found.get("framed", False),
        )

    @property
    def law(self) -> str:
        """The line that says which provisions the part rests on; empty for none."""
        return f"Lagrum: {'; '.join(self.provisions)}" if self.provisions else ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to a person as structure; ``text`` is the same as plain text. ``explained`` says it in short
    in other languages, and is no part of it."""

    kind: str
    title: str
    parts: tuple[LetterPart, ...]
    to: Addressee
    day: date
    reference: str
    sender: str
    explained: tuple[Explained, ...] = ()

    def as_json(self) -> LetterJson:
        """The letter for whoever lays it out."""
        return {
            "schema": "brev/1",
            "kind": self.kind,
            "sender": self.sender,
            "to": self.to.as_json(),
            "date": self.day.isoformat(),
            "reference": self.reference,
            "title": self.title,
            "parts": [part.as_json() for part in self.parts],
            "explained": [each.as_json() for each in self.explained],
        }

    @property
    def kept(self) -> KeptLetterJson:
        """The letter as it is kept and sent: to whom, as a structure and as text."""
        return {"to": self.to.as_json(), "letter": self.as_json(), "text": self.text}

    @classmethod
    def of_json(cls, found: LetterJson) -> Letter:
        """The letter that ``as_json`` wrote."""
        return cls(
            found["kind"],
            found["title"],
            tuple(LetterPart.of_json(part) for part in found["parts"]),
            Addressee.of_json(found["to"]),
            date.fromisoformat(found["date"]),
            found["reference"],
            found["sender"],
            tuple(Explained.of_json(each) for each in found.get("explained", ())),
        )

    @property
    def case(self) -> str:
        """The line that says which case the letter is about."""
        return f"Ärende {self.reference}"

    @property
    def text(self) -> str:
        """The letter as plain text, 76 characters wide."""
        head = (self.sender, day_in_words(self.day), self.case, "", *self.to.head)
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
            if part.law:
                found += [_law(part.law, "  "), ""]
        return "\n".join(found).rstrip() + "\n"


def numbered(rows: Sequence[LetterRow]) -> tuple[list[str], list[str]]:
    """The texts of the rows with numbers that point to what they rest on, and what the numbers stand for."""
    numbers: dict[str, int] = {}
    texts = [
        f"{row.text} [{numbers.setdefault(row.provision, len(numbers) + 1)}]" if row.provision else row.text
        for row in rows
    ]
    return texts, [f"[{number}] {provision}" for provision, number in numbers.items()]


def unbroken(text: str) -> str:
    """The text with a provision's chapter and section kept on one line."""
    return _WITHIN_PROVISION.sub("\u00a0", text)


_WITHIN_PROVISION = re.compile(r" (?:(?<=\d )(?=§|kap\.)|(?<=kap\. ))")


def _table(rows: Sequence[LetterRow]) -> str:
    texts, notes = numbered(rows)
    table = [
        (f"  {text}" if row.provision else text, row.amount) for row, text in zip(rows, texts, strict=True)
    ]
    return "\n".join([amount_table(table), "", *(_law(note, "    ") for note in notes)])


@lru_cache(2048)
def _law(text: str, rest: str) -> str:
    """Provisions in lines of the letter's width. All letters cite the same; what else a letter says is of
    somebody, and is kept nowhere."""
    return _wrapped(text, rest=rest)


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Lines of the letter's width, each as full as it can be: ``first`` before the first, ``rest`` before the
    others. A word that is wider stands alone. What ``textwrap`` says, a sixth as dear."""
    left, lines, begins = _BREAK.sub(" ", unbroken(text).expandtabs()).rstrip(" "), list[str](), first
    while len(left) > (room := WIDTH - len(begins)):
        end = left.rfind(" ", 0, room + 1)
        if not left[: max(end, 0)].strip(" "):  # not even one word
            left, blank = left.lstrip(" "), left[0] == " "
            if blank:
                continue
            end = left.find(" ") if " " in left else len(left)
        lines.append(begins + left[:end].rstrip(" "))
        left, begins = left[end:].lstrip(" "), rest
    return "\n".join([*lines, begins + left] if left else lines)


_BREAK = re.compile(r"[\n\x0b\x0c\r]")
