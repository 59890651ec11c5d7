"""The queue of tasks: which are wanted, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import ColumnElement
from sqlmodel import col

from decision_service.application.outcome import Decided
from decision_service.casework.search import words_of
from decision_service.reading.swedish_time import begin_of
from decision_service.store.tables import ApplicationRow, ApplicationState, TaskRow


class QueueSort(StrEnum):
    """What the queue is sorted by, before the deadline."""

    DEADLINE = "deadline"
    REASON = "reason"
    OUTCOME = "outcome"
    HOUSEHOLD = "household"


class HouseholdKind(StrEnum):
    """The kind of household of an application."""

    SINGLE = "ENSAM"
    SINGLE_WITH_CHILDREN = "ENSAM_BARN"
    COUPLE = "PAR"
    COUPLE_WITH_CHILDREN = "PAR_BARN"


_COLUMNS = {QueueSort.REASON: "reason", QueueSort.OUTCOME: "proposed", QueueSort.HOUSEHOLD: "household"}


@dataclass(frozen=True)
class QueueFilter:
    """Which tasks are wanted, and in which order."""

    claimed: Annotated[bool | None, Query(description="true: bara tagna, false: bara lediga")] = None
    mine: Annotated[bool, Query(description="true: bara dem som du har tagit, också de som väntar")] = False
    reason: Annotated[str | None, Query(description="Bara med det skälet, en kod", max_length=60)] = None
    outcome: Annotated[Decided | None, Query(description="Bara med det förslaget")] = None
    household: Annotated[HouseholdKind | None, Query(description="Bara det slaget av hushåll")] = None
    due_before: Annotated[date | None, Query(description="Bara de som ska vara besvarade före dagen")] = None
    sort: Annotated[QueueSort, Query(description="Ordningen; sedan efter tid")] = QueueSort.DEADLINE

    def conditions(self, who: str) -> Iterator[ColumnElement[bool]]:
        """What a row must be. ``who`` asks."""
        task, with_a_person = TaskRow, col(ApplicationRow.state) == ApplicationState.HANDLAGGARE
        if self.claimed is not None:
            taken = col(task.claimed_by)
            yield taken.is_not(None) if self.claimed else taken.is_(None)
        yield col(task.claimed_by) == who if self.mine else with_a_person
        if self.reason is not None:
            yield col(task.asked).contains(words_of([self.reason]), autoescape=True)
            yield col(ApplicationRow.protected).is_(False)
        if self.outcome is not None:
            yield col(task.proposed) == self.outcome.value
        if self.household is not None:
            yield col(task.household) == self.household.value
        if self.due_before is not None:
            yield with_a_person
            yield col(ApplicationRow.person_due_at) < begin_of(self.due_before)

    def order(self) -> list[Any]:
        """The columns to sort by."""
        first = [col(getattr(TaskRow, _COLUMNS[self.sort]))] if self.sort in _COLUMNS else []
        return [*first, col(ApplicationRow.person_due_at), col(ApplicationRow.id)]

    def place(self, row: ApplicationRow, task: TaskRow) -> tuple[str, ...]:
        """What stands in those columns."""
        first = [str(getattr(task, _COLUMNS[self.sort]))] if self.sort in _COLUMNS else []
        return (*first, row.person_due_at.isoformat(), row.id)
