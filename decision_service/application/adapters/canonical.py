"""The canonical application as JSON: ``{"schema": "ansokan/1", "application": {…}, "people": […]}``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from decision_service.application.adapters.intake import Intake, finished, ids_by_role, require_object
from decision_service.application.case_file import Person, people_faults
from decision_service.application.fields import Part
from decision_service.application.form import Application, JobApplication, PlannedActivity, Planning
from decision_service.reading.faults import validated
from norms.fault import MisfitError


class ApplicationDocument(Part):
    """An application and the people it names."""

    schema_: Literal["ansokan/1"] = Field(alias="schema")
    application: Application
    people: Annotated[list[Person], Field(max_length=32)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_once(self) -> ApplicationDocument:
        if faults := list(people_faults(self.people)):
            raise MisfitError(*faults)
        return self


def read(data: Any) -> Intake:
    """Read the canonical application. Raises InputError with every fault."""
    require_object(data)
    document = validated(ApplicationDocument, data)
    people = document.people
    application = with_ids(document.application, people)
    return finished(application, people, [])


def with_ids(application: Application, people: list[Person]) -> Application:
    """The application where plannings, activities and job applications name a person by id, not by role."""
    ids = ids_by_role(people)

    def named(row: Planning | PlannedActivity | JobApplication) -> dict[str, str | None]:
        return {"person": ids.get(row.person, row.person) if row.person is not None else None}

    return application.model_copy(
        update={
            "plannings": [row.model_copy(update=named(row)) for row in application.plannings],
            "planned_activities": [
                row.model_copy(update=named(row)) for row in application.planned_activities
            ],
            "job_applications": [row.model_copy(update=named(row)) for row in application.job_applications],
        }
    )
