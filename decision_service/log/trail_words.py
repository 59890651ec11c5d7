"""What rules, facts, fields and codes in the log are called, for the readable trail.

Fields and codes stand in ``ord.yaml``, which policy staff own; rules and facts in their own release.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from audit.reading import TrailWords
from decision_service.log import releases
from norms import document
from norms.document import Document
from norms.finding import FindingsError
from norms.month import Month
from rules.book import Rulebook
from rules.schema import FileModel, validate
from rules.texts import shown

FILE = Path(__file__).with_name("ord.yaml")
Word = Annotated[str, StringConstraints(min_length=1)]


class WordsOfTheLog(FileModel):
    """The file: words for names of fields, and for values."""

    fields: Mapping[str, Word] = Field(alias="fält", min_length=1)
    codes: Mapping[str, Word] = Field(alias="koder", min_length=1)


def words_of_the_log(found: Document) -> WordsOfTheLog:
    """The words of a file. Raises FindingsError with every fault in it and its line."""
    return validate(WordsOfTheLog, found)


def words(files: Mapping[str, Mapping[str, str]]) -> TrailWords:
    """Words for trails, from the files of the releases that their decisions were made under.

    A release whose files are not there, or are not its own, gives no words.
    """

    called = words_of_the_log(document.read(FILE))

    @cache
    def book(release: str) -> Rulebook | None:
        try:
            return releases.book_from(files[release], release)
        except (KeyError, FindingsError):
            return None

    def rule(release: str, name: str, month: str) -> str | None:
        found = book(release)
        version = found.version(name, Month.parse(month)) if found is not None else None
        return version.title if version is not None else None

    def fact(release: str, name: str, value: Any) -> str | None:
        found = book(release)
        term = found.vocabulary.terms.get(name) if found is not None else None
        return shown(value, term.type) if term is not None else None

    return TrailWords(called.fields, called.codes, rule, fact)
