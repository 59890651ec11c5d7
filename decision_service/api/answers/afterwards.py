"""What has come after a decision: corrections, claims, appeals, later months."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.application.outcome import Decided
from decision_service.casework.causes import KnownCause
from decision_service.casework.claims import Lowering
from decision_service.decision.document import CorrectionKind, Decision, LineChange, Ore


class LoweredClaim(ResponseModel):
    """Det som har tagits av ett krav, eller väntar på en kollega: efterges, tas tillbaka för att kravet var
    fel, eller räknas av mot det ett senare beslut ger."""

    number: int
    how: Lowering
    amount: Ore
    paid: Ore = Field(description="Vad som var betalt på kravet då")
    reason: str
    proposed_at: datetime
    signed: str
    state: Literal["waiting", "done", "refused"]
    ended_at: datetime | None
    second: str | None
    answer: str | None = Field(description="Varför kollegan sade nej")


class Claim(ResponseModel):
    """Det som ett ändrat beslut har betalat för mycket, och vad en handläggare har avgjort om det."""

    number: int
    amount: Ore
    opened_at: datetime
    state: Literal["open", "claimed", "waived", "withdrawn"] = Field(
        description="withdrawn: inget krävs längre, för kravet var fel eller ett senare beslut ger pengarna"
    )
    left: Ore = Field(description="Vad som är kvar att avgöra, eller krävs")
    decided_at: datetime | None
    signed: str | None
    reason: str | None
    lowered: list[LoweredClaim]


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
    already: Ore = Field(description="Vad av det som ges mer som sökanden redan har, och inte betalas ut")
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
    had: Ore = Field(description="Vad sökanden har fått för mycket, och inget senare beslut har gett")
    claims: list[Claim]
    appeals: list[Appeal]
    later: list[LaterMonth]
    owed: list[OwedByRules]
    causes: list[KnownCause] = Field(description="Försörjningshinder, så som de är kända nu")
