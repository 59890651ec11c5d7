"""What every layout of a letter shows, in words: templates put it in its place and add nothing to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TypedDict

from decision_service.outputs.explained import ISOLATES, Explained
from decision_service.outputs.letter_layout import Letter, LetterPart, LetterRow, numbered, unbroken
from norms.month import day_in_words
from rules.texts import kronor


class ShownRow(TypedDict):
    """A row of the calculation, the amount in words."""

    text: str
    belopp: str


class ShownGroup(TypedDict):
    """Rows under a heading, or sums."""

    rubrik: str
    summa: bool
    rader: list[ShownRow]


class ShownPart(TypedDict):
    """A part of the letter."""

    rubrik: str
    ram: bool
    stycken: list[str]
    punkter: list[str]
    beräkning: list[ShownGroup]
    bestämmelser: list[str]
    bevis: list[str]
    qr: str
    lagrum: str


class ShownInShort(TypedDict):
    """The letter in short in another language."""

    kod: str
    namn: str
    riktning: str
    stycken: list[str]
    gäller: str


class ShownLetter(TypedDict):
    """The letter under the names that the templates know."""

    avsändare: str
    dag: str
    ärende: str
    mottagare: list[str]
    personnummer: str
    rubrik: str
    avsnitt: list[ShownPart]
    korthet: list[ShownInShort]


_SPACE = re.compile(r"[\t\n\v\f\r ]+")
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that make what follows be read in another direction than it is written."""


def shown(letter: Letter) -> ShownLetter:
    """The letter under the names that the templates know."""
    return {
        "avsändare": said(letter.sender),
        "dag": day_in_words(letter.day),
        "ärende": said(letter.case),
        "mottagare": [said(line) for line in letter.to.window],
        "personnummer": said(letter.to.numbered),
        "rubrik": said(letter.title),
        "avsnitt": [_part(part) for part in letter.parts],
        "korthet": [_in_short(each) for each in letter.explained],
    }


def _in_short(found: Explained) -> ShownInShort:
    """The letter in short in another language, with the sentence that says which one counts."""
    return {
        "kod": found.language,
        "namn": found.name,
        "riktning": found.direction,
        "stycken": [_spoken(each) for each in found.paragraphs],
        "gäller": _spoken(found.applies),
    }


def _spoken(text: str) -> str:
    """A text of an explanation: what is filled in keeps the direction of its own."""
    return "".join(one if one in ISOLATES else said(one) or " " for one in text)


def _part(part: LetterPart) -> ShownPart:
    texts, notes = numbered(part.table)
    return {
        "rubrik": said(part.heading),
        "ram": part.framed,
        "stycken": [said(each) for each in part.paragraphs],
        "punkter": [said(each) for each in part.items],
        "beräkning": _groups(part.table, texts),
        "bestämmelser": [said(note) for note in notes],
        "bevis": part.verbatim.splitlines(),
        "qr": part.qr,
        "lagrum": said(part.law),
    }


def _groups(rows: Sequence[LetterRow], texts: Sequence[str]) -> list[ShownGroup]:
    """The rows of the calculation under their headings. What rests on no provision of its own is a sum, and
    stands by itself."""
    found: list[ShownGroup] = []
    for row, text in zip(rows, texts, strict=True):
        amount, sum_ = row.amount, not row.provision
        if amount is None:
            found.append({"rubrik": said(text), "summa": False, "rader": []})
            continue
        if not found or found[-1]["summa"] != sum_:
            found.append({"rubrik": "", "summa": sum_, "rader": []})
        found[-1]["rader"].append({"text": said(text), "belopp": kronor(amount)})
    return found


def said(text: str) -> str:
    """A text on one line in characters that can be seen: what has no look of its own, and what would turn the
    direction of the text, is written as its number."""
    return "".join(map(_seen, unbroken(_SPACE.sub(" ", text).strip())))


def by_number(character: str) -> str:
    """``[U+202E]``: what stands for a character that cannot be shown."""
    return f"[U+{ord(character):04X}]"


def _seen(character: str) -> str:
    hidden = character in TURNS or unicodedata.category(character) in ("Cc", "Co", "Cs", "Cn")
    return by_number(character) if hidden else character
