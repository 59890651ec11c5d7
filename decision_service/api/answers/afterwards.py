"""What has come after a decision: corrections, claims, appeals, later months."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.application.outcome import Decided
from decision_service.casework.causes import KnownCause
from decision_service.decision.document import CorrectionKind, Decision, LineChange, Ore


class Claim(ResponseModel):
    """Det som ett ändrat beslut har betalat för mycket, och vad en handläggare har avgjort om det."""

    number: int
    amount: Ore
    opened_at: datetime
    state: Literal["open", "claimed", "waived"]
    decided_at: datetime | None
    signed: str | None
    reason: str | None


class Appeal(ResponseModel):
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


class LaterMonth(ResponseModel):
    """En senare månad som kan vila på beslutet."""

    application: str
    month: str
    outcome: Decided
    granted: Ore


class AwaitingCorrection(ResponseModel):
    """En ändring av ett beslut som väntar på en kollega. Listan säger inget om vad som ändras."""

    application: str
    case_number: str
    month: str
    kind: CorrectionKind
    proposed_at: datetime
    proposed_by: str = Field(description="Namn och titel på den som lade fram den")


class ProposedCorrection(AwaitingCorrection):
    """Samma, med det som ska beslutas."""

    decision: str = Field(description="Beslutet som skulle ändras")
    court: str | None
    outcome: Decided
    granted: Ore
    changes: tuple[LineChange, ...]
    reason: str


class OwedByRules(ResponseModel):
    """Ett beslut som rättade regler skulle ha gett en annan summa, och som ingen har ändrat än."""

    decision: str
    amount: Ore | None = Field(description="Vad det skulle ha gett mer, under noll mindre; null: räkna själv")
    found_at: datetime


class AfterDecision(ResponseModel):
    """Besluten i ärendet, det första först: det sista gäller."""

    decisions: list[Decision]
    awaiting: ProposedCorrection | None = Field(description="Ändringen som väntar på en kollega")
    claims: list[Claim]
    appeals: list[Appeal]
    later: list[LaterMonth]
    owed: list[OwedByRules]
    causes: list[KnownCause] = Field(description="Försörjningshinder, så som de är kända nu")
