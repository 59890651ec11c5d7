"""A case with a person: the task, and the answers that are given to its questions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.application.case_file import AdultsActivity, MonthDecided
from decision_service.application.outcome import Decided, Outcome
from decision_service.casework.causes import CauseInTask
from decision_service.casework.overview import (
    AskedAndAnswered,
    LastMonth,
    Note,
    OtherApplication,
    Proposal,
    RaisedQuestion,
    RegisterPayment,
    RegisterState,
    TaskQuestion,
)
from decision_service.decision.document import (
    Calculation,
    Communication,
    LineChange,
    Ore,
    Reason,
    Unconfirmed,
    Who,
)
from decision_service.reading.strict_json import Opaque
from decision_service.store.tables import ApplicationState


class Task(ResponseModel):
    """En uppgift i kön. Säger inget om varför: det kan vara att personen är skyddad."""

    application: str
    case_number: str
    municipality: str
    month: str
    state: ApplicationState
    version: int
    opened_at: datetime
    answer_by: datetime | None = Field(description="Senast då nästa steg kommer från kommunen")
    asked_until: datetime | None = Field(description="Till när sökanden har tid att svara, när klockan står")
    escalation: int = Field(description="0 i tid, 1 tiden går snart ut, 2 hos chefen")
    breached: bool
    claimed_by: str | None
    awaits_approval: bool
    question_count: int
    proposed_outcome: Decided | None = Field(description="Vad prövningen föreslår")
    household: str = Field(description="ENSAM, ENSAM_BARN, PAR eller PAR_BARN")


class Awaiting(ResponseModel):
    """Ett beslut som väntar på en kollega."""

    outcome: Decided
    granted: Ore
    changes: tuple[LineChange, ...] = Field(description="Raderna som kollegan har ändrat")
    reason: str
    told: Communication | None = Field(description="Hur sökanden har fått veta vad beslutet vilar på")


class WholeTask(Task):
    """Allt som behövs för att avgöra en uppgift."""

    protected: bool = Field(description="Skyddade personuppgifter: hantera varsamt")
    assessment: int | None = Field(description="Den senaste prövningens nummer, som ett beslut tar upp")
    questions: tuple[TaskQuestion, ...]
    causes: tuple[CauseInTask, ...] = Field(
        description="Försörjningshinder för var och en av de vuxna, som besluten ska räknas på"
    )
    proposal: Proposal | None
    calculation: Calculation | None
    unconfirmed: tuple[Unconfirmed, ...] = Field(description="Vad som ingen har bekräftat")
    unread: tuple[str, ...] = Field(description="Vad i ärendet som inte gick att tolka")
    awaiting: Awaiting | None
    last_month: LastMonth | None
    registers: tuple[RegisterState, ...]
    payments: tuple[RegisterPayment, ...] = Field(description="Registrens utbetalningar, de senaste först")
    history: tuple[MonthDecided, ...] = Field(description="Tidigare månader, belopp i kronor")
    activity: tuple[AdultsActivity, ...] = Field(description="Planering och närvaro")
    completions: tuple[AskedAndAnswered, ...]
    raised: tuple[RaisedQuestion, ...] = Field(description="Alla frågor som ärendet har väckt")
    notes: tuple[Note, ...]
    others: tuple[OtherApplication, ...]
    content: dict[str, Opaque] = Field(description="Ansökan i kanonisk form")


class GivenAnswer(ResponseModel):
    """Ett svar på en fråga."""

    id: str
    question: str = Field(description="Frågans id")
    asked: str = Field(description="Frågan som den ställdes")
    code: str
    label: str
    fact: str | None = Field(description="Uppgiften som svaret ger, med vokabulärens ord")
    value: Any = Field(description="Som den som svarade skrev det; belopp i kronor")
    by: str
    role: Who
    at: datetime
    reason: str
    until: date | None = Field(description="Sista dagen som en senare månad får börja")
    withdrawn_at: datetime | None = Field(description="När svaret togs tillbaka eller ersattes")


class LookedAt(ResponseModel):
    """Vad en prövning kom till, och vad den frågar."""

    outcome: Outcome
    proposed_outcome: Outcome | None
    calculation: Calculation
    questions: tuple[Reason, ...]


class TriedOut(ResponseModel):
    """Prövningen som den är, och som den skulle bli med svaren."""

    before: LookedAt | None
    after: LookedAt
