"""What an adapter hands over: the canonical application, the people in it, and what it could not map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decision_service.application.case_file import Assumed, Person, PersonRole
from decision_service.application.form import AdultRole, Application
from decision_service.reading.faults import Model, validated
from decision_service.reading.strict_json import InputError, Opaque
from decision_service.reading.unread import Unread
from norms.fault import Fault, Path, fault

IDS = {AdultRole.APPLICANT: "p1", AdultRole.CO_APPLICANT: "p2"}
"""What an adult is called to whom the form gives no id."""
MOST_UNMAPPED = 1000
"""As many as a case file takes. Whoever sends more has not sent an application of this kind."""


@dataclass(frozen=True, slots=True)
class Intake:
    """An application as it was read.

    ``people`` is as far as the form identifies them. ``unmapped`` is money, answers that
    matter and unknown fields that a person has to look at; any of them keeps the case from the machine.
    ``assumed`` are the answers that the form never asks for and that are taken for granted.
    """

    application: Application
    people: tuple[Person, ...]
    unmapped: tuple[Unread, ...] = ()
    assumed: tuple[Assumed, ...] = ()


def require_object(data: Opaque) -> None:
    """Raises InputError for an input that is no JSON object."""
    if not isinstance(data, dict):
        raise InputError([fault("not_an_application")])


def finished(application: Application, people: list[Person], unmapped: list[Unread]) -> Intake:
    """The intake, each unread thing once. Raises InputError when too much is unmapped."""
    told = tuple(dict.fromkeys(unmapped))
    if len(told) > MOST_UNMAPPED:
        raise InputError([fault("too_much_unmapped", count=len(told))])
    return Intake(application, tuple(people), told)


def part(model: type[Model], data: Opaque, path: Path, faults: list[Fault]) -> Model | None:
    """A validated part of an input. What is wrong is added to ``faults`` at its path, and gives None."""
    try:
        return validated(model, data)
    except InputError as error:
        faults += (each.below(*path) for each in error.faults)
        return None


def ids_by_role(people: list[Person]) -> Mapping[str, str]:
    """The id of the applicant and of the co-applicant, by role."""
    adults = (PersonRole.APPLICANT, PersonRole.CO_APPLICANT)
    return {person.role.value: person.id for person in reversed(people) if person.role in adults}
