"""What an assessment says by itself stands in a file, each text with its own places."""

from __future__ import annotations

import pytest

from decision_service.decision.texts import FILE, DecisionTexts
from decision_service.reading.sentences import sentences
from norms import document
from norms.finding import FindingsError
from rules.schema import validate


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("{rad}, efter handläggarens ändring.", "Raden efter handläggarens ändring."),
        ("{rad}, efter handläggarens ändring.", "{rad}, {belopp}."),
        ("{rad}, efter handläggarens ändring.", "{rad}, efter {handläggarens ändring."),
        ("utfall okänt: Reglerna", "utfall känt: Reglerna"),
    ],
)
def test_a_text_without_its_places_is_not_read(was: str, now: str) -> None:
    source = FILE.read_text("utf-8")
    assert was in source
    with pytest.raises(FindingsError):
        validate(DecisionTexts, document.parse(source.replace(was, now).encode(), FILE.name), said=sentences)
