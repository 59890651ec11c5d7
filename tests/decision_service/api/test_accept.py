"""Which form of an answer is given to whom."""

from __future__ import annotations

import pytest

from decision_service.api.accept import most_wanted

OFFERED = ("text/plain", "application/json", "text/html", "application/pdf")


@pytest.mark.parametrize(
    ("header", "given"),
    [
        ("*/*", "text/plain"),
        ("", "text/plain"),
        ("image/png", "text/plain"),
        ("application/pdf", "application/pdf"),
        ("Application/PDF", "application/pdf"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json, text/plain;q=0.5", "application/json"),
        ("text/plain;q=0.5, application/pdf;q=0.7", "application/pdf"),
        ("text/plain;q=0, */*", "application/json"),
        ("application/*", "application/json"),
        ("application/pdf;q=x", "application/pdf"),
        (",;,;q=1,application/pdf", "application/pdf"),
    ],
)
def test_the_form_with_the_highest_weight_is_given_and_text_when_nothing_says_otherwise(
    header: str, given: str
) -> None:
    assert most_wanted(header, OFFERED) == given
