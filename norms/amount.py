"""Amounts as text: what the files write and people read, and whole numbers inside.

A value is whole öre for the unit ``kr``, hundredths of a percent for ``procent``, and the number itself
for every other unit. Nothing here is ever a float.
"""

from __future__ import annotations

import re

KRONOR = "kr"
PERCENT = "procent"
COUNTS = ("månader", "år", "dagar", "timmar", "timmar/vecka", "antal")
UNITS = (KRONOR, PERCENT, *COUNTS)

_KRONOR = re.compile(r"(0|[1-9][0-9]{0,6})(?:,([0-9]{2}))?")
_PERCENT = re.compile(r"(0|[1-9][0-9]{0,2})(?:,([0-9]{1,2}))?")
_COUNT = re.compile(r"0|[1-9][0-9]{0,4}")
_SUGGESTION = re.compile(
    r"-?([0-9]{1,3}(?:[ .,\u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,:]([0-9]{1,2}|-))?\s*(?:kr|kronor|%|procent)?"
)

_NOUNS = {KRONOR: "inget belopp", PERCENT: "ingen procentsats"}
_EXPECTED = {
    KRONOR: "Skriv hela kronor utan mellanslag (3940) eller kronor och ören (1234,50).",
    PERCENT: "Skriv procent utan procenttecken (25) eller med högst två decimaler (2,75).",
}


def parse(text: str, unit: str) -> int:
    """Read an amount of a table. Raises ValueError with a Swedish message that says how to write it."""
    pattern = {KRONOR: _KRONOR, PERCENT: _PERCENT}.get(unit, _COUNT)
    match = pattern.fullmatch(text)
    if not match:
        raise ValueError(_complaint(text, unit))
    if unit in (KRONOR, PERCENT):
        return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    return int(text)


def parse_percent(text: str) -> int:
    """Read a percentage that may be negative, in hundredths of a percent. Raises ValueError."""
    value = parse(text.removeprefix("-"), PERCENT)
    return -value if text.startswith("-") else value


def show(value: int, unit: str) -> str:
    """An amount for people: ``3 940 kr``, ``1 234,50 kr``, ``25 %``, ``24 månader``."""
    sign = "−" if value < 0 else ""
    if unit not in (KRONOR, PERCENT):
        return f"{sign}{_grouped(abs(value))} {unit}"
    whole, part = divmod(abs(value), 100)
    if unit == KRONOR:
        decimals = f",{part:02d}" if part else ""
        return f"{sign}{_grouped(whole)}{decimals} kr"
    decimals = f",{part:02d}".rstrip("0").rstrip(",")
    return f"{sign}{_grouped(whole)}{decimals} %"


def plain(value: int, unit: str) -> str:
    """An amount the way a file writes it: ``3940``, ``1234,50``, ``25``."""
    if unit not in (KRONOR, PERCENT):
        return str(value)
    whole, part = divmod(value, 100)
    if not part:
        return str(whole)
    decimals = f"{part:02d}" if unit == KRONOR else f"{part:02d}".rstrip("0")
    return f"{whole},{decimals}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _complaint(text: str, unit: str) -> str:
    expected = _EXPECTED.get(unit, f"Skriv ett helt antal {unit} med siffror (24).")
    if not text:
        return f"Beloppet saknas. {expected}"
    if text.startswith("-"):
        return f"”{text}” är negativt. Ett belopp i en tabell är noll eller större."
    meant = _SUGGESTION.fullmatch(text)
    if meant is None:
        return f"”{text}” är {_NOUNS.get(unit, 'inget antal')}. {expected}"
    return f"”{text}” går inte att läsa säkert. {expected}{_guess(meant, unit)}"


def _guess(meant: re.Match[str], unit: str) -> str:
    whole = re.sub(r"[^0-9]", "", meant[1]).lstrip("0") or "0"
    if not (meant[2] or "").strip("-0"):
        return f" Menas {whole}?"
    return f" Menas {whole},{meant[2]:0<2}?" if unit in (KRONOR, PERCENT) else ""
