"""Rules, amounts and releases, which everybody may read."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel


class Valid(ResponseModel):
    """Månaderna som något gäller, den sista null när inget slut är känt."""

    first: str = Field(alias="from")
    last: str | None = Field(alias="to")


class RuleInList(ResponseModel):
    """En regel i listan."""

    id: str
    title: str
    stage: str
    municipality: str | None
    valid: Valid
    status: str
    confirmed: bool
    provisions: list[str]
    file: str
    line: int


class RuleList(ResponseModel):
    """Kommunens regler under en regelversion."""

    release: str
    items: list[RuleInList]


class _Cited(ResponseModel):
    text: str


class LawInRule(Valid, _Cited):
    """Ett lagrum som en regel vilar på, och när det gäller."""


class QuestionInRule(ResponseModel):
    """En fråga som en regel ställer, på varje språk, och vad som besvarar den."""

    asked: str
    reason: str
    text: dict[str, str]
    answer: str


class RuleVersion(RuleInList):
    """En lydelse av en regel."""

    law: list[LawInRule]
    subject: str | None
    condition: str
    reads: list[dict[str, str]]
    lines: list[dict[str, str]]
    concludes: list[dict[str, str]]
    requires: list[str]
    questions: list[QuestionInRule]
    exception_from: list[str]
    exceptions: list[str]
    what: dict[str, str] = Field(
        description="Vad regelns rad i beräkningen är för (benämning), där regeln säger det"
    )
    texts: dict[str, str]
    note: str | None
    source: str = Field(description="Regeln som den står i filen")


class RuleVersions(ResponseModel):
    """En regel i alla sina lydelser."""

    release: str
    id: str
    versions: list[RuleVersion]


class TableKey(ResponseModel):
    """Vad en tabells nycklar räknar."""

    name: str
    unit: str


class AmountInTable(ResponseModel):
    """Ett belopp i en tabell, med var det står och hur säkert det är."""

    keys: list[list[int | None]] = Field(description="Från och med, till och med; null utan slut")
    value: int | None = Field(description="Ören när enheten är kr, hundradels procent när den är procent")
    text: str | None = Field(description="Som det står i filen")
    status: str
    confirmed: bool
    source: str
    note: str
    accepted: str | None = Field(description="Varför ett belopp som avviker har godkänts")
    file: str
    line: int


class _Further(ResponseModel):
    dimension: str


class FurtherAmount(AmountInTable, _Further):
    """Vad varje nyckel utöver den sista lägger till."""


class AmountTable(ResponseModel):
    """En tabell av belopp."""

    name: str
    title: str
    unit: str
    dimensions: list[TableKey]
    municipal: bool
    provision: str
    sfs: str | None
    valid: Valid
    note: str
    cells: list[AmountInTable]
    further: FurtherAmount | None


class NormsOfMonth(ResponseModel):
    """En månads belopp."""

    release: str
    month: str
    municipality: str | None
    municipality_name: str | None
    fictitious: bool
    series: list[AmountTable]


class ReleaseInList(ResponseModel):
    """En regelversion i listan."""

    id: str
    published: datetime
    files: int


class ReleaseFile(ResponseModel):
    """En fil i en regelversion."""

    name: str
    sha256: str


class Release(ResponseModel):
    """En regelversion fil för fil."""

    id: str
    published: datetime
    files: list[ReleaseFile]
