"""Money as a person writes it is read in the same way wherever a person writes it, and never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.application.adapters.mitt_helsingborg import answers
from decision_service.decision.takes import AnswerKind, Takes
from decision_service.reading.kronor import parse_kronor, plainly
from decision_service.web.visitors import SentForm
from norms.fault import MisfitError

AMOUNT = Takes(kind=AnswerKind.AMOUNT)
ENDINGS = ("", " kr", "kr", " kr.", " kronor", " SEK", ":-", ",-")
BLANKS = ("", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}")


def read_everywhere(text: str) -> list[int | str]:
    """What is read on a page, in a form and in an answer: öre, or the code of what is wrong."""
    found = list[int | str]()
    for read in (
        lambda: parse_kronor(SentForm([("belopp", text)]).kronor("belopp")),
        lambda: answers.amount(text),
        lambda: AMOUNT.read(text),
    ):
        try:
            found.append(read())
        except MisfitError as error:
            found.append(error.faults[0].code)
    return found


@given(
    st.integers(0, 99_999_999),
    st.integers(0, 99),
    st.sampled_from(("", ",", ".")),
    st.sampled_from(BLANKS),
    st.sampled_from(ENDINGS),
)
def test_an_amount_that_can_be_read_in_one_way_is(
    whole: int, ore: int, point: str, blank: str, ending: str
) -> None:
    decimals = f"{point}{ore:02d}" if point else ""
    text = f" {whole:,}".replace(",", blank) + decimals + ending
    assert read_everywhere(text) == [whole * 100 + (ore if point else 0)] * 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("10.000", "amount_ambiguous"),
        ("10,000", "amount_ambiguous"),
        ("10.000 kr", "amount_ambiguous"),
        ("10.000:-", "amount_ambiguous"),
        ("1.234.567", "amount_ambiguous"),
        ("7000,555", "amount_with_decimals"),
        ("7000.555 kr", "amount_with_decimals"),
        ("7 000,555", "amount_with_decimals"),
        ("1 0000", "amount_with_space"),
        ("10 00", "amount_with_space"),
        ("ca 10000", "amount_with_space"),
        ("7,5,5", "amount_with_comma"),
        ("tusen", "not_amount"),
        ("", "not_amount"),
        ("kr", "not_amount"),
    ],
)
def test_any_other_is_told_and_never_guessed(text: str, code: str) -> None:
    assert read_everywhere(text) == [code] * 3


def test_a_program_writes_as_programs_do() -> None:
    for text in ("10 000", "7000:-", "7000 kr", "7000,50"):
        with pytest.raises(MisfitError):
            parse_kronor(text)
    assert [plainly(text) for text in ("7000,50", "x")] == ["7000.50", "x"]
