"""Whole numbers that somebody typed: counts, versions, ages, the number of a claim."""

from __future__ import annotations

LARGEST = 999_999_999
"""The largest number that a form or an address may say: every column of the store holds it."""


def whole_number(text: str) -> int | None:
    """The number from 0 to ``LARGEST`` that the text writes in digits; else None."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= len(str(LARGEST)) else None
