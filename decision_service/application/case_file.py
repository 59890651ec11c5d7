"""The case file (``arende/1``): everything that a decision is made from."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from decision_service.application.fields import (
    Day,
    Id,
    Moment,
    MonthText,
    Name,
    Ore,
    Part,
    PersonalNumber,
    Text,
    birthday_of,
    full_number,
)
from decision_service.application.form import (
    Address,
    Application,
    CostType,
    IncomeType,
    MaritalStatus,
    ResidenceExtent,
)
from decision_service.reading.kronor import without_decimals
from decision_service.reading.strict_json import Opaque
from decision_service.reading.swedish_time import swedish_day
from decision_service.reading.unread import SentUnread
from norms.fault import Fault, MisfitError, fault


class PersonRole(StrEnum):
    """What a person is in the calculation."""

    APPLICANT = "APPLICANT"
    CO_APPLICANT = "CO_APPLICANT"
    CHILD = "CHILD"
    VISITATION_CHILD = "VISITATION_CHILD"


class Person(Part):
    """A person of the case. ``days_in_home`` is days in the benefit month; absent, it is not known.
    ``died`` is the day that the person died. ``address`` and ``digital_mailbox`` (whether letters reach the
    person in one) are for letters only."""

    id: Id
    role: PersonRole
    born: Day | None = None
    personal_number: PersonalNumber | None = None
    first_name: Name = None
    last_name: Name = None
    lunch_away: StrictBool | None = None
    days_in_home: Annotated[StrictInt, Field(ge=0, le=31)] | None = None
    in_school: StrictBool | None = None
    covered_by_lma: StrictBool | None = None
    protected: StrictBool = False
    died: Day | None = None
    address: Address | None = None
    digital_mailbox: StrictBool | None = None

    @model_validator(mode="after")
    def _one_birthday(self) -> Person:
        if self.personal_number and self.born and birthday_of(self.personal_number) != self.born:
            raise MisfitError(fault("born_another_day", "born", found=str(self.born)))
        return self

    @property
    def birthday(self) -> date | None:
        """The day of birth, from the field or from the personal number."""
        if self.born is not None:
            return self.born
        if self.personal_number is None:
            return None
        return birthday_of(self.personal_number)

    @property
    def is_known(self) -> bool:
        """Whether it is said who it is, by a personal number or a name."""
        return bool(self.personal_number or self.first_name or self.last_name)


class Mark(StrEnum):
    """The attendance mark of a session, set by the person in charge. ``SICK``: without a certificate."""

    PRESENT = "PRESENT"
    ABSENT_VALID = "ABSENT_VALID"
    ABSENT = "ABSENT"
    SICK_CERTIFICATE = "SICK_CERTIFICATE"
    SICK = "SICK"
    ELSEWHERE = "ELSEWHERE"
    UNMARKED = "UNMARKED"


class ActivityKind(StrEnum):
    """The four kinds of assigned activity, and own job search, which is not one."""

    MOTIVATION = "MOTIVATION"
    LANGUAGE = "LANGUAGE"
    JOB_SEARCH = "JOB_SEARCH"
    WORKPLACE = "WORKPLACE"
    OWN_JOB_SEARCH = "OWN_JOB_SEARCH"


class AttendedSession(Part):
    """One occasion of an activity."""

    day: Day
    hours: Annotated[StrictInt, Field(ge=0, le=24)]
    kind: ActivityKind
    mark: Mark = Mark.UNMARKED


class Plan(Part):
    """The labour-market plan of an adult, as the labour-market secretary documents it."""

    decided: Day | None = None
    first: Day | None = None
    last: Day | None = None
    track: Literal["MAIN", "SIDE"] | None = None
    first_meeting: Day | None = None
    planning_week: Literal["OFFERED", "DONE", "MISSED"] | None = None
    weekly_hours: Annotated[StrictInt, Field(ge=0, le=40)] | None = None
    placement: Literal["NOT_OFFERED", "OFFERED", "DECLINED", "DONE"] | None = None
    competence: Literal["NOT_OFFERED", "OFFERED", "DECLINED", "DONE"] | None = None
    broad_job_search: StrictBool | None = None
    broken: StrictBool | None = None
    missed_weekly_meetings: Annotated[StrictInt, Field(ge=0, le=60)] | None = None
    missed_group_meetings: Annotated[StrictInt, Field(ge=0, le=60)] | None = None
    full_time: StrictBool | None = None
    valid_reason: StrictBool | None = None
    state_programme: Literal["NONE", "PART", "FULL"] | None = None
    individual_circumstances: Text | None = None


class AdultsActivity(Part):
    """Plan and attendance of one adult."""

    person: Id
    plan: Plan = Field(default_factory=Plan)
    sessions: Annotated[list[AttendedSession], Field(max_length=1000)] = Field(default_factory=list)


class PaidOut(Part):
    """A payment of a register: to whom (the id in the case), which benefit (a key of ``BENEFITS``), the day
    and what was paid out, in kronor."""

    person: Id
    benefit: Text
    paid: Day
    amount: Ore


class ShownPayment(PaidOut):
    """A payment that the applicant has been told of and given time to answer. ``objected``: says that it is
    not right; ``message`` in the applicant's own words."""

    objected: StrictBool = False
    message: Text | None = None


