"""Amounts from outside, written in kronor, as whole öre; and back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

LARGEST = 10_000_000_000
"""Öre: a hundred million kronor. Whoever means more has typed something wrong."""

_PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
_EXPECTED = "Skriv kronor med punkt före öre, till exempel 5000 eller 5000.50"


def parse_kronor(value: Any) -> int:
    """Kronor, as a number or as plain text, to öre. Raises ValueError with a Swedish message.

    ``10.000`` is refused: it may mean ten kronor or ten thousand.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError(f"{_shown(value)} är inget belopp. {_EXPECTED}")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"”{text}” {_reason(text)}. {_EXPECTED}")
    amount = int(Decimal(text) * 100)
    if abs(amount) > LARGEST:
        raise ValueError(f"{text} kronor är mer än systemet tar emot. Kontrollera beloppet")
    return amount


def _reason(text: str) -> str:
    if re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", text):
        return "går att läsa på två sätt, som tiotal eller som tusental"
    if re.search(r"\s", text.strip()):
        return "har mellanslag i beloppet"
    if "," in text:
        return "har kommatecken i beloppet"
    if re.fullmatch(r"-?\d+\.\d{3,}", text):
        return "har mer än två decimaler"
    return "är inget belopp"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return "En lista"
        case _:
            return "Ett objekt"


def not_negative(value: int) -> int:
    """The amount, if it is not below zero. Raises ValueError."""
    if value < 0:
        raise ValueError(f"Beloppet är under noll ({value // 100} kr). Det måste vara noll eller mer")
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
