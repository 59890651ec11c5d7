"""How a municipality works with planning: the times within which things are done, from ``arbetssatt.yaml``.

No time here is law. They say when something is to be done; nothing follows of itself when it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from decision_service.installation.values import TenantText, Whole, between
from norms import document
from norms.status import Status
from rules.schema import FileModel, YesNo, validate

FILE = Path(__file__).with_name("arbetssatt.yaml")


class _Choice(FileModel):
    source: Annotated[str, StringConstraints(min_length=1)] = Field(alias="källa")
    status: Status


class NumberOfWay(_Choice):
    """A time, with where it comes from."""

    value: Annotated[Whole, between(1, 90)] = Field(alias="värde")


class ChoiceOfWay(_Choice):
    """Whether something belongs to the process, with where that is said."""

    value: YesNo = Field(alias="värde")


class _Own(FileModel):
    """What one municipality says itself."""

    meeting: NumberOfWay | None = Field(default=None, alias="möte_inom_arbetsdagar")
    planning_week: ChoiceOfWay | None = Field(default=None, alias="planeringsvecka")
    plan_months: NumberOfWay | None = Field(default=None, alias="plan_månader")
    follow_up_days: NumberOfWay | None = Field(default=None, alias="uppföljning_dagar")
    self_assessment_months: NumberOfWay | None = Field(default=None, alias="självskattning_månader")
    return_months: NumberOfWay | None = Field(default=None, alias="återkomst_månader")
    contact: NumberOfWay | None = Field(default=None, alias="kontakt_inom_arbetsdagar")


class _Standard(FileModel):
    meeting: NumberOfWay = Field(alias="möte_inom_arbetsdagar")
    planning_week: ChoiceOfWay = Field(alias="planeringsvecka")
    plan_months: NumberOfWay = Field(alias="plan_månader")
    follow_up_days: NumberOfWay = Field(alias="uppföljning_dagar")
    self_assessment_months: NumberOfWay = Field(alias="självskattning_månader")
    return_months: NumberOfWay = Field(alias="återkomst_månader")
    contact: NumberOfWay = Field(alias="kontakt_inom_arbetsdagar")


class _File(FileModel):
    standard: _Standard
    municipalities: Mapping[TenantText, _Own] = Field(alias="kommuner")


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of one municipality: working days to the first meeting and to the contact after a broken
    planning, months of a plan, days between follow-ups, months between self-assessments, and months within
    which a return undoes the exit."""

    meeting: int
    planning_week: bool
    plan_months: int
    follow_up_days: int
    self_assessment_months: int
    return_months: int
    contact: int


@cache
def _file(path: Path) -> _File:
    return validate(_File, document.read(path))


def ways_of(municipality: str, path: Path = FILE) -> Ways:
    """The ways of a municipality, the standard where it says nothing. Raises FindingsError for a file that
    does not hold."""
    found = _file(path)
    own = found.municipalities.get(municipality, _Own())
    said = {
        name: (getattr(own, name) or getattr(found.standard, name)).value for name in _Standard.model_fields
    }
    return Ways(**said)
