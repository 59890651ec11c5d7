"""The words of the public pages in each language, read from ``texts/`` and checked against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from fastapi import Request
from pydantic import RootModel

from decision_service.outputs.explained import words_of
from norms import document
from norms.month import Month
from rules.schema import validate

TEXTS = Path(__file__).with_name("texts")
COOKIE = "sprak"
LEGAL = "sv"
"""The language of the law and of those who apply it."""
LANGUAGES: Mapping[str, str] = MappingProxyType({"sv": "Svenska", "en": "English", "ar": "العربية"})
"""The languages, each by its own name."""
RIGHT_TO_LEFT = frozenset({"ar"})


class _File(RootModel[dict[str, dict[str, str]]]):
    """Words by page and name."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language. ``words["start.title"]`` is one; KeyError for one that is not there."""

    language: str
    direction: str
    texts: Mapping[str, str]

    def month(self, month: Month | str) -> str:
        """A month as it is written."""
        return words_of(self.language).written(Month.parse(month) if isinstance(month, str) else month)

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def __call__(self, name: str, **values: object) -> str:
        """A text with values in its places."""
        return self.texts[name].format(**values)


@cache
def words_in(language: str) -> Words:
    """The words of a language. Raises FindingsError for a file that does not hold."""
    data = validate(_File, document.read(TEXTS / f"{language}.yaml")).root
    texts = {f"{page}.{name}": text.strip() for page, one in data.items() for name, text in one.items()}
    return Words(language, "rtl" if language in RIGHT_TO_LEFT else "ltr", MappingProxyType(texts))


def language_of(request: Request) -> str:
    """The language that somebody has chosen, else the first that the browser asks for and we have."""
    chosen = request.cookies.get(COOKIE)
    if chosen is not None and chosen in LANGUAGES:
        return chosen
    return next(_asked(request.headers.get("accept-language", "")), LEGAL)


def _asked(header: str) -> Iterator[str]:
    for part in header[:1000].split(","):
        language = part.partition(";")[0].strip().partition("-")[0].lower()
        if language in LANGUAGES:
            yield language
