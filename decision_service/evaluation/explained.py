"""Why: what a child answers when it is asked for the rules behind an assessment, or for what would change it.

Published with the API, hence in Swedish.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from decision_service.application.outcome import Outcome
from decision_service.decision.document import Ore
from rules.explanation import ExplainedRule, WhyNot


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RulesBehind(_Part):
    """Reglerna bakom en prövning, med varje del av sina villkor."""

    rules: tuple[ExplainedRule, ...]


class RulesSilent(_Part):
    """Varför en regel inte gällde, för var och en den prövades för."""

    rules: tuple[WhyNot, ...]


class ChangedCircumstance(_Part):
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
    questions: tuple[str, ...] = Field(description="Vad en människa eller sökanden hade frågats")


class Circumstances(_Part):
    """De minsta ändringarna, en omständighet i taget."""

    changes: tuple[ChangedCircumstance, ...]


Explained = RulesBehind | RulesSilent | Circumstances
"""Everything that is explained of a case."""
