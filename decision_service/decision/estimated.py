"""The answer of a trial calculation. Every amount is whole öre. Published with the API, hence in Swedish."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from decision_service.application.codes import ASSUMED_IN_ESTIMATE
from decision_service.decision.texts import with_applied
from rules.rule import Section

Ore = Annotated[StrictInt, Field(description="Hela ören")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class EstimatedLine(_Part):
    """En rad i en provberäkning."""

    kind: str
    part: Section
    rule: str
    provision: str
    subject: str | None
    what: str = Field(description="Vad raden är för, utan belopp")
    applied: Ore | None
    amount: Ore
    text: str

    @property
    def in_row(self) -> str:
        """The line where its amount stands beside it."""
        return with_applied(self.what, self.applied, self.amount)


class UnconfirmedAmount(_Part):
    """Ett belopp ur normtabellerna som raderna vilar på och som ingen har bekräftat."""

    series: str
    label: str
    amount: StrictInt = Field(
        description="Beloppet i enheten ``unit``, i minsta delar: ören, hundradels procent"
    )
    unit: str
    status: str
    source: str


class AssumedInEstimate(StrEnum):
    """Vad en provberäkning tar för givet."""

    LUNCH = "lunch"
    SCHOOL = "school"
    WHOLE_MONTH = "whole_month"
    AFTER_TAX = "after_tax"
    NO_JOB_STIMULUS = "no_job_stimulus"


class EstimateAssumption(_Part):
    """Något som är taget för givet, med den ålder i reglerna som det gäller från eller till."""

    code: AssumedInEstimate
    age: StrictInt | None = None

    @property
    def text(self) -> str:
        """In words."""
        return ASSUMED_IN_ESTIMATE[self.code].format(ålder=self.age)


class EstimateDocument(_Part):
    """En provberäkning i hela ören. ``result`` under noll är ett underskott."""

    month: str
    municipality: str | None
    release: str
    norm: Ore
    family_cost: Ore
    common_cost: Ore
    costs: Ore
    other_costs: Ore
    income: Ore
    result: Ore
    lines: tuple[EstimatedLine, ...]
    unconfirmed: tuple[UnconfirmedAmount, ...]
    assumed: tuple[EstimateAssumption, ...]
    assumptions: tuple[str, ...] = Field(description="Vad som är taget för givet, i ord")
