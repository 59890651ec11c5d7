"""A letter as a structure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.decision.document import Ore


class DecisionLetterRow(ResponseModel):
    """En rad av beräkningen i ett brev."""

    text: str
    amount: Ore | None = Field(description="null för en rubrik")
    provision: str = Field(description="Lagrummet som raden vilar på, tomt för en summa")


class DecisionLetterPart(ResponseModel):
    """Ett stycke av ett brev."""

    heading: str
    paragraphs: list[str]
    items: list[str]
    table: list[DecisionLetterRow]
    verbatim: str
    qr: str
    provisions: list[str]
    framed: bool = Field(default=False, description="Avsnittet står i en ruta")


class ExplainedLetter(ResponseModel):
    """Vad brevet säger, kort och på ett annat språk. Det är brevet på svenska som gäller."""

    language: str = Field(description="sv (lätt svenska), en eller ar")
    name: str = Field(description="Språket med dess eget namn")
    direction: Literal["ltr", "rtl"]
    applies: str = Field(description="Att det är brevet på svenska som gäller, på språket")
    paragraphs: list[str]


class LetterAddressee(ResponseModel):
    """Vem ett brev är till."""

    person: str = Field(description="Personens id i ärendet")
    name: str
    personal_number: str | None
    address: list[str] = Field(description="Adressens rader. Tom när den inte är känd eller är skyddad")
    digital_mailbox: bool | None = Field(
        description="Om brev når personen digitalt; null när det inte är känt"
    )
    protected: bool = Field(description="Skyddade personuppgifter: adressen får inte användas")


class DecisionLetter(ResponseModel):
    """Beslutsbrevet som struktur."""

    schema_: Literal["brev/1"] = Field(alias="schema")
    kind: str
    sender: str
    to: LetterAddressee
    date: date
    reference: str = Field(description="Ärendets nummer")
    title: str
    parts: list[DecisionLetterPart]
    explained: list[ExplainedLetter] = Field(
        default_factory=list, description="Brevet i korthet på andra språk; ingen del av brevet"
    )
