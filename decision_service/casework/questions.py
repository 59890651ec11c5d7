"""Questions to a person that come from the course of a case: ``questions.yaml``, which policy staff own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from norms import document

FILE = Path(__file__).with_name("questions.yaml")


@cache
def _questions() -> dict[str, str]:
    data = document.read(FILE).data
    if not isinstance(data, dict):
        raise TypeError(f"{FILE.name}: not a mapping")
    return {str(code): str(text) for code, text in data.items()}


def question(code: str) -> str:
    """The question in Swedish. Raises KeyError."""
    return _questions()[code]
