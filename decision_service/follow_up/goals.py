"""The municipality's own goals, from ``mal.yaml``, and how far a figure is from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from decision_service.follow_up.definitions import Measure
from decision_service.installation.values import TenantText, Whole, between
from decision_service.reading.sentences import sentences
from norms import document
from norms.fault import MisfitError, fault
from norms.status import Status
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("mal.yaml")
Text = Annotated[str, StringConstraints(min_length=1)]


class Goal(FileModel):
    """A figure that is to be at least, or at most, so much."""

    measure: Measure = Field(alias="mått")
    least: Annotated[Whole, between(0, 1_000_000_000)] | None = Field(default=None, alias="minst")
    most: Annotated[Whole, between(0, 1_000_000_000)] | None = Field(default=None, alias="högst")
    source: Text = Field(alias="källa")
    status: Status

    @model_validator(mode="after")
    def _one_way(self) -> Goal:
        if (self.least is None) is (self.most is None):
            raise MisfitError(fault("goal_without_way"))
        return self

    @property
    def value(self) -> int:
        """The goal as a number."""
        return self.least if self.least is not None else self.most or 0


class _File(FileModel):
    municipalities: Mapping[TenantText, tuple[Goal, ...]] = Field(alias="kommuner")


@dataclass(frozen=True)
class GoalProgress:
    """A goal and where the figure stands: ``left`` is what is missing, 0 where it is reached, None where the
    figure is not shown."""

    goal: Goal
    stands: float | None
    left: float | None


@cache
def _file(path: Path) -> _File:
    return validate(_File, document.read(path), said=sentences)


def progress(
    municipality: str, figures: Mapping[Measure, float | None], path: Path = FILE
) -> list[GoalProgress]:
    """Each goal of a municipality, with its figure. Raises FindingsError for a file that does not hold."""
    found = []
    for goal in _file(path).municipalities.get(municipality, ()):
        stands = figures.get(goal.measure)
        left = None
        if stands is not None:
            left = max(0, goal.value - stands if goal.least is not None else stands - goal.value)
        found.append(GoalProgress(goal, stands, left))
    return found
