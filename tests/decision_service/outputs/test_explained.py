"""Letters in short: every kind in every language, with the same places, and never an amount of their own."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

from decision_service.outputs.explained import LANGUAGES, explained, words_of
from decision_service.outputs.letter_texts import PLACEHOLDER, LetterKind
from norms.month import Month
from tests.world.sweeps import swept

VALUES = {
    "belopp": "11 620 kr",
    "skillnad": "100 kr",
    "månad": Month(2026, 11),
    "utbetalningsdag": date(2026, 11, 27),
    "svara_senast": date(2026, 11, 20),
    "kommun": "Exempelkommun",
    "kontakt": "telefon 0999-12 34 56",
    "ärende": "2026-000004-5",
}


def test_every_language_says_the_same_with_the_same_places() -> None:
    swedish = words_of("sv")
    assert set(swedish.letters) == set(get_args(LetterKind))
    for language in LANGUAGES:
        words = words_of(language)
        assert words.letters == swedish.letters
        assert words.paragraphs.keys() == swedish.paragraphs.keys()
        for name, text in words.paragraphs.items():
            places = PLACEHOLDER.findall(text)
            assert sorted(places) == sorted(PLACEHOLDER.findall(swedish.paragraphs[name])), (language, name)
            assert set(places) <= VALUES.keys(), (language, name)
            assert not re.search(r"\d", text), "amounts and days come from the decision alone"
        used = {each for paragraphs in words.letters.values() for each in paragraphs}
        assert used == words.paragraphs.keys()


@swept("kind", get_args(LetterKind))
def test_every_letter_is_explained_and_says_that_the_swedish_one_counts(kind: LetterKind) -> None:
    found = explained(kind, VALUES)
    assert [each.language for each in found] == list(LANGUAGES)
    for each in found:
        assert len(each.paragraphs) == len(words_of(each.language).letters[kind])
        assert "{" not in "".join(each.paragraphs)
        assert each.applies == words_of(each.language).applies
    assert [each.direction for each in found] == ["ltr", "ltr", "rtl"]


def test_days_and_months_are_those_of_the_language() -> None:
    swedish, english, arabic = (" ".join(each.paragraphs) for each in explained("BIFALL", VALUES))
    assert "november 2026" in swedish
    assert "27 November 2026" in english
    assert "نوفمبر" in arabic
    assert arabic.count("\u2068") == arabic.count("\u2069") == 6, "each value in its own direction"


def test_what_is_not_known_is_not_said() -> None:
    less = VALUES | {"utbetalningsdag": None, "månad": None}
    swedish = " ".join(explained("BIFALL", less)[0].paragraphs)
    assert "betalas ut" not in swedish
    assert "11 620 kr i försörjningsstöd för månaden som du söker för" in swedish
