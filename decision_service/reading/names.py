"""Names of people as different people write them."""

from __future__ import annotations

import re
import unicodedata


def without_marks(text: str) -> str:
    """A text in small letters without the marks above, below and through them."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE))
    return "".join(each for each in apart if not unicodedata.combining(each))


_WHOLE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "a", "œ": "o", "ħ": "h", "ı": "i"}
)
"""Letters that Unicode has in one piece, as the Swedish letter for each is read without its marks."""


def name_words(name: str) -> frozenset[str]:
    """The words of a name, in small letters and without marks."""
    return frozenset(re.findall(r"[^\W\d_]+", without_marks(name)))


def may_be_one_name(one: str, other: str) -> bool:
    """Whether two names share a word, of several of which people use one, or have the same letters."""
    return bool(name_words(one) & name_words(other)) or letters(one) == letters(other) != ""


def letters(name: str) -> str:
    """The letters of a name in one, small and without marks."""
    return "".join(re.findall(r"[^\W\d_]", without_marks(name)))
