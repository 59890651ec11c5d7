"""Whole numbers as somebody types them."""

from __future__ import annotations

import pytest

from decision_service.reading.whole_numbers import LARGEST, whole_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), (" 12 ", 12), ("007", 7), (str(LARGEST), LARGEST)], ids=repr
)
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1,5", "1 000", "٣", "²", "1e3", "0x1", str(LARGEST + 1), "9" * 5000],
    ids=lambda text: text[:9],
)
def test_all_else_is_none(text: str) -> None:
    assert whole_number(text) is None
