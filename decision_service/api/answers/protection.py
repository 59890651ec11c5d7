"""Why somebody is protected, and what is asked of it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.planning.grounds import ProtectedBy, SaidIn


class ProtectionInList(ResponseModel):
    """Ett skydd att ta ställning till. Säger inte vem det gäller."""

    id: str
    question: str | None = Field(description="Vad som frågas; null när bara en andra person väntas")
    proposed_by: str | None = Field(description="Den som har föreslagit att skyddet tas bort")


class WholeProtection(ProtectionInList):
    """Ett skydd: vem som har sagt det och varför, och vad det har blivit av det."""

    application: str | None = Field(description="Ansökan där det sades; null när det är i planeringen")
    participant: str | None = Field(description="Deltagaren som det sades om; null när det är i en ansökan")
    standing: bool = Field(description="Om det gäller än")
    source: SaidIn
    basis: ProtectedBy
    agencies: tuple[str, ...]
    told_by: str
    until: date | None
    reason: str
    since: datetime
    proposal: str | None = Field(description="Varför det ska tas bort, enligt den som föreslog det")
    ended_at: datetime | None
