"""What another law does to a population: its cost, who gains and loses, and the staircase of a wage."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.decision.document import Ore


class PopulationGroup(ResponseModel):
    """Hushåll under två regelversioner: kostnad i månaden, hur många som får mer och mindre, och ändringarnas
    kvartiler."""

    households: int
    supported_before: int = Field(description="Hushåll som får något före")
    supported_after: int
    cost_before: Ore
    cost_after: Ore
    winners: int
    losers: int
    quartiles: list[Ore] | None = Field(description="null: inget hushåll får mer eller mindre")


class PopulationStep(ResponseModel):
    """Ett trappsteg: hushåll med lön från och till, och vad som blir kvar av 100 kr högre lön i snitt."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    low: Ore = Field(alias="from")
    high: Ore = Field(alias="to")
    households: int
    kept_before: Ore
    kept_after: Ore


class PopulationEffect(ResponseModel):
    """Vad det kostar och vem det rör, och det som behövs för att räkna samma sak igen: regelversionerna,
    månaden, och fröet och antalet, eller filen."""

    draft: str | None = Field(description="Utkastets id, där det är ett utkast")
    before: str = Field(description="Regelversionen före")
    after: str = Field(description="Regelversionen efter; utkastets, som det var när det räknades")
    month: str
    municipality: str
    households: int | None = Field(description="Hur många påhittade hushåll; null: en egen fil")
    seed: int | None = Field(description="Fröet som de påhittade hushållen kommer ur")
    file: str | None = Field(description="SHA-256 av den egna filen")
    all: PopulationGroup
    kinds: dict[str, PopulationGroup]
    staircase: list[PopulationStep]
    unknown: int = Field(description="Hushåll vars summa inte är känd, och som inte är med")
    plot: str = Field(description="Trappan som bild, SVG")
