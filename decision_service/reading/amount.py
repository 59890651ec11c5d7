"""Amounts that people and agencies write, read to öre exactly or not at all.

The canonical application writes kronor with a point. Others also write a comma, or more zeros than öre need.
What can be read in one way only is read; what can be read in two ways is refused, in Swedish.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from decision_service.reading.kronor import parse_kronor

_COMMA = re.compile(r"(-?[0-9]{1,12}),([0-9]{1,2})")
_SPARE_ZEROS = re.compile(r"(-?[0-9]{1,12})[.,]([0-9]{2})(0{1,6})")


def to_ore(value: Any) -> int:
    """Kronor as an integer, a Decimal or text, to öre; below zero is allowed.

    ``1250,50`` and ``1250.5000`` are read. ``10.000``, ``10,000`` and ``10 000`` are refused, and so is a
    float, which has lost how it was written. Raises ValueError with a Swedish message.
    """
    if isinstance(value, float):
        raise ValueError("Beloppet är ett flyttal och kan ha ändrats på vägen")
    if isinstance(value, Decimal):
        return _decimal(value)
    if not isinstance(value, str):
        return parse_kronor(value)
    text = value.strip()
    if match := _COMMA.fullmatch(text):
        return parse_kronor(f"{match[1]}.{match[2]}")
    if (match := _SPARE_ZEROS.fullmatch(text)) and not _may_be_thousands(match):
        return parse_kronor(f"{match[1]}.{match[2]}")
    return parse_kronor(text)


def _decimal(value: Decimal) -> int:
    """A number as JSON wrote it: its point is a decimal point, whatever follows."""
    if not value.is_finite() or value.adjusted() >= 12:
        raise ValueError("Talet är för stort för att vara ett belopp")
    ore = value * 100
    if ore != int(ore):
        raise ValueError(f"”{str(value)[:40]}” har mer än två decimaler")
    return parse_kronor(int(ore) // 100) + int(ore) % 100


def without_decimals(value: Any) -> Any:
    """JSON with every Decimal as text that ``to_ore`` reads the same: ``10.000`` as a number is ``10``.

    What ``to_ore`` refuses as a number it refuses as text too.
    """
    if isinstance(value, dict):
        return {name: without_decimals(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_decimals(each) for each in value]
    if not isinstance(value, Decimal):
        return value
    short = value.is_finite() and value.adjusted() < 12 and value == round(value, 6)
    return f"{value.normalize():f}" if short else str(value)


def _may_be_thousands(match: re.Match[str]) -> bool:
    return len(match[1].lstrip("-")) <= 3 and len(match[3]) == 1


def shown(ore: int) -> str:
    """Öre as people write kronor: ``1250,50 kr``."""
    kronor, rest = divmod(abs(ore), 100)
    sign = "-" if ore < 0 else ""
    return f"{sign}{kronor},{rest:02d} kr" if rest else f"{sign}{kronor} kr"
