"""What the editor of rules knows: the words of the vocabulary, the provisions with their text, the series."""

from __future__ import annotations

from typing import TypedDict

from rules.book import Rulebook
from rules.laws import UNREAD


class EditorWords(TypedDict):
    """``terms`` and ``series`` by name with what they mean, ``provisions`` by name with their words."""

    terms: dict[str, str]
    series: dict[str, str]
    provisions: dict[str, str]


def editor_words(book: Rulebook) -> EditorWords:
    """The words of a release."""
    return {
        "terms": {term.path: term.description for term in book.vocabulary.terms.values()},
        "series": {name: kind.title for name, kind in book.norms.catalog.items()},
        "provisions": {
            citation.text: citation.wording or UNREAD for rule in book.rules for citation in rule.citations
        },
    }
