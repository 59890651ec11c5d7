"""Kronor as others write them, read to whole öre exactly or not at all.

What can be read in one way only is read; what can be read in two ways is refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from norms.fault import MisfitError, fault, shown
from rules.texts import kronor

LARGEST = 10_000_000_000
"""Öre: a hundred million kronor. Whoever means more has typed something wrong."""

_MOST_PLACES = 12
"""Digits before the point of what may be an amount, or zeros after it."""

_ORE = Decimal("0.01")
_PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
_COMMA = re.compile(r"(-?[0-9]{1,12}),([0-9]{1,2})")
_UNIT = r"(?:\s?(?:kr|kronor|sek)\.?|:-|,-)"
_TYPED = re.compile(rf"([0-9]{{1,3}}(?:\s[0-9]{{3}})+|[0-9]+)(?:[.,]([0-9]{{1,2}}))?{_UNIT}?", re.I)
_AFTER = re.compile(rf"{_UNIT}$", re.I)
_SPARE_ZEROS = re.compile(r"(-?[0-9]{1,12})[.,]([0-9]{2})(0{1,6})")


def parse_kronor(value: Any) -> int:
    """Kronor, as a number or as plain text with a point, to öre. Raises MisfitError.

    ``10.000`` is refused: it may mean ten kronor or ten thousand.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise MisfitError(fault("not_amount", found=shown(value)))
    text = _written(value) if isinstance(value, Decimal) else str(value)
    if not _PLAIN.fullmatch(text):
        raise MisfitError(fault(_complaint(text), found=shown(text)))
    amount = int(Decimal(text) * 100)
    if abs(amount) > LARGEST:
        raise MisfitError(fault("amount_too_large", found=text))
    return amount


def plainly(text: str) -> str:
    """An amount as programs write it, where a person has written it so that it can be read in one way only:
    ``10 000 kr``, ``7000:-``, ``6 200,50``. Else as it was written, for whoever reads it to tell what is
    wrong: ``10.000`` and ``ca 10000``."""
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        return text.strip()
    whole = re.sub(r"\s", "", found[1])
    return f"{whole}.{found[2]}" if found[2] else whole


def typed_ore(value: Any) -> int:
    """What a person has written as an answer, to öre, and what a program has. Raises MisfitError."""
    return to_ore(plainly(value) if isinstance(value, str) else value)


def _written(value: Decimal) -> str:
    """A number without a power of ten. Raises MisfitError before one that is far larger or smaller than any
    amount is written out: it would take much more room than it came in."""
    if not value.is_finite() or value.adjusted() >= _MOST_PLACES:
        raise MisfitError(fault("number_too_large"))
    if value.adjusted() <= -_MOST_PLACES:
        raise MisfitError(fault("amount_with_decimals", found=shown(value)))
    return f"{value:f}"


def to_ore(value: Any) -> int:
    """Kronor as others write them too, to öre; below zero is allowed.

    ``1250,50`` and ``1250.5000`` are read. ``10.000``, ``10,000`` and ``10 000`` are refused, and so is a
    float, which has lost how it was written. Raises MisfitError.
    """
    if isinstance(value, float):
        raise MisfitError(fault("amount_as_float"))
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
    if not value.is_finite() or value.adjusted() >= _MOST_PLACES:
        raise MisfitError(fault("number_too_large"))
    exact = value.quantize(_ORE)
    if exact != value:
        raise MisfitError(fault("amount_with_decimals", found=shown(str(value)[:40])))
    return parse_kronor(exact)


def _may_be_thousands(match: re.Match[str]) -> bool:
    return len(match[1].lstrip("-")) <= 3 and len(match[3]) == 1


def _complaint(text: str) -> str:
    """The code of what keeps a text from being an amount."""
    number = _AFTER.sub("", text.strip())
    if re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", number):
        return "amount_ambiguous"
    if re.fullmatch(r"-?[\d\s]*\d[.,]\d{3,}", number):
        return "amount_with_decimals"
    if re.search(r"\s", text.strip()):
        return "amount_with_space"
    if "," in number:
        return "amount_with_comma"
    return "not_amount"


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
    short = value.is_finite() and value.adjusted() < _MOST_PLACES and value == round(value, 6)
    return f"{value.normalize():f}" if short else str(value)


def not_negative(value: int) -> int:
    """The amount, if it is not below zero. Raises MisfitError."""
    if value < 0:
        raise MisfitError(fault("amount_below_zero", found=kronor(value)))
    return value


def as_kronor(ore: int) -> str:
    """Öre as the kronor that ``parse_kronor`` reads: ``4250.00``."""
    sign = "-" if ore < 0 else ""
    return f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02d}"


Ore = Annotated[
    int,
    BeforeValidator(lambda value: not_negative(parse_kronor(value))),
    PlainSerializer(as_kronor, return_type=str, when_used="json"),
]
"""An amount of zero or more in öre, read from kronor and written as kronor."""
