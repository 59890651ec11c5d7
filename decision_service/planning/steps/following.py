"""Steps while the plan runs: follow-up, self-assessment, steps forward, and a plan that is not followed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from decision_service.application.fields import Day
from decision_service.planning.participation import (
    Breach,
    Documentation,
    FollowUp,
    Line,
    Note,
    Participation,
    SelfAssessment,
    StepForward,
    Words,
)
from decision_service.planning.steps.step import (
    StepTaken,
    Today,
    changed,
    replaced,
    require_in_enrolment,
    require_not_after_today,
    require_not_before,
    wrong,
)
from decision_service.store.refused import ConflictError
from norms.fault import fault

Number = Annotated[StrictInt, Field(ge=1)]


class FollowUpStep(StepTaken):
    """The weekly meeting: what was done, and what is next."""

    step: Literal["follow_up"]
    day: Day
    held: StrictBool
    valid_reason: StrictBool = False
    broad_job_search: StrictBool | None = None
    jobs_applied: Annotated[StrictInt, Field(ge=0, le=500)] | None = None
    done: Note = ""
    next: Note = ""

    def taken(self, person: Participation, today: Today) -> Participation:
        """One a day; a second word on the same day takes the place of the first."""
        require_in_enrolment(person, self.day, today)
        found = FollowUp(**self.model_dump(exclude={"step"}))
        kept = [each for each in person.follow_ups if each.day != self.day]
        return changed(person, follow_ups=tuple(sorted([*kept, found], key=lambda each: each.day)))


class SelfAssessmentStep(StepTaken):
    """The participant's own view, area by area."""

    step: Literal["self_assessment"]
    day: Day
    areas: Annotated[dict[Line, Annotated[StrictInt, Field(ge=1, le=5)]], Field(min_length=1, max_length=20)]

    def taken(self, person: Participation, today: Today) -> Participation:
        """Beside the earlier ones."""
        require_in_enrolment(person, self.day, today)
        made = SelfAssessment(day=self.day, areas=self.areas)
        return changed(person, self_assessments=(*person.self_assessments, made))


class StepForwardStep(StepTaken):
    """A step nearer work or studies."""

    step: Literal["step_forward"]
    day: Day
    area: Line
    what: Words

    def taken(self, person: Participation, today: Today) -> Participation:
        """Beside the earlier ones."""
        require_in_enrolment(person, self.day, today)
        made = StepForward(day=self.day, area=self.area, what=self.what)
        return changed(person, steps_forward=(*person.steps_forward, made))


class BreachStep(StepTaken):
    """The planning was not followed. Somebody is to talk to the person; nothing else follows of itself."""

    step: Literal["breach"]
    day: Day
    happened: Words

    def taken(self, person: Participation, today: Today) -> Participation:
        """With the next number."""
        require_in_enrolment(person, self.day, today)
        if not person.plans:
            raise ConflictError(fault("no_plan_yet"))
        made = Breach(number=len(person.breaches) + 1, day=self.day, happened=self.happened)
        return changed(person, breaches=(*person.breaches, made))


class Contact(StepTaken):
    """The person was spoken to. ``account`` is their own words, empty for one who could not be reached;
    ``accepted``: the reason was good."""

    step: Literal["contact"]
    number: Number
    day: Day
    account: Note = ""
    accepted: StrictBool | None = None

    def taken(self, person: Participation, today: Today) -> Participation:
        """A reason is found good or not only where there is one. What is not said again stays as it was."""
        breach = _open(person, self.number)
        require_not_before(self.day, breach.day, "day")
        require_not_after_today(self.day, today)
        account = self.account if self.account.strip() else breach.account
        if self.accepted is not None and not account.strip():
            wrong("no_own_words", "account")
        accepted = breach.accepted if self.accepted is None else self.accepted
        said = {"contacted": self.day, "account": account, "accepted": accepted}
        return changed(person, breaches=replaced(person.breaches, "number", self.number, **said))


class Mended(StepTaken):
    """The planning goes on, as it was or changed; or works again after it was handed over."""

    step: Literal["mended"]
    number: Number
    day: Day

    def taken(self, person: Participation, today: Today) -> Participation:
        """After a contact, and after a handover where there was one. A mended one stays so."""
        breach = _numbered(person, self.number)
        if breach.mended is not None:
            raise ConflictError(fault("breach_closed"))
        _require_contact(breach, self.day, today)
        if breach.handed_over is not None:
            require_not_before(self.day, breach.handed_over, "day")
        return changed(person, breaches=replaced(person.breaches, "number", self.number, mended=self.day))


class HandedOver(StepTaken):
    """The authority function is told what was agreed, what happened and what the person said. It decides."""

    step: Literal["handed_over"]
    number: Number
    day: Day
    agreed: Words
    happened: Words
    children: Annotated[StrictInt, Field(ge=0, le=30)] | None = None

    def taken(self, person: Participation, today: Today) -> Participation:
        """After a contact, with the person's words as they were noted."""
        breach = _open(person, self.number)
        _require_contact(breach, self.day, today)
        told = Documentation(
            agreed=self.agreed, happened=self.happened, account=breach.account, children=self.children
        )
        fields = {"handed_over": self.day, "documentation": told}
        return changed(person, breaches=replaced(person.breaches, "number", self.number, **fields))


def _numbered(person: Participation, number: int) -> Breach:
    breach = next((each for each in person.breaches if each.number == number), None)
    if breach is None:
        wrong("no_such_row", "number", found=number)
    return breach


def _open(person: Participation, number: int) -> Breach:
    breach = _numbered(person, number)
    if not breach.open:
        raise ConflictError(fault("breach_closed"))
    return breach


def _require_contact(breach: Breach, day: date, today: Today) -> None:
    """That somebody has been spoken to about it, by a day."""
    if breach.contacted is None:
        raise ConflictError(fault("no_contact_yet"))
    require_not_before(day, breach.contacted, "day")
    require_not_after_today(day, today)