class CountedPayment(PaidOut):
    """A payment that a decision took up. ``month`` is the one as whose income; absent, that of the day."""

    month: MonthText | None = None


class MonthDecided(Part):
    """An earlier month of the household, amounts in kronor.

    ``incomes`` are what the adults declared, together; ``children_own_income`` is what each child earned.
    Both are the incomes that the decision counted: those of the month before ``month``. ``cost_rows`` is how
    many costs of each sort in ``costs`` were approved, where that is known. ``asked`` is the day on which the
    registers and the attendance list that it rests on were asked. ``payments`` are those of
    registers that the decision took up, None where that is not known. ``automatic``: the machine decided.
    """

    month: MonthText
    outcome: Literal["BIFALL", "DELAVSLAG", "AVSLAG", "AVVISNING"]
    amount: Ore = 0
    costs: dict[CostType, Ore] = Field(default_factory=dict)
    cost_rows: dict[CostType, Annotated[StrictInt, Field(ge=0, le=1000)]] = Field(default_factory=dict)
    incomes: dict[IncomeType, Ore] = Field(default_factory=dict)
    payments: Annotated[list[CountedPayment], Field(max_length=1000)] | None = None
    surplus: Ore | None = None
    marital_status: MaritalStatus | None = None
    people: list[Id] | None = None
    housing_person_count: Annotated[StrictInt, Field(ge=1, le=50)] | None = None
    children_own_income: dict[Id, Ore] = Field(default_factory=dict)
    asked: Day | None = None
    ended_to_work_or_studies: StrictBool = False
    automatic: StrictBool = False


class Elsewhere(Part):
    """Another application of the same month, open or granted, in which a person of this case is counted.

    ``person`` is the id here, ``role`` and what is said of the residence are as they stand there; a visit
    there is none. Of the other household nothing is said.
    """

    person: Id
    role: Literal[PersonRole.APPLICANT, PersonRole.CO_APPLICANT, PersonRole.CHILD]
    granted: StrictBool
    residence: ResidenceExtent | None = None
    days_in_home: Annotated[StrictInt, Field(ge=0, le=31)] | None = None


class Assumed(Part):
    """A field that nobody was asked about, and the decision by which it has the value it has."""

    field: Text
    decision: Text


class Added(Part):
    """A row or a person that an official has added to the application: its place there (``incomes[1]``), who
    did it, when, and what it rests on."""

    place: Text
    by: Text
    at: Moment
    reason: Text


class CaseAnswer(Part):
    """What a person answered to a question (``question``, with its ``code``) of an assessment.

    ``fact`` is the word of the vocabulary for what the answer gives, None where it gives none and the matter
    is looked at. ``value`` is as people write it: kronor, a day, true and false, a code. ``by`` is a name or
    who somebody is in the case. ``rests_on`` is what the question rested on when it was answered. A
    ``standing`` answer was given in an application for an earlier month, and counts where the month begins no
    later than the day ``until``.
    """

    id: Id
    question: Id
    code: Text
    rule: Text | None = None
    subject: Text | None = None
    fact: Text | None = None
    value: StrictBool | StrictInt | Text
    by: Text
    role: Literal["sökande", "handläggare", "arbetsmarknadssekreterare"]
    at: Moment
    reason: Text = ""
    until: Day | None = None
    standing: StrictBool = False
    rests_on: dict[str, Opaque] = Field(default_factory=dict)


