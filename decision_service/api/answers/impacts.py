"""What other rules do to recorded decisions, and what is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.decision.document import Ore
from decision_service.impact.again import ImpactSide
from decision_service.impact.shown import ImpactFigures


class Impact(ResponseModel):
    """En körning av prövade ärenden under andra regler."""

    id: str
    release: str
    months: list[str]
    asked_at: datetime
    asked_by: str
    state: Literal["running", "done", "stopped"]
    done: int = Field(description="Hur många ärenden som är prövade igen")
    total: int
    missing: int = Field(description="Hur många som inte gick att pröva igen: gallrade till exempel")
    ended_at: datetime | None
    settled_at: datetime | None = Field(
        description="När det som skulle ha blivit annat lades ut som uppgifter"
    )


class ImpactResult(Impact):
    """En körning och vad den har kommit fram till. Belopp i öre; null där det rör färre än fem."""

    result: ImpactFigures


class ImpactOnCase(ResponseModel):
    """Ett ärende som blir annorlunda. ``rules`` är de regler som gör det."""

    application: str
    case_number: str
    month: str
    household: str
    before: ImpactSide
    after: ImpactSide
    rules: tuple[str, ...]
    owed: Ore | None = Field(description="Vad beslutet skulle ha gett mer, under noll mindre")
    decided: bool


class Settled(ResponseModel):
    """Hur många beslut som lades ut som uppgifter."""

    tasks: int


class Owed(ResponseModel):
    """Ett beslut att se över, för reglerna är rättade. Hur mycket det gäller står i ärendet."""

    application: str
    case_number: str
    month: str
    decision: str
    found_at: datetime
