"""Personal numbers and tokens taken out of whatever is to be written down outside the case itself.

It would rather take too much: a number of ten or twelve digits that may be a personnummer or a
samordningsnummer is one. Only a long hexadecimal word (a hash, a random id) is left whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from decision_service.reading.said import said_in

_say = said_in(__file__)

NUMBER = "[personnummer]"
TOKEN = "[token]"

_DASH = r"[-+_/.:Tt\u00ad\u2010-\u2015\u2212\ufe63\uff0d\uff0b]?"
_GAP = r"[\s\u200b\u2060\ufeff]?"
_BETWEEN = r"[-/._\s\u2010-\u2015\u2212]"
_PERSONAL = re.compile(  # \d knows the digits of every script
    rf"(?<!\d)(?:(?P<date>(?:\d{{2}})?\d{{2}}{_BETWEEN}?\d{{2}}{_BETWEEN}?\d{{2}})"
    rf"{_GAP}{_DASH}{_GAP}(?:\d{{4}}|[A-Za-z]\d{{3}}|[A-Za-z]{{2}}\d{{2}})"
    # one digit at a time, or two
    rf"|\d(?P<one>{_BETWEEN})(?:\d(?P=one)){{8}}(?:\d(?P=one)\d(?P=one))?\d"
    rf"|\d\d(?P<two>{_BETWEEN})(?:\d\d(?P=two)){{3}}(?:\d\d(?P=two))?\d\d)(?!\d)"
)
_ESCAPE = re.compile(r"\\+(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U000([0-9a-fA-F]{5}))")
_HEX = re.compile(r"[0-9a-fA-F-]{32,}")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
_DEEPEST = 20
_ROUNDS = 5
"""How many times over an address in an address is looked into."""


def scrubbed(text: str) -> str:
    """The text without personal numbers and tokens. Where one was hidden by the spelling of an address or of
    Python (``%2D``, ``\\xa0``), the text comes back in plain letters."""
    if "eyJ" in text:
        text = _JWT.sub(TOKEN, text)
    if not _may_hold(text):
        return text
    found = plain = _without_numbers(text)
    for _ in range(_ROUNDS):
        spelled, plain = plain, _ESCAPE.sub(_letter, unquote(plain))
        if plain == spelled:
            break
        clean = _without_numbers(plain)
        if clean != plain:
            found = plain = clean
    return found


def _without_numbers(text: str) -> str:
    """What looks like a number and is none may hold the beginning of one: the search goes on inside it."""
    kept = [found.span() for found in _HEX.finditer(text) if _is_id(found[0])]
    parts, done, place = [], 0, 0
    while found := _PERSONAL.search(text, place):
        start, end = found.span()
        inside = any(low <= start and end <= high for low, high in kept)
        if inside or not _is_date(found["date"] or re.sub(r"\D", "", found[0])[:-4]):
            place = start + 1
            continue
        parts += [text[done:start], NUMBER]
        done = place = end
    return "".join([*parts, text[done:]])


def _letter(found: re.Match[str]) -> str:
    return chr(int(found[1] or found[2] or found[3], 16))


def scrubbed_value(value: Any, depth: int = 0) -> Any:
    """The same for anything that can be logged: text, numbers, bytes, and what holds them, names included."""
    match value:
        case None | bool() | float():
            return value
        case str():
            return scrubbed(value)
        case int():
            text = str(value)
            return value if scrubbed(text) == text else NUMBER
        case bytes() | bytearray():
            return scrubbed(bytes(value).decode("utf-8", "replace"))
        case _ if depth > _DEEPEST:
            return _say("too_deep")
        case Mapping():
            return {scrubbed(str(key)): scrubbed_value(each, depth + 1) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [scrubbed_value(each, depth + 1) for each in value]
        case _:
            return scrubbed(str(value))


def _may_hold(text: str) -> bool:
    """A quick look: eight digits are the fewest that any form has."""
    return sum(map(text.count, "0123456789")) >= 8 or not text.isascii()


def _is_id(word: str) -> bool:
    """Whether a long word is a hash or a random id (with or without the dashes of a UUID)."""
    bare = word.replace("-", "")
    return len(bare) >= 32 and not bare.isdigit()


def _is_date(text: str) -> bool:
    """Whether the first part can be a date of birth, with 60 added to the day in a samordningsnummer."""
    digits = [int(each) for each in text if each.isdecimal()]
    month, day = digits[-4] * 10 + digits[-3], digits[-2] * 10 + digits[-1]
    return 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91)
