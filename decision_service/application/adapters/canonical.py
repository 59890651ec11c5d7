"""The canonical application as JSON: ``{"schema": "ansokan/1", "application": {…}, "people": […]}``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from decision_service.application.adapters.contradictions import contradictions
from decision_service.application.adapters.intake import Intake, finished, ids_by_role
from decision_service.application.model import Application, Part, Person
from decision_service.faults import validated
from decision_service.json_input import InputError, read_json


class ApplicationDocument(Part):
    """An application and the people it names."""

    schema_: Literal["ansokan/1"] = Field(alias="schema")
    application: Application
    people: Annotated[list[Person], Field(max_length=32)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_once(self) -> ApplicationDocument:
        ids = [person.id for person in self.people]
        if doubled := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"people: samma id två gånger: {', '.join(doubled)}")
        numbers = [person.personal_number for person in self.people if person.personal_number]
        if len(set(numbers)) < len(numbers):
            raise ValueError("people: samma person finns två gånger")
        return self


def read(content: bytes) -> Intake:
    """Read the canonical application. Raises InputError with every fault."""
    data = read_json(content)
    if not isinstance(data, dict):
        raise InputError(["indata: Ansökan ska vara ett objekt."])
    document = validated(ApplicationDocument, data)
    people = document.people
    application = with_ids(document.application, people)
    return finished(application, people, contradictions(application, people))


def with_ids(application: Application, people: list[Person]) -> Application:
    """The application where plannings, activities and job applications name a person by id, not by role."""
    ids = ids_by_role(people)

    def named(row: object) -> dict[str, str | None]:
        person = getattr(row, "person", None)
        return {"person": ids.get(person, person)}

    return application.model_copy(
        update={
            "plannings": [row.model_copy(update=named(row)) for row in application.plannings],
            "planned_activities": [
                row.model_copy(update=named(row)) for row in application.planned_activities
            ],
            "job_applications": [row.model_copy(update=named(row)) for row in application.job_applications],
        }
    )
