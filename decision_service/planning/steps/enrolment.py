"""Steps at the beginning and the end: first meeting, planning week, whose participant, exit and return."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import StrictBool

from decision_service.application.fields import Day
from decision_service.installation.calendar import months_after
from decision_service.planning.grounds import SaidProtected
from decision_service.planning.participation import (
    Enrolment,
    Exit,
    ExitReason,
    Line,
    Note,
    Participation,
    PlanningWeek,
    WeekState,
)
from decision_service.planning.steps.step import (
    StepTaken,
    Today,
    changed,
    ended,
    in_enrolment,
    require_enrolled,
    require_not_after_today,
    require_not_before,
    require_soon,
    wrong,
)
from decision_service.store.refused import ConflictError
from norms.fault import fault


class Meeting(StepTaken):
    """The first meeting is booked, or was held."""

    step: Literal["meeting"]
    day: Day
    held: StrictBool

    def taken(self, person: Participation, today: Today) -> Participation:
        """A meeting that is held stays so."""
        require_not_before(self.day, person.enrolment.day, "day")
        if not self.held:
            return in_enrolment(person, meeting_booked=self.day)
        require_not_after_today(self.day, today)
        return in_enrolment(person, meeting_held=self.day)


class PlanningWeekStep(StepTaken):
    """The planning week is offered, was done, or was missed."""

    step: Literal["planning_week"]
    first: Day
    state: WeekState

    def taken(self, person: Participation, today: Today) -> Participation:
        """A later word takes the place of the one before. What is done or missed has begun."""
        require_not_before(self.first, person.enrolment.day, "first")
        if self.state is WeekState.OFFERED:
            require_soon(self.first, today, "first")
        else:
            require_not_after_today(self.first, today, "first")
        return in_enrolment(person, planning_week=PlanningWeek(first=self.first, state=self.state))


class Responsible(StepTaken):
    """Another labour-market secretary takes over."""

    step: Literal["responsible"]
    responsible: Line

    def taken(self, person: Participation, today: Today) -> Participation:
        """The log keeps who it was before."""
        require_enrolled(person)
        return changed(person, responsible=self.responsible)


class Details(StepTaken):
    """The participant has another name, or is protected from now on."""

    step: Literal["details"]
    first_name: Line | None = None
    last_name: Line | None = None
    protects: SaidProtected | None = None

    def taken(self, person: Participation, today: Today) -> Participation:
        """The log keeps what the name was before."""
        said = self.model_dump(exclude={"step", "protects"}, exclude_none=True)
        if self.protects is not None:
            said["protected"] = True
        if not said:
            wrong("missing", "first_name")
        return changed(person, **said)


class ExitStep(StepTaken):
    """The person leaves: with a reason, since not everybody who leaves has work or studies."""

    step: Literal["exit"]
    day: Day
    reason: ExitReason
    note: Note = ""

    def taken(self, person: Participation, today: Today) -> Participation:
        """What goes on ends with it: plan, activities and side track end that day."""
        require_not_before(self.day, person.enrolment.day, "day")
        require_not_after_today(self.day, today)
        self.require_nothing_after(each.day for each in person.follow_ups)
        left = in_enrolment(person, exit=Exit(day=self.day, reason=self.reason, note=self.note))
        return changed(
            left,
            plans=tuple(ended(each, self.day) for each in person.plans),
            activities=tuple(ended(each, self.day) for each in person.activities),
            side_tracks=tuple(ended(each, self.day) for each in person.side_tracks),
        )

    def require_nothing_after(self, days: Iterable[date]) -> None:
        """Raises InputError where something is noted of a later day than that of the exit: it would count no
        more."""
        last = max(days, default=self.day)
        if last > self.day:
            wrong("noted_after_exit", "day", day=str(self.day), last=str(last))


class Return(StepTaken):
    """The person comes back. Within the municipality's time after work or studies the exit was none."""

    step: Literal["return"]
    day: Day

    def taken(self, person: Participation, today: Today) -> Participation:
        """A new enrolment, that reopens the one before or not."""
        left = person.enrolment.exit
        if left is None:
            raise ConflictError(fault("participant_there"))
        require_not_before(self.day, left.day, "day")
        require_not_after_today(self.day, today)
        soon = self.day <= months_after(left.day, today.ways.return_months)
        reopens = soon and left.reason in (ExitReason.WORK, ExitReason.STUDIES)
        return changed(person, enrolments=(*person.enrolments, Enrolment(day=self.day, reopens=reopens)))
