"""What is kept of an application and its case as JSON, field by field, as far as anybody here reads it.

``form`` and ``case_file`` say what may stand in each field, and validate it once. What is kept has passed
there: these types cost nothing to read, and each of their fields is one of those models'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

from decision_service.application.case_file import AdultsActivity, CaseFile
from decision_service.reading.strict_json import Json, Opaque


class AddressJson(TypedDict):
    """Where somebody lives."""

    street: str | None
    postalCode: str | None
    city: str | None


class PersonJson(TypedDict):
    """A person of a case."""

    id: str
    role: str
    born: NotRequired[str | None]
    personal_number: NotRequired[str | None]
    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    days_in_home: NotRequired[int | None]
    protected: NotRequired[bool]
    died: NotRequired[str | None]
    address: NotRequired[AddressJson | None]
    digital_mailbox: NotRequired[bool | None]


class ChildJson(TypedDict):
    """A child as the application tells of it."""

    partyId: str | None
    residenceExtent: str | None
    daysInHome: NotRequired[int | None]


class AdultJson(TypedDict):
    """What the application says of one adult."""

    role: str
    partyId: str | None
    needsInterpreter: bool | None
    interpreterLanguage: str | None
    clearingNumber: str | None
    accountNumber: str | None
    paymentSameAsPrevious: bool | None


class IncomeJson(TypedDict):
    """A declared income, the amount as kronor."""

    incomeType: str | None
    amount: str | None
    recipient: str | None


class CostJson(TypedDict):
    """A cost applied for, the amount as kronor."""

    costType: str | None
    appliedAmount: str | None
    person: str | None


class FormJson(TypedDict):
    """An application's own answers."""

    maritalStatus: str | None
    periodMonth: int | None
    housingPersonCount: int | None
    address: AddressJson | None
    children: list[ChildJson]
    persons: list[AdultJson]
    incomes: list[IncomeJson]
    costs: list[CostJson]


class AssumedJson(TypedDict):
    """A field that nobody was asked about."""

    field: str
    decision: str


class AddedJson(TypedDict):
    """A row that an official has added."""

    place: str
    by: str
    at: str
    reason: str


class UnreadJson(TypedDict):
    """What an adapter could not read; a sentence alone where it was kept before it was data."""

    where: str
    kind: str
    values: dict[str, str]
    written: str | None


class ContentJson(TypedDict):
    """An application as it is kept: what it says, of whom, and what has been done to it since."""

    application: FormJson
    people: list[PersonJson]
    unmapped: list[UnreadJson | str]
    assumed: NotRequired[list[AssumedJson]]
    added: NotRequired[list[AddedJson]]


class PaymentDecidedJson(TypedDict):
    """A payment that a decision took up, the amount as kronor."""

    person: str
    benefit: str
    paid: str
    amount: str
    month: str | None


class MonthJson(TypedDict):
    """A decided month, amounts as kronor."""

    month: str
    outcome: str
    amount: str
    automatic: bool
    asked: str | None
    costs: dict[str, str]
    cost_rows: dict[str, int]
    incomes: dict[str, str]
    payments: list[PaymentDecidedJson] | None
    surplus: str | None
    marital_status: str | None
    people: list[str] | None
    housing_person_count: int | None
    children_own_income: dict[str, str]


class RememberedJson(MonthJson):
    """The same of a decision made here, with why each adult did not support themselves, by identity, null
    where it is not known: for those who count. No later month rests on it."""

    causes: NotRequired[dict[str, str | None]]


class ActivityJson(TypedDict):
    """Plan and attendance of an adult."""

    plan: PlanJson
    sessions: list[SessionJson]


class PlanJson(TypedDict, total=False):
    """The plan, as far as a letter tells of it."""

    first_meeting: str | None
    last: str | None
    weekly_hours: int | None


class SessionJson(TypedDict):
    """One occasion of an activity."""

    day: str
    hours: int
    kind: str
    mark: str


class ActivityOfJson(ActivityJson):
    """Whose they are, by the id in the case."""

    person: str


class AnswerJson(TypedDict):
    """An answer to a question of a case."""

    id: str
    question: str
    code: str
    rule: str | None
    subject: str | None
    fact: str | None
    value: bool | int | str
    by: str
    role: str
    at: str
    reason: str
    until: str | None
    standing: bool
    rests_on: dict[str, Json]


class ElsewhereJson(TypedDict):
    """Another application of the month in which somebody of this case is counted."""

    person: str
    role: str
    granted: bool
    residence: str | None
    days_in_home: int | None


class CaseJson(ContentJson):
    """The case file (``arende/1``)."""

    schema: str
    municipality: str
    received_at: str
    as_of: str
    registers: dict[str, Opaque]
    activity: list[ActivityOfJson]
    history: list[MonthJson]
    history_complete: bool
    running_case: bool
    shown: list[Opaque]
    answers: list[AnswerJson]
    others: list[ElsewhereJson]


class RowJson(TypedDict, total=False):
    """A row of any list of an application: by what it is known whom it is about."""

    id: str
    partyId: str | None
    person: str | None


def activity_kept(activity: AdultsActivity) -> ActivityJson:
    """Plan and attendance as they are kept beside whose they are."""
    found = activity.model_dump(mode="json", by_alias=True, include={"plan", "sessions"})
    return cast("ActivityJson", found)


def case_kept(case: CaseFile) -> CaseJson:
    """A case file as it is kept."""
    return cast("CaseJson", case.model_dump(mode="json", by_alias=True))


def rows_of(content: ContentJson, part: str) -> list[RowJson]:
    """The people of an application, or a list of it by its name; none where there is no such list."""
    form = cast("Mapping[str, list[RowJson]]", content["application"])
    return cast("list[RowJson]", content["people"]) if part == "people" else form.get(part, [])
