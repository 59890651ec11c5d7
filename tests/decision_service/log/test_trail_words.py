"""The words of a trail: a file that is read and checked, with a word for every code that casework logs."""

from __future__ import annotations

import pytest

from decision_service.application.outcome import Outcome
from decision_service.log.events import Action, CompletionEvent, Handover
from decision_service.log.trail_words import FILE, words, words_of_the_log
from decision_service.registers.answers import Agency
from norms import document
from norms.finding import FindingsError


def test_every_code_that_casework_logs_has_a_word() -> None:
    codes = {*CompletionEvent, *Handover, *Action, *Outcome}
    assert {str(each) for each in codes} - set(words({}).codes) == set()


def test_every_agency_has_a_name() -> None:
    assert {each.value for each in Agency} <= set(words({}).names)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fält: {af: Arbetsförmedlingen}\n", "koder: Uppgiften saknas"),
        ("fält: {af: Arbetsförmedlingen}\nkoder: {BIFALL: bifall}\nord: {}\n", "ord: Fältet finns inte"),
        ("fält: {af: }\nkoder: {BIFALL: bifall}\n", "Texten är för kort"),
        ("fält: {af: [ett, två]}\nkoder: {BIFALL: bifall}\n", "En lista är ingen text"),
        ("fält: {af: A}\nkoder:\n  BIFALL: bifall\n  BIFALL: ja\n", "BIFALL"),
    ],
)
def test_a_file_that_is_not_whole_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(FindingsError) as raised:
        words_of_the_log(document.parse(text.encode(), FILE.name))
    assert message in str(raised.value.findings[0])
    assert raised.value.findings[0].line >= 1
