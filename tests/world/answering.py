"""Answers that make sense to whatever a question takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from decision_service.casework.given_answer import AnswersToTry, By
from decision_service.decision.document import Reason, Who
from decision_service.decision.takes import AnswerKind, Takes
from tests.world.office import PERSON

ANNA = By(PERSON, "Anna Ek", Who.HANDLAGGARE)
WHY = "Underlaget visar det."


def value_of(takes: Takes) -> Any:
    """A value of the kind, within its limits."""
    if takes.choices:
        return takes.choices[0].value
    least = takes.lowest if takes.lowest is not None else 0
    most = takes.highest if takes.highest is not None else least + 10
    return {
        AnswerKind.ACCEPT: True,
        AnswerKind.YES_NO: True,
        AnswerKind.AMOUNT: str(max(least, 100)),
        AnswerKind.COUNT: min(max(least, 10), most),
        AnswerKind.PERCENT: min(max(least, 10), most),
        AnswerKind.DAY: "2026-10-10",
        AnswerKind.TEXT: "Enligt underlaget.",
    }[takes.kind]


def answers_to(questions: Iterable[Reason], known: Iterable[str] = ()) -> list[AnswersToTry]:
    """An answer to every question that takes one and is not answered already; a made-up amount is meant."""
    done = set(known)
    return [
        AnswersToTry(each.id, value_of(each.takes), WHY, checked=True)
        for each in questions
        if each.takes is not None and each.id not in done
    ]
