"""What all steps share: what a step knows of the day it is taken, and how it refuses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn, TypeVar

from pydantic import ConfigDict

from decision_service.application.fields import Part
from decision_service.installation.calendar import CalendarRules, months_after
from decision_service.planning.participation import Participation, Timed
from decision_service.planning.ways import Ways
from decision_service.reading.strict_json import InputError
from decision_service.store.refused import ConflictError
from norms.fault import fault


@dataclass(frozen=True, slots=True)
class Today:
    """The day a step is taken, and how the municipality works."""

    day: date
    ways: Ways
    calendar: CalendarRules


class StepTaken(Part, ABC):
    """A step with a participant. ``step`` says which in the log too. A text of spaces says nothing."""

    model_config = ConfigDict(str_strip_whitespace=True)

    step: str

    @abstractmethod
    def taken(self, person: Participation, today: Today) -> Participation:
        """The participation after the step. Raises InputError where a value of the step cannot be, and
        ConflictError where the step does not fit where the person stands."""


def changed(person: Participation, **fields: Any) -> Participation:
    """The participation with other fields."""
    return person.model_copy(update=fields)


def in_enrolment(person: Participation, **fields: Any) -> Participation:
    """The participation with other fields of the latest enrolment. Raises ConflictError after an exit."""
    require_enrolled(person)
    *before, last = person.enrolments
    return changed(person, enrolments=(*before, last.model_copy(update=fields)))


def require_enrolled(person: Participation) -> None:
    """Raises ConflictError for one who has left."""
    if person.enrolment.exit is not None:
        raise ConflictError(fault("participant_left"))


def require_not_before(day: date, earliest: date, name: str) -> None:
    """Raises InputError for a day that is too early."""
    if day < earliest:
        wrong("day_too_early", name, day=str(day), earliest=str(earliest))


def require_not_after_today(day: date, today: Today, name: str = "day") -> None:
    """Raises InputError for something that is said to have happened and has not yet."""
    if day > today.day:
        wrong("day_not_yet", name, day=str(day))


def require_soon(day: date, today: Today, name: str) -> None:
    """Raises InputError for a day further ahead than a plan of the municipality can reach, as one with a
    mistyped year."""
    latest = months_after(today.day, today.ways.plan_months)
    if day > latest:
        wrong("day_too_late", name, day=str(day), latest=str(latest))


def require_in_enrolment(person: Participation, day: date, today: Today) -> None:
    """Raises ConflictError for one who has left, and InputError for a day before the enrolment, or one that
    has not been yet."""
    require_enrolled(person)
    require_not_after_today(day, today)
    require_not_before(day, person.enrolment.day, "day")


def require_in_order(first: date, last: date | None, name: str = "last") -> None:
    """Raises InputError for a time that ends before it begins."""
    if last is not None:
        require_not_before(last, first, name)


def wrong(code: str, name: str, **values: str | int) -> NoReturn:
    """Refuse a value of a step. Raises InputError."""
    raise InputError([fault(code, name, **values)])


def replaced(rows: tuple[Any, ...], key: str, value: object, **fields: Any) -> tuple[Any, ...]:
    """Rows with other fields in the one whose ``key`` has a value. Raises InputError where none has."""
    if all(getattr(each, key) != value for each in rows):
        wrong("no_such_row", key, found=str(value))
    return tuple(each.model_copy(update=fields) if getattr(each, key) == value else each for each in rows)


Held = TypeVar("Held", bound=Timed)


def ended(one: Held, day: date) -> Held:
    """The same, that ends on a day where it did not end before."""
    return one.model_copy(update={"last": day}) if one.last is None or one.last > day else one
