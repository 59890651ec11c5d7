"""Why: the rules behind an assessment, what would have changed it, and the trail."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from decision_service.api.answers.shape import Answer
from decision_service.application.outcome import Outcome
from decision_service.decision.document import Ore
from rules.explanation import ExplainedRule, WhyNot


class Explanation(Answer):
    """Reglerna bakom en prövning. ``outcome`` är vad maskinen kom till."""

    release: str
    outcome: str
    rules: list[ExplainedRule]


class WhyNotExplanation(Answer):
    """Varför en regel inte gällde, för var och en den prövades för."""

    release: str
    outcome: str
    rules: list[WhyNot]


class Change(Answer):
    """En omständighet som, om den vore en annan, hade gett ett annat utfall, prövat på hela ärendet."""

    subject: str
    label: str
    fact: str
    description: str
    was: str = Field(alias="is")
    would_be: str
    outcome: Outcome = Field(
        description="Vad som hade hänt: ett beslut, eller HANDLAGGARE när en människa hade frågats"
    )
    automatic: bool = Field(description="Om maskinen hade beslutat")
    proposed_outcome: Outcome | None = Field(description="Vad reglerna hade föreslagit, vem som än beslutar")
    granted: Ore | None = Field(description="Vad som hade beviljats eller föreslagits, hela ören")
    questions: list[str] = Field(description="Vad en människa eller sökanden hade frågats")


class Changes(Answer):
    """De minsta ändringarna, en omständighet i taget."""

    release: str
    outcome: str
    changes: list[Change]


class TrailEntry(Answer):
    """En post i kommunens logg, med personuppgifterna ur valvet."""

    seq: int
    entry: dict[str, Any]
    personal: dict[str, Any]
