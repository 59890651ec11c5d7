"""Why: the rules behind an assessment, what would have changed it, and the trail."""

from __future__ import annotations

from decision_service.api.answers.shape import ResponseModel
from decision_service.evaluation.explained import ChangedCircumstance
from decision_service.reading.strict_json import Opaque
from rules.explanation import ExplainedRule, WhyNot


class Explanation(ResponseModel):
    """Reglerna bakom en prövning. ``outcome`` är vad maskinen kom till."""

    release: str
    outcome: str
    rules: tuple[ExplainedRule, ...]


class WhyNotExplanation(ResponseModel):
    """Varför en regel inte gällde, för var och en den prövades för."""

    release: str
    outcome: str
    rules: tuple[WhyNot, ...]


class SmallestChanges(ResponseModel):
    """De minsta ändringarna, en omständighet i taget."""

    release: str
    outcome: str
    changes: tuple[ChangedCircumstance, ...]


class TrailEntry(ResponseModel):
    """En post i kommunens logg, med personuppgifterna ur valvet."""

    seq: int
    entry: dict[str, Opaque]
    personal: dict[str, Opaque]
