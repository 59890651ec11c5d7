"""Questions to a person that come from the course of a case: ``questions.yaml``, which policy staff own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from norms import document
from rules.schema import Texts, validate

FILE = Path(__file__).with_name("questions.yaml")


@cache
def _questions() -> dict[str, str]:
    return validate(Texts, document.read(FILE)).root


def question(code: str) -> str:
    """The question in Swedish. Raises KeyError."""
    return _questions()[code]
