"""Participants of the planning, their occasions, and the activities that are offered."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.application.case_file import ActivityKind
from decision_service.planning.attendance import Marking
from decision_service.planning.due import TodoKind
from decision_service.planning.offered import OfferedActivity
from decision_service.planning.participation import Participation


class ThingToDo(ResponseModel):
    """En sak att göra, och sista dagen för den."""

    what: TodoKind
    day: date
    late: bool = Field(description="Om dagen har gått")


class BriefParticipant(ResponseModel):
    """En deltagare på en rad."""

    id: str
    municipality: str
    version: int
    name: str | None = Field(description="Namnet; null för den som har skyddade uppgifter")
    responsible: str = Field(description="Arbetsmarknadssekreteraren, med id")
    enrolled: bool = Field(description="Om personen är inskriven nu")
    due: list[ThingToDo] = Field(description="Vad som ska göras, det första först")


class WholeParticipant(BriefParticipant):
    """Allt om en deltagare."""

    changed_at: datetime
    participation: Participation


class PlannedOccasion(ResponseModel):
    """En aktivitet en viss dag."""

    day: date
    activity: str
    title: str
    kind: ActivityKind
    hours: int
    begins: str | None
    mark: Marking
    reported: bool = Field(description="Om deltagaren själv har checkat in")


class MarkedOccasion(ResponseModel):
    """Ett tillfälle som markerades eller rapporterades."""

    participant: str
    day: date
    activity: str


class OfferedInList(ResponseModel):
    """En aktivitet som erbjuds en grupp."""

    id: str
    activity: OfferedActivity
    places_taken: int = Field(description="Hur många som är erbjudna eller deltar")


class InGroup(ResponseModel):
    """En deltagare i en grupp en dag."""

    participant: str
    name: str | None
    activity: str
    hours: int
    mark: Marking
    reported: bool


class RowsTaken(ResponseModel):
    """Hur många rader som ändrade något."""

    rows: int


class OfferedEnded(ResponseModel):
    """Vilka som hade aktiviteten i sitt schema längre än till den sista dagen."""

    last: date
    participants: list[str]


class GroupMarked(ResponseModel):
    """Hur många som markerades."""

    marked: int
