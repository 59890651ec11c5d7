"""What has come after a decision: corrections, claims, appeals, later months."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from decision_service.api.answers.shape import Answer
from decision_service.application.outcome import Decided
from decision_service.decision.document import Decision, Ore


class Claim(Answer):
    """Det som ett ändrat beslut har betalat för mycket, och vad en handläggare har avgjort om det."""

    number: int
    amount: Ore
    opened_at: datetime
    state: Literal["open", "claimed", "waived"]
    decided_at: datetime | None
    signed: str | None
    reason: str | None


class Appeal(Answer):
    """Ett överklagande: när det kom, när det senast skulle ha kommit, och vad som har gjorts med det."""

    number: int
    decision: str
    received: date
    told: date
    due: date
    in_time: bool
    text: str
    state: Literal["received", "forwarded", "dismissed"]
    reason: str | None


class LaterMonth(Answer):
    """En senare månad som kan vila på beslutet."""

    application: str
    month: str
    outcome: Decided
    granted: Ore


class AfterDecision(Answer):
    """Besluten i ärendet, det första först: det sista gäller."""

    decisions: list[Decision]
    claims: list[Claim]
    appeals: list[Appeal]
    later: list[LaterMonth]
