"""What is known of a person beside applications, and when they are paid."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.application.case_file import AttendedSession, MonthDecided, Plan
from decision_service.reading.strict_json import Opaque


class PersonsActivity(ResponseModel):
    """En persons planering och närvaro."""

    plan: Plan
    sessions: list[AttendedSession]
    changed_at: datetime


class OwnEvent(ResponseModel):
    """Något som har hänt i ett ärende, ur loggen."""

    entry: int
    at: datetime | None
    by: str
    who: str
    what: str
    why: str


class OwnData(ResponseModel):
    """Allt som finns om en person, till personen. ``withheld`` säger vad som är utelämnat, ``to_read`` vad
    någon ska läsa igenom före utlämnandet."""

    schema_: str = Field(alias="schema")
    municipality: str
    personal_number: str
    made_at: datetime
    withheld: list[str]
    to_read: str
    applications: list[dict[str, Opaque]]
    plan: list[dict[str, Opaque]]
    participation: list[dict[str, Opaque]]
    history: list[dict[str, Opaque]]
    proposed_history: list[dict[str, Opaque]]
    protection: list[dict[str, Opaque]]
    log: list[OwnEvent]


class ProposedMonths(ResponseModel):
    """Månader från ett äldre system som väntar på att en kollega godkänner dem. Säger inte vem de gäller."""

    id: str
    proposed_at: datetime
    proposed_by: str
    months: int


class WholeProposedMonths(ProposedMonths):
    """Det som ska godkännas: månaderna, och om det inte fanns några före dem."""

    complete: bool
    decided: list[MonthDecided]


class MonthsTaken(ResponseModel):
    """Hur många månader som togs med; 0 när de inte godkändes."""

    months: int


class PayDay(ResponseModel):
    """Månadens utbetalningsdag."""

    month: str
    pay_day: date