class CaseFile(Part):
    """Everything a decision is made from.

    ``registers`` holds the agencies' answers by agency code for the applicant, or by person id and then by
    agency; numbers with decimals in them become text, so that a case file that was written to JSON and read
    again is the same case file. ``as_of`` is when they were asked; absent, when the application came.
    ``history_complete``: there were no decided months before those in
    ``history``. ``shown`` is what the applicant has been told of in this case, and had time to answer.
    ``unmapped`` is what an adapter could not read.
    """

    schema_: Literal["arende/1"] = Field(alias="schema")
    municipality: Annotated[str, Field(pattern=r"^\d{4}$")]
    received_at: Moment
    as_of: Moment | None = None
    application: Application
    people: Annotated[list[Person], Field(max_length=32)] = Field(default_factory=list)
    registers: Annotated[dict[str, Opaque], BeforeValidator(without_decimals)] = Field(default_factory=dict)
    activity: Annotated[list[AdultsActivity], Field(max_length=4)] = Field(default_factory=list)
    history: Annotated[list[MonthDecided], Field(max_length=600)] = Field(default_factory=list)
    history_complete: StrictBool = False
    running_case: StrictBool = False
    answers: Annotated[list[CaseAnswer], Field(max_length=1000)] = Field(default_factory=list)
    others: Annotated[list[Elsewhere], Field(max_length=100)] = Field(default_factory=list)
    assumed: Annotated[list[Assumed], Field(max_length=200)] = Field(default_factory=list)
    added: Annotated[list[Added], Field(max_length=200)] = Field(default_factory=list)
    shown: Annotated[list[ShownPayment], Field(max_length=1000)] = Field(default_factory=list)
    unmapped: Annotated[list[SentUnread], Field(max_length=1000)] = Field(default_factory=list)

    @field_validator("people", mode="before")
    @classmethod
    def _born_before_it_came(cls, people: Any, info: ValidationInfo) -> Any:
        """Ten digits without a century mean the same person whenever the case file is read."""
        received = info.data.get("received_at")
        if received is None or not isinstance(people, list):
            return people
        return [_of_century(one, swedish_day(received)) for one in people]

    @model_validator(mode="after")
    def _whole(self) -> CaseFile:
        faults = [
            *people_faults(self.people),
            *(fault("activity_twice", "activity", at) for at in again([one.person for one in self.activity])),
            *(fault("month_twice", "history", at) for at in again([one.month for one in self.history])),
            *(fault("answer_twice", "answers", at) for at in again([one.id for one in self.answers])),
        ]
        if faults:
            raise MisfitError(*faults)
        return self


def _of_century(person: Any, day: date) -> Any:
    """A person as it was given, with the century in the number where it is one; any fault is told later."""
    if not isinstance(person, dict) or "personal_number" not in person:
        return person
    try:
        return person | {"personal_number": full_number(person["personal_number"], day)}
    except MisfitError:
        return person


def people_faults(people: Sequence[Person]) -> Iterator[Fault]:
    """What is wrong with the people of a case together: each is there once, and at most one has each role."""
    for at in again([one.id for one in people]):
        yield fault("id_twice", "people", at, found=people[at].id)
    for at in again([one.personal_number for one in people]):
        yield fault("person_twice", "people", at)
    roles = [one.role if one.role in _ONLY_ONE else None for one in people]
    for at in again(roles):
        yield fault(_ONLY_ONE[people[at].role], "people", at)


_ONLY_ONE = {PersonRole.APPLICANT: "two_applicants", PersonRole.CO_APPLICANT: "two_co_applicants"}


def again(values: Sequence[Hashable]) -> Iterator[int]:
    """The numbers of the members that have stood in the list before; None counts as nothing."""
    seen: set[Hashable] = {None}
    for at, value in enumerate(values):
        if value in seen and value is not None:
            yield at
        seen.add(value)
