"""Steps of the planning: the plan, activities and their answers, circumstances, and the side track."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from decision_service.application.case_file import ActivityKind
from decision_service.application.fields import Day, Id
from decision_service.installation.calendar import months_after
from decision_service.planning.participation import (
    MOST_WEEKLY_HOURS,
    ActivityAnswer,
    AgreedPlan,
    AssignedActivity,
    Circumstance,
    CircumstanceKind,
    Hours,
    Line,
    NextStep,
    Note,
    Participation,
    SideTrack,
    Slot,
    Support,
    Words,
)
from decision_service.planning.steps.step import (
    StepTaken,
    Today,
    changed,
    ended,
    replaced,
    require_enrolled,
    require_in_enrolment,
    require_in_order,
    require_not_after_today,
    require_not_before,
    require_soon,
    wrong,
)
from decision_service.store.refused import ConflictError
from norms.fault import fault


class PlanStep(StepTaken):
    """A plan is agreed. One that is still running ends the day before; one that had not begun never does."""

    step: Literal["plan"]
    decided: Day
    first: Day
    last: Day
    goal: Words
    next_steps: Annotated[tuple[NextStep, ...], Field(max_length=30)] = ()
    own_search_hours: Hours = 0
    capacity_hours: Hours | None = None
    full_time: StrictBool
    reason: Note = ""

    def taken(self, person: Participation, today: Today) -> Participation:
        """No longer than the municipality's plans are, nor further ahead, and never before one that has
        begun."""
        require_enrolled(person)
        require_in_order(self.first, self.last)
        require_not_before(self.first, person.enrolment.day, "first")
        require_soon(self.first, today, "first")
        require_not_before(self.decided, person.enrolment.day, "decided")
        require_not_after_today(self.decided, today, "decided")
        latest = months_after(self.first, today.ways.plan_months) - timedelta(days=1)
        if self.last > latest:
            wrong("plan_too_long", "last", last=str(self.last), latest=str(latest))
        if not self.full_time and not self.reason.strip():
            wrong("hours_without_reason", "reason")
        begun = [each.first for each in person.plans if each.first <= min(today.day, each.last)]
        if begun:
            require_not_before(self.first, max(begun) + timedelta(days=1), "first")
        kept = tuple(ended(each, self.first - timedelta(days=1)) for each in person.plans)
        agreed = AgreedPlan(**self.model_dump(exclude={"step"}))
        return changed(person, plans=(*kept, agreed))


class Assign(StepTaken):
    """An activity is put into the weekly schedule: offered, until the participant answers."""

    step: Literal["assign"]
    id: Id
    title: Line
    kind: ActivityKind
    support: Support
    first: Day
    last: Day | None = None
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=14)]
    place: Annotated[str, Field(max_length=200)] = ""
    responsible: Annotated[str, Field(max_length=200)] = ""
    offered: Id | None = None

    def taken(self, person: Participation, today: Today) -> Participation:
        """Within a plan and the hours of a week, and beside what there is at other times."""
        require_enrolled(person)
        require_not_before(self.first, person.enrolment.day, "first")
        require_in_order(self.first, self.last)
        if not person.plans:
            raise ConflictError(fault("no_plan_yet"))
        if any(each.id == self.id for each in person.activities):
            wrong("row_there_already", "id", found=self.id)
        require_times(self.slots)
        added = AssignedActivity(**self.model_dump(exclude={"step"}))
        for each in _going_on(person.activities):
            if not each.touches(added.first, added.last or date.max):
                continue
            if added.offered is not None and each.offered == added.offered:
                wrong("in_group_already", "offered", found=each.title)
            if _collide(each.slots, added.slots):
                wrong("times_overlap", "slots", found=each.title)
        activities = (*person.activities, added)
        if (hours := _fullest_week(activities)) > MOST_WEEKLY_HOURS:
            wrong("week_too_full", "slots", hours=hours, limit=MOST_WEEKLY_HOURS)
        return changed(person, activities=activities)


class AnswerStep(StepTaken):
    """The participant answers to an activity, or it is done. ``accepted``: the reason to decline was good."""

    step: Literal["answer"]
    activity: Id
    answer: Literal[ActivityAnswer.TAKEN, ActivityAnswer.DECLINED, ActivityAnswer.DONE]
    day: Day
    reason: Note = ""
    accepted: StrictBool | None = None

    def taken(self, person: Participation, today: Today) -> Participation:
        """One that is declined or done has no more occasions: none on the day of a no, the last on that of
        the end."""
        require_in_enrolment(person, self.day, today)
        was = _going_on_with(person, self.activity)
        if self.answer is ActivityAnswer.DECLINED and not self.reason.strip():
            wrong("no_own_words", "reason")
        over: dict[str, date] = {}
        if self.answer is ActivityAnswer.DONE:
            over["last"] = ended(was, self.day).last or self.day
        elif self.answer is ActivityAnswer.DECLINED:
            over["last"] = ended(was, self.day - timedelta(days=1)).last or self.day
        answer = {
            "answer": self.answer,
            "answered": self.day,
            "reason": self.reason,
            "accepted": self.accepted,
            **over,
        }
        return changed(person, activities=replaced(person.activities, "id", self.activity, **answer))


class ActivityEnds(StepTaken):
    """An activity gets a last day, or an earlier one: the group's ends, or less was agreed."""

    step: Literal["activity_ends"]
    activity: Id
    last: Day

    def taken(self, person: Participation, today: Today) -> Participation:
        """Of days that have been nothing changes. One that has not begun by then never does."""
        require_enrolled(person)
        require_not_before(self.last, today.day, "last")
        was = _going_on_with(person, self.activity)
        if was.last is not None and was.last <= self.last:
            raise ConflictError(fault("ends_already", found=was.title, last=str(was.last)))
        activities = replaced(person.activities, "id", self.activity, last=self.last)
        return changed(person, activities=activities)


