"""An application, how it stands, and what has come with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.application.document_kind import DocumentKind
from decision_service.application.form_questions import AnswerWay
from decision_service.application.outcome import Decided, Outcome
from decision_service.decision.document import Ore
from decision_service.decision.takes import Takes
from decision_service.store.tables import ApplicationState


class AnswerInForm(ResponseModel):
    """Platsen i ansökan där ett svar hör hemma."""

    pointer: str = Field(description="JSON-pekare i den kanoniska ansökan med application och people")
    form_fields: list[str] = Field(description="Fälten i formuläret som skickades, med dess egna namn")
    way: AnswerWay = Field(
        description="Hur svaret skrivs: ett värde, ett kryss, text, en månad, fält eller rader"
    )
    fields: list[str] = Field(description="Fälten som ett svar, eller en rad i det, får ha")
    sentence: str


class AskedFor(ResponseModel):
    """En sak som sökanden ska komplettera med eller får yttra sig över."""

    id: str = Field(description="Frågans id: svara med det")
    code: str
    question: str
    label: str
    subject: str | None = Field(description="Vem eller vad frågan gäller, id i ärendet")
    fact: str | None = Field(description="Uppgiften som saknas, med vokabulärens ord")
    provision: str
    takes: Takes | None = Field(description="Värdet som svaret är, när frågan gäller ett enda värde")
    answer: AnswerInForm | None = Field(description="Var i ansökan svaret hör hemma, och hur det skrivs där")
    answered: bool = Field(description="Om frågan har fått ett svar som väntar på de andra")


class CompletionAsked(ResponseModel):
    """Vad sökanden är ombedd om, eller får yttra sig över, och till när."""

    number: int
    answer_by: datetime
    asked: list[AskedFor]


class BriefDecision(ResponseModel):
    """Ett beslut på en rad."""

    id: str
    outcome: Decided
    granted: Ore
    automatic: bool
    decided_at: datetime


class ApplicationStatus(ResponseModel):
    """Hur en ansökan står."""

    id: str
    case_number: str = Field(description="Ärendets nummer, det som står i breven och på betalningen")
    municipality: str
    month: str
    state: ApplicationState
    version: int
    received_at: datetime
    answer_by: datetime | None = Field(description="Senast då nästa steg kommer från kommunen")
    clock: Literal["går", "står"] = Field(
        description="Om klockan går, eller står medan sökanden svarar eller registren inte känner månaden än"
    )
    waits_until: date | None = Field(
        description="Dagen som beslutet väntar till, då registren känner månaden; svar kommer inom 24 timmar"
    )
    completion: CompletionAsked | None
    communication: CompletionAsked | None = Field(
        description="Vad myndigheterna har uppgett, som sökanden får yttra sig över före beslutet"
    )
    decision: BriefDecision | None


class DecisionSent(ApplicationStatus):
    """Hur en ansökan står när en handläggare har beslutat, eller lagt fram ett beslut."""

    awaits_approval: bool = Field(description="Om beslutet väntar på att en kollega godkänner det")


class Overdue(ApplicationStatus):
    """En ansökan som inte är besvarad i tid."""

    breached_at: datetime | None


class BriefAssessment(ResponseModel):
    """En prövning på en rad."""

    number: int = Field(description="Prövningens nummer i ärendet, från 1")
    made_at: datetime
    outcome: Outcome
    automatic: bool = Field(description="Om maskinen fick besluta själv")
    release: str = Field(description="Regelversionen")


class SentDocument(ResponseModel):
    """Ett dokument som sökanden har skickat."""

    id: str
    name: str
    kind: DocumentKind = Field(description="Slaget, som innehållet visar")
    size: int = Field(description="Byte")
    sha256: str
    question: str | None = Field(description="Frågan som dokumentet besvarar")
    received_at: datetime
