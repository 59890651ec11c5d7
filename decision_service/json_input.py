"""Strict reading of JSON from outside: what another program might read in another way is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

LARGEST_INPUT = 10 * 1024 * 1024
"""Bytes. A digital application with its register answers is a few hundred kilobytes."""


class InputError(Exception):
    """The input cannot be read. Carries every fault, each a Swedish sentence that says where."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def read_json(content: bytes, largest: int = LARGEST_INPUT) -> Any:
    """Read JSON in UTF-8. Numbers with decimals become Decimal, as written.

    Raises InputError for another encoding, broken JSON, the same name twice in an object, NaN, too deep
    nesting or too much content.
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
        return json.loads(
            text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_doubles
        )
    except json.JSONDecodeError as error:
        raise InputError(
            [f"Indata är inte JSON: fel på rad {error.lineno}, kolumn {error.colno}."]
        ) from error
    except RecursionError as error:
        raise InputError(["Indata är alltför djupt nästlad."]) from error
    except ValueError as error:
        raise InputError(["Indata har ett tal med alltför många siffror."]) from error


def _no_constant(name: str) -> NoReturn:
    raise InputError([f"Indata har värdet {name}, som inte är ett tal."])


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError([f"Fältet ”{name}” står två gånger i samma objekt."])
        found[name] = value
    return found
