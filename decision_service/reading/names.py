"""Names of people as different people write them."""

from __future__ import annotations

import re
import unicodedata


def without_marks(text: str) -> str:
    """A text in small letters without the marks above and below them."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


def name_words(name: str) -> frozenset[str]:
    """The words of a name, in small letters and without marks."""
    return frozenset(re.findall(r"[^\W\d_]+", without_marks(name)))


def may_be_one_name(one: str, other: str) -> bool:
    """Whether two names share a word. Of several first names people use one, and of two surnames too."""
    return bool(name_words(one) & name_words(other))
