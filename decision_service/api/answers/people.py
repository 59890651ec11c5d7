"""What is known of a person beside applications, and when they are paid."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from decision_service.api.answers.shape import Answer


class PersonsActivity(Answer):
    """En persons planering och närvaro."""

    plan: dict[str, Any]
    sessions: list[dict[str, Any]]
    changed_at: datetime


class OwnData(Answer):
    """Allt som finns om en person, till personen. ``withheld`` säger vad som är utelämnat, ``to_read`` vad
    någon ska läsa igenom före utlämnandet."""

    schema_: str = Field(alias="schema")
    municipality: str
    personal_number: str
    made_at: datetime
    withheld: list[str]
    to_read: str
    applications: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    participation: list[dict[str, Any]]
    history: list[dict[str, Any]]
    proposed_history: list[dict[str, Any]]
    log: list[dict[str, Any]]


class ProposedMonths(Answer):
    """Månader från ett äldre system som väntar på att en kollega godkänner dem. Säger inte vem de gäller."""

    id: str
    proposed_at: datetime
    proposed_by: str
    months: int


class WholeProposedMonths(ProposedMonths):
    """Det som ska godkännas: månaderna, och om det inte fanns några före dem."""

    complete: bool
    decided: list[dict[str, Any]]


class MonthsTaken(Answer):
    """Hur många månader som togs med; 0 när de inte godkändes."""

    months: int


class PayDay(Answer):
    """Månadens utbetalningsdag."""

    month: str
    pay_day: date
