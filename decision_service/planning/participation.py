"""A person's way through the labour-market process, whole: what was agreed, offered, said and done.

Nothing is written over: what ends has a last day, what is answered keeps its answer, and a later plan stands
beside the earlier one.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from decision_service.application.case_file import ActivityKind
from decision_service.application.fields import Day, Id, Part, PersonalNumber

Line = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(max_length=4000)]
Words = Annotated[str, Field(min_length=1, max_length=4000)]
MOST_WEEKLY_HOURS = 40
"""Hours of a week that a plan can hold, as the case file has room for."""
Hours = Annotated[StrictInt, Field(ge=0, le=MOST_WEEKLY_HOURS)]


class Support(StrEnum):
    """What an activity gives the participant."""

    MAP = "MAP"
    COACH = "COACH"
    EQUIP = "EQUIP"
    COORDINATE = "COORDINATE"
    REPRESENT = "REPRESENT"


class Slot(Part):
    """A time of the week: ISO weekday, whole hours, and when it begins where that is known."""

    weekday: Annotated[StrictInt, Field(ge=1, le=7)]
    hours: Annotated[StrictInt, Field(ge=1, le=12)]
    begins: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None

    @property
    def minutes(self) -> tuple[int, int]:
        """When it begins and ends, in minutes of the day; of no known hour the whole day."""
        if self.begins is None:
            return 0, 24 * 60
        begins = 60 * int(self.begins[:2]) + int(self.begins[3:])
        return begins, begins + 60 * self.hours


class ActivityAnswer(StrEnum):
    """What the participant said to an activity, and what became of it."""

    OFFERED = "OFFERED"
    TAKEN = "TAKEN"
    DECLINED = "DECLINED"
    DONE = "DONE"


class Timed(Part):
    """What holds for a time; without ``last`` until something else is said."""

    first: Day
    last: Day | None = None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def touches(self, first: date, last: date) -> bool:
        """Whether it holds on some day of a time. What ended before it began never did."""
        return self.first <= last and (self.last is None or max(first, self.first) <= self.last)


class AssignedActivity(Timed):
    """An activity of the weekly schedule. ``offered`` is the id of the group's activity that it is, None for
    one of the participant's own. ``answered`` is the day of the answer, ``reason`` the participant's words,
    ``accepted`` whether the one in charge found the reason good."""

    id: Id
    title: Line
    kind: ActivityKind
    support: Support
    slots: Annotated[tuple[Slot, ...], Field(max_length=14)] = ()
    place: Annotated[str, Field(max_length=200)] = ""
    responsible: Annotated[str, Field(max_length=200)] = ""
    offered: Id | None = None
    answer: ActivityAnswer = ActivityAnswer.OFFERED
    answered: Day | None = None
    reason: Note = ""
    accepted: StrictBool | None = None

    @property
    def weekly_hours(self) -> int:
        """Hours of a whole week."""
        return sum(each.hours for each in self.slots)

    @property
    def is_assigned(self) -> bool:
        """Whether it is one of the four kinds: own job search has time in the plan and is not assigned."""
        return self.kind is not ActivityKind.OWN_JOB_SEARCH

    @property
    def is_going_on(self) -> bool:
        """Whether the participant has neither declined it nor is done with it."""
        return self.answer in (ActivityAnswer.OFFERED, ActivityAnswer.TAKEN)


class Doer(StrEnum):
    """Who does a next step."""

    PARTICIPANT = "PARTICIPANT"
    UNIT = "UNIT"
    OTHER = "OTHER"


class NextStep(Part):
    """Who does what, and by when."""

    who: Doer
    what: Line
    by: Day | None = None


class AgreedPlan(Timed):
    """What was agreed for a time: the goal, who does what, and whether it fills the working week.
    ``own_search_hours`` is own job search a week; ``reason`` is why there are fewer hours than full time;
    ``capacity_hours`` what the person can manage a week, as the one in charge judges it."""

    decided: Day
    last: Day
    goal: Words
    next_steps: Annotated[tuple[NextStep, ...], Field(max_length=30)] = ()
    own_search_hours: Hours = 0
    capacity_hours: Hours | None = None
    full_time: StrictBool
    reason: Note = ""


class CircumstanceKind(StrEnum):
    """What bears upon how much a person can take part."""

    PART_TIME = "PART_TIME"
    YOUNG_CHILD = "YOUNG_CHILD"
    SICK_LEAVE = "SICK_LEAVE"
    SFI = "SFI"
    STUDIES = "STUDIES"
    AF_PROGRAMME = "AF_PROGRAMME"
    NO_CHILDCARE = "NO_CHILDCARE"


class Circumstance(Timed):
    """A circumstance with its time and its proof. ``hours`` a week, where it takes hours; ``full``: takes the
    whole week; ``proof`` says what was shown, empty for nothing."""

    id: Id
    kind: CircumstanceKind
    hours: Hours | None = None
    full: StrictBool = False
    proof: Annotated[str, Field(max_length=400)] = ""


class FollowUp(Part):
    """The weekly meeting: held or missed, and what was said. ``valid_reason``: of whoever missed it."""

    day: Day
    held: StrictBool
    valid_reason: StrictBool = False
    broad_job_search: StrictBool | None = None
    jobs_applied: Annotated[StrictInt, Field(ge=0, le=500)] | None = None
    done: Note = ""
    next: Note = ""


class SelfAssessment(Part):
    """How the participant sees the own situation: an area and a figure from 1 to 5 for each."""

    day: Day
    areas: Annotated[dict[Line, Annotated[StrictInt, Field(ge=1, le=5)]], Field(min_length=1, max_length=20)]


class StepForward(Part):
    """A step nearer work or studies (stegförflyttning), as the one in charge saw it."""

    day: Day
    area: Line
    what: Words


class Documentation(Part):
    """What the authority function is told of a broken planning. ``children`` in the household, None where it
    is not known."""

    agreed: Words
    happened: Words
    account: Note
    children: Annotated[StrictInt, Field(ge=0, le=30)] | None = None


class Breach(Part):
    """A planning that was not followed: what happened, the contact and the person's own account, and what
    became of it: mended, or handed over. Nothing follows of itself. ``accepted``: the reason was good."""

    number: Annotated[StrictInt, Field(ge=1)]
    day: Day
    happened: Words
    contacted: Day | None = None
    account: Note = ""
    accepted: StrictBool | None = None
    mended: Day | None = None
    handed_over: Day | None = None
    documentation: Documentation | None = None

    @property
    def open(self) -> bool:
        """Whether it still waits for a contact, or for what comes of it."""
        return self.mended is None and self.handed_over is None

    def breaks(self, first: date) -> bool:
        """Whether the planning counts as broken in a month that begins on ``first``: not once it is mended.
        What was handed over before that is for a person to read until the month is out."""
        return self.mended is None or (self.handed_over is not None and self.mended >= first)


class SideTrack(Timed):
    """Time outside the main process: who stands by the person, how, and why."""

    responsible: Line
    support: Words
    reason: Words


class WeekState(StrEnum):
    """How it went with the planning week."""

    OFFERED = "OFFERED"
    DONE = "DONE"
    MISSED = "MISSED"


class PlanningWeek(Part):
    """The week of information and planning that begins the process."""

    first: Day
    state: WeekState


class ExitReason(StrEnum):
    """Why somebody has left."""

    WORK = "WORK"
    STUDIES = "STUDIES"
    RIGHT_BENEFIT = "RIGHT_BENEFIT"
    MOVED = "MOVED"
    OTHER = "OTHER"


class Exit(Part):
    """The end of an enrolment."""

    day: Day
    reason: ExitReason
    note: Note = ""


class Enrolment(Part):
    """A time in the process. ``reopens``: the person came back so soon that the exit before was none."""

    day: Day
    reopens: StrictBool = False
    meeting_booked: Day | None = None
    meeting_held: Day | None = None
    planning_week: PlanningWeek | None = None
    exit: Exit | None = None


class Participation(Part):
    """Everything about one participant. ``responsible`` is the staff id of the labour-market secretary,
    ``protected``: nobody learns the name or where the person lives but who works with the person."""

    personal_number: PersonalNumber
    first_name: Line
    last_name: Line
    protected: StrictBool = False
    responsible: Line
    enrolments: Annotated[tuple[Enrolment, ...], Field(min_length=1)]
    plans: tuple[AgreedPlan, ...] = ()
    activities: tuple[AssignedActivity, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    side_tracks: tuple[SideTrack, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    self_assessments: tuple[SelfAssessment, ...] = ()
    steps_forward: tuple[StepForward, ...] = ()
    breaches: tuple[Breach, ...] = ()

    @property
    def enrolment(self) -> Enrolment:
        """The latest one."""
        return self.enrolments[-1]

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    def enrolled(self, day: date) -> bool:
        """Whether the person is in the process on a day; the day of the exit is one of them."""
        return any(
            each.day <= day and (each.exit is None or day <= each.exit.day) for each in self.enrolments
        )

    def plan_on(self, day: date) -> AgreedPlan | None:
        """The plan of a day, or the latest that had begun by then; None where none had."""
        begun = [each for each in self.plans if each.first <= day]
        return begun[-1] if begun else None

    def side_track_on(self, day: date) -> SideTrack | None:
        """The side track of a day, if the person follows one."""
        return next((each for each in reversed(self.side_tracks) if each.holds(day)), None)
