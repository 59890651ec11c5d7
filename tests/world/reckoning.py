"""Populations reckoned without a process of their own."""

from __future__ import annotations

from typing import Any

from decision_service.evaluation import Evaluators
from decision_service.impact import population
from decision_service.reading.strict_json import InputError


class ReckonedHere(Evaluators):
    """Does in this process what the child does."""

    def __init__(self) -> None:
        super().__init__({}, 0)

    def ask(self, what: str, case_file: bytes, words: dict[str, str]) -> Any:
        state, answer = population.answer((what, case_file, words))
        if state == "wrong":
            raise InputError(answer)
        assert state == "done", answer
        return answer
