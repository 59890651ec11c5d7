"""Codes of questions as people read and write them: ``HYRA_ÖVER_GRÄNS`` is hyra över gräns."""

from __future__ import annotations

from rules.book import Rulebook
from rules.rule import AskEffect


def in_words(code: str) -> str:
    """A code as words of a sentence."""
    return code.replace("_", " ").lower()


def code_of(words: str) -> str:
    """The code that somebody has written, as words or as it is kept."""
    return "_".join(words.split()).upper()


def asked_in(book: Rulebook) -> list[str]:
    """The codes of everything that rules ask, each once."""
    effects = (effect for rule in book.rules for effect in rule.effects)
    return sorted({each.reason for each in effects if isinstance(each, AskEffect)})
