"""Why: the rules behind an assessment, what would have changed it, and the trail."""

from __future__ import annotations

from decision_service.api.answers.shape import Answer
from decision_service.evaluation.explained import Change
from decision_service.reading.strict_json import Opaque
from rules.explanation import ExplainedRule, WhyNot


class Explanation(Answer):
    """Reglerna bakom en prövning. ``outcome`` är vad maskinen kom till."""

    release: str
    outcome: str
    rules: tuple[ExplainedRule, ...]


class WhyNotExplanation(Answer):
    """Varför en regel inte gällde, för var och en den prövades för."""

    release: str
    outcome: str
    rules: tuple[WhyNot, ...]


class Changes(Answer):
    """De minsta ändringarna, en omständighet i taget."""

    release: str
    outcome: str
    changes: tuple[Change, ...]


class TrailEntry(Answer):
    """En post i kommunens logg, med personuppgifterna ur valvet."""

    seq: int
    entry: dict[str, Opaque]
    personal: dict[str, Opaque]
