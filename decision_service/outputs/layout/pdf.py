"""A letter, or what another template lays out, as PDF: to archive (PDF/A-2a), to have read out (PDF/UA-1),
and the same bytes each time."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from decision_service.outputs.explained import ISOLATES
from decision_service.outputs.layout.shown import by_number, shown
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.letter_texts import TEXTS

TEMPLATE = TEXTS.with_name("brev.typ")
FONTS = TEXTS.with_name("typsnitt")
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]

_ONE_AT_A_TIME = Lock()


def pdf(letter: Letter) -> bytes:
    """The letter as PDF. Raises as ``laid_out``."""
    return laid_out(TEMPLATE, shown(letter), letter.day)


def laid_out(template: Path, said: Any, day: date) -> bytes:
    """What a template makes of what is said to it, as JSON by the name ``brev``, and of a day. A character
    that no font here can show is written as its number.

    Raises typst.TypstError for a template that is wrong.
    """
    compiler, at = _compiler(template), datetime.combine(day, time(), UTC)
    try:
        return _written(compiler, said, at)
    except typst.TypstError:
        readable = _readable(said)
        if readable == said:
            raise
        return _written(compiler, readable, at)


def _written(compiler: typst.Compiler, said: Any, at: datetime) -> bytes:
    given = {"brev": json.dumps(said, ensure_ascii=False), "dag": at.date().isoformat()}
    with _ONE_AT_A_TIME:
        made = compiler.compile(format="pdf", sys_inputs=given, pdf_standards=STANDARDS, timestamp=at)
    assert isinstance(made, bytes)
    return made


@cache
def _compiler(template: Path) -> typst.Compiler:
    """A template, read once."""
    return typst.Compiler(template, root=template.parent, font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with the library, and ours for Arabic: those of the machine would make another
    letter on another machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def _readable(said: Any) -> Any:
    """The same with every character that no font can show written as its number."""
    match said:
        case str():
            return "".join(
                one if one.isascii() or one in ISOLATES or _has_a_look(one) else by_number(one)
                for one in said
            )
        case list():
            return [_readable(each) for each in said]
        case dict():
            return {name: _readable(each) for name, each in said.items()}
        case _:
            return said


@cache
def _has_a_look(character: str) -> bool:
    """Whether some font can show a character. A mark is shown on a letter."""
    trial = typst.Compiler(b"#set document(title: [x])\n#sys.inputs.brev", font_paths=_fonts())
    try:
        _written(
            trial,
            f"ب{character}" if unicodedata.combining(character) else character,
            datetime(2000, 1, 1, tzinfo=UTC),
        )
    except typst.TypstError:
        return False
    return True