class CircumstanceStep(StepTaken):
    """A circumstance begins to hold, with its proof."""

    step: Literal["circumstance"]
    id: Id
    kind: CircumstanceKind
    first: Day
    last: Day | None = None
    hours: Hours | None = None
    full: StrictBool = False
    proof: Annotated[str, Field(max_length=400)] = ""

    def taken(self, person: Participation, today: Today) -> Participation:
        """Beside those there are."""
        require_enrolled(person)
        require_in_order(self.first, self.last)
        if any(each.id == self.id for each in person.circumstances):
            wrong("row_there_already", "id", found=self.id)
        found = Circumstance(**self.model_dump(exclude={"step"}))
        return changed(person, circumstances=(*person.circumstances, found))


class CircumstanceEnded(StepTaken):
    """A circumstance holds no longer; or its proof came. ``proof`` empty: as it was."""

    step: Literal["circumstance_ended"]
    id: Id
    last: Day
    proof: Annotated[str, Field(max_length=400)] = ""

    def taken(self, person: Participation, today: Today) -> Participation:
        """Its last day."""
        was = next((each for each in person.circumstances if each.id == self.id), None)
        if was is None:
            wrong("no_such_row", "id", found=self.id)
        require_in_order(was.first, self.last)
        fields = {"last": self.last, "proof": self.proof.strip() or was.proof}
        return changed(person, circumstances=replaced(person.circumstances, "id", self.id, **fields))


class SideTrackStep(StepTaken):
    """The person goes beside the main process, with somebody of their own and support."""

    step: Literal["side_track"]
    first: Day
    responsible: Line
    support: Words
    reason: Words

    def taken(self, person: Participation, today: Today) -> Participation:
        """One at a time."""
        require_enrolled(person)
        require_not_before(self.first, person.enrolment.day, "first")
        require_soon(self.first, today, "first")
        if any(each.touches(self.first, date.max) for each in person.side_tracks):
            raise ConflictError(fault("on_side_track"))
        track = SideTrack(**self.model_dump(exclude={"step"}))
        return changed(person, side_tracks=(*person.side_tracks, track))


class MainTrack(StepTaken):
    """The person is in the main process again."""

    step: Literal["main_track"]
    last: Day

    def taken(self, person: Participation, today: Today) -> Participation:
        """``last`` is the side track's last day."""
        if not person.side_tracks or person.side_tracks[-1].last is not None:
            raise ConflictError(fault("not_on_side_track"))
        *before, track = person.side_tracks
        require_in_order(track.first, self.last)
        return changed(person, side_tracks=(*before, ended(track, self.last)))


def _going_on(activities: tuple[AssignedActivity, ...]) -> list[AssignedActivity]:
    """Those that the participant has not declined and is not done with."""
    return [each for each in activities if each.is_going_on]


def _going_on_with(person: Participation, id_: str) -> AssignedActivity:
    """One of the participant's activities. Raises InputError where it is not there, and ConflictError where
    it is over."""
    found = next((each for each in person.activities if each.id == id_), None)
    if found is None:
        wrong("no_such_row", "activity", found=id_)
    if not found.is_going_on:
        raise ConflictError(fault("activity_over"))
    return found


def require_times(slots: tuple[Slot, ...]) -> None:
    """Raises InputError where an activity's times of the week overlap, or go past midnight."""
    for number, each in enumerate(slots):
        if each.minutes[1] > _MIDNIGHT:
            wrong("past_midnight", "slots", found=str(each.begins), hours=each.hours)
        if _collide((each,), slots[:number]):
            wrong("slots_overlap", "slots", found=str(each.begins))


_MIDNIGHT = 24 * 60


def _collide(some: tuple[Slot, ...], others: tuple[Slot, ...]) -> bool:
    """Whether two slots whose hours are known have an hour of the week in common."""
    return any(
        a.weekday == b.weekday and a.minutes[0] < b.minutes[1] and b.minutes[0] < a.minutes[1]
        for a in some
        for b in others
        if a.begins is not None and b.begins is not None
    )


def _fullest_week(activities: tuple[AssignedActivity, ...]) -> int:
    """Most assigned hours of any week: they change only when an activity begins."""
    assigned = [each for each in _going_on(activities) if each.is_assigned]
    return max(
        (sum(other.weekly_hours for other in assigned if other.holds(each.first)) for each in assigned),
        default=0,
    )
