"""Values and rule texts as people read them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from rules.facts import Disputed, Unknown
from rules.language.types import KRONOR, Base, Type, unit_text
from rules.rule import PLACEHOLDER

HARD_SPACE = "\u00a0"
"""Keeps a number and its unit on one line."""

WIDTH = 74
"""Characters of the texts in a table of amounts."""


def kronor(amount: int) -> str:
    """An amount in öre as kronor: ``3 940 kr``, ``1 234,50 kr``, ``−200 kr``."""
    whole, part = divmod(abs(amount), 100)
    digits = f"{whole:,}".replace(",", HARD_SPACE)
    sign = "−" if amount < 0 else ""
    return f"{sign}{digits}{f',{part:02d}' if part else ''}{HARD_SPACE}kr"


def amount_table(rows: Sequence[tuple[str, int | None]]) -> str:
    """Texts to the left, amounts to the right; a row without amount is a heading."""
    shown = ["" if amount is None else kronor(amount) for _, amount in rows]
    widest = max((len(text) for text in shown), default=0)
    found = []
    for (text, amount), right in zip(rows, shown, strict=True):
        if amount is None:
            found += ["", text]
            continue
        indent = " " * (len(text) - len(text.lstrip()))
        lines = textwrap.wrap(text, WIDTH, subsequent_indent=f"{indent}  ") or [""]
        found += [f"{lines[0]:<{WIDTH}} {right:>{widest}}", *lines[1:]]
    return "\n".join(found)


def shown(value: object, type_: Type) -> str:
    """A value of a type, in Swedish."""
    match value:
        case Unknown():
            return "okänt"
        case Disputed():
            return "omstritt"
        case None:
            return "saknas"
        case bool():
            return "ja" if value else "nej"
        case str():
            return value.replace("_", " ") if type_.base is Base.CHOICE else value
    assert isinstance(value, int | Fraction)
    if type_.base is Base.DAY:
        return date.fromordinal(int(value)).isoformat()
    if type_.unit == KRONOR:
        return kronor(int(value)) if value == int(value) else f"{_ratio(Fraction(value) / 100)}{HARD_SPACE}kr"
    if type_.fraction:
        return f"{_ratio(Fraction(value) * 100)}{HARD_SPACE}%"
    number = _ratio(Fraction(value))
    if not type_.unit:
        return number
    return f"{number}{HARD_SPACE}{in_number(number, unit_text(type_.unit))}"


def in_number(number: int | str, unit: str) -> str:
    """A unit as it is written after a number: one ``timme``, 40 ``timmar``."""
    return _SINGULAR.get(unit, unit) if str(number) == "1" else unit


_SINGULAR = {"dagar": "dag", "månader": "månad", "veckor": "vecka", "timmar": "timme"}


def in_text(value: object, type_: Type) -> str:
    """A value inside a sentence, where the sentence itself says the unit; kronor keep theirs."""
    counted = type_.base is Base.NUMBER and type_.unit != KRONOR
    return shown(value, Type(Base.NUMBER, fraction=type_.fraction) if counted else type_)


def _ratio(value: Fraction) -> str:
    """A number with a decimal comma when it comes out even, else as a fraction."""
    for digits in range(5):
        if (value * 10**digits).denominator == 1:
            return f"{float(value):.{digits}f}".replace(".", ",").replace("-", "−")
    return f"{value.numerator}/{value.denominator}"


def fill(text: str, values: Callable[[str], str]) -> str:
    """A rule's text with its placeholders filled."""
    return PLACEHOLDER.sub(lambda match: values(match[1]), text)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, or in Swedish where that language is missing."""
    return texts.get(language, texts["sv"])
