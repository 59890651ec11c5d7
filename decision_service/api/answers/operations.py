"""What whoever runs or connects the service sees."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel


class Webhook(ResponseModel):
    """En mottagare av händelser."""

    id: str
    url: str
    created_at: datetime
    failing_since: datetime | None = Field(description="Sedan då den inte har svarat")
    error: str | None = Field(description="Varför det senaste inte gick fram, eller varför den är avstängd")
    switched_off_at: datetime | None = Field(description="Då den stängdes av; inget skickas")


class NewWebhook(Webhook):
    """En ny mottagare, med hemligheten som bara visas nu."""

    secret: str


class Undelivered(ResponseModel):
    """Ett meddelande som inte försöks igen av sig självt."""

    key: str
    kind: str
    application: str | None
    created_at: datetime
    attempts: int
    error: str | None


class MessageKey(ResponseModel):
    """Nyckeln till ett meddelande."""

    key: str


class Health(ResponseModel):
    """Att processen lever."""

    status: Literal["ok"]


class ReadyCheck(ResponseModel):
    """En kontroll."""

    name: str
    ok: bool
    why: str | None = Field(description="Varför den inte går igenom, null när den gör det")


class Readiness(ResponseModel):
    """Om tjänsten kan ta emot och besluta."""

    ready: bool
    checks: list[ReadyCheck]


class ProblemExplained(ResponseModel):
    """Vad en feltyp betyder."""

    type: str
    status: int
    title: str
    detail: str


class LogToCheck(ResponseModel):
    """What an outsider checks the municipality's log with."""

    keys: list[str] = Field(description="Publika nycklar i C2SP-form; den som gäller står sist")
    checkpoint: str | None = Field(description="Den senaste underskrivna checkpointen (C2SP)")
