"""Strict reading of JSON from outside: what another program might read in another way is refused."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

LARGEST_INPUT = 10 * 1024 * 1024
"""Bytes. A digital application with its register answers is a few hundred kilobytes."""
DEEPEST = 100
"""Objects and lists inside each other. The deepest contract, that of LEFI, has a dozen."""
LARGEST_EXACT = 2**53
"""Above it a JSON reader may lose digits, and a canonical form does not exist."""


class InputError(Exception):
    """The input cannot be read. Carries every fault, each a Swedish sentence that says where."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def read_json(content: bytes, largest: int = LARGEST_INPUT) -> Any:
    """Read JSON in UTF-8. Numbers with decimals, and whole numbers too large to be exact everywhere, become
    Decimal, as written.

    Raises InputError for another encoding, half of a surrogate pair, broken JSON, the same name twice in an
    object, NaN, too deep nesting or too much content.
    """
    if len(content) > largest:
        raise InputError([f"Indata är {len(content)} byte. Mer än {largest} byte tas inte emot."])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [f"Indata är inte UTF-8 (byte {error.start + 1} är 0x{content[error.start]:02X})."]
        ) from error
    try:
        found = json.loads(
            text,
            parse_int=_whole,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_without_doubles,
        )
    except json.JSONDecodeError as error:
        raise InputError(
            [f"Indata är inte JSON: fel på rad {error.lineno}, kolumn {error.colno}."]
        ) from error
    except RecursionError as error:
        raise InputError(["Indata är alltför djupt nästlad."]) from error
    except ValueError as error:
        raise InputError(["Indata har ett tal med alltför många siffror."]) from error
    _check(found)
    return found


def _whole(text: str) -> int | Decimal:
    number = int(text)
    return number if abs(number) < LARGEST_EXACT else Decimal(number)


def _check(found: Any) -> None:
    """Refuse what is nested too deep, and text that is not text in any encoding."""
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise InputError(["Indata är alltför djupt nästlad."])
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, str) and not value.isascii() and _SURROGATE.search(value):
            raise InputError(["Indata har en text med ett halvt tecken (ett ensamt surrogat)."])


_SURROGATE = re.compile(r"[\ud800-\udfff]")


def _no_constant(name: str) -> NoReturn:
    raise InputError([f"Indata har värdet {name}, som inte är ett tal."])


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError([f"Fältet ”{name}” står två gånger i samma objekt."])
        found[name] = value
    return found
