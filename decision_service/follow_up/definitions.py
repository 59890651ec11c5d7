"""What the figures of the labour-market process mean: ``definitioner.yaml``, with sources and a version."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from decision_service.installation.values import Whole, between
from decision_service.reading.sentences import sentences
from norms import document
from norms.fault import MisfitError, fault
from norms.status import Status
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("definitioner.yaml")
Text = Annotated[str, StringConstraints(min_length=1)]


class Measure(StrEnum):
    """A figure that is told."""

    ENROLLED = "enrolled"
    ENDED = "ended"
    SHARE_ENDED = "share_ended"
    WORK_OR_STUDIES = "work_or_studies"
    WORK = "work"
    STUDIES = "studies"
    SHARE_WORK_OR_STUDIES = "share_work_or_studies"
    OTHER = "other"
    REMAIN = "remain"
    ASSIGNED = "assigned"
    DECLINED = "declined"
    REFUSED = "refused"
    REDUCED = "reduced"
    HOURS_OFFERED = "hours_offered"
    HOURS_ASSIGNED = "hours_assigned"
    HOURS_ATTENDED = "hours_attended"
    HOURS_UNMARKED = "hours_unmarked"
    HOUSEHOLDS = "households"
    PERSONS = "persons"
    CHILDREN = "children"
    PAID = "paid"
    LONG_TERM = "long_term"
    SHARE_AUTOMATED = "share_automated"
    DAYS_TO_CONTACT = "days_to_contact"
    DAYS_TO_DECISION = "days_to_decision"
    WAITING_DAYS = "waiting_days"
    DAYS_TO_MEETING = "days_to_meeting"
    ASKED = "asked"
    FOLLOWED = "followed"
    ERROR_RATE = "error_rate"


class Definition(FileModel):
    """What a figure is called, what is counted, where that is said, and how sure it is. ``number`` is one
    that the meaning names, ``rules`` are those that it counts by, ``unit`` is what it is counted in."""

    name: Text = Field(alias="namn")
    meaning: Text = Field(alias="betyder")
    source: Text = Field(alias="källa")
    status: Status
    unit: str = Field(default="", alias="enhet")
    number: Annotated[Whole, between(1, 1000)] | None = Field(default=None, alias="tal")
    rules: tuple[Text, ...] = Field(default=(), alias="regler")


_WITH_NUMBER = (Measure.LONG_TERM, Measure.WAITING_DAYS)
"""The measures that are counted with the number of their definition."""


class Definitions(FileModel):
    """The file. Figures of two versions are not to be compared."""

    version: Annotated[Whole, between(1, 10_000)]
    measures: Mapping[Measure, Definition] = Field(alias="mått")

    @model_validator(mode="after")
    def _with_numbers(self) -> Self:
        for measure in _WITH_NUMBER:
            if (found := self.measures.get(measure)) is not None and found.number is None:
                raise MisfitError(fault("measure_without_number", "mått", measure))
        return self

    def number_of(self, measure: Measure) -> int:
        """The number that a measure is counted with."""
        found = self.measures[measure].number
        if found is None:
            raise LookupError(f"{measure} is counted with no number")
        return found


@cache
def definitions() -> Definitions:
    """The definitions. Raises FindingsError for a file that does not hold."""
    return validate(Definitions, document.read(FILE), said=sentences)
