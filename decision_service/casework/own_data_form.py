"""What a package of a person's own data holds (``egna-uppgifter/1``)."""

from __future__ import annotations

from typing import TypedDict, final

from decision_service.reading.strict_json import Json

SCHEMA = "egna-uppgifter/1"


class EventJson(TypedDict):
    """Something that has happened in a case, from the log."""

    entry: int
    at: str | None
    by: str
    who: str
    what: str
    why: str


class LetterTextJson(TypedDict):
    """A letter as it was read."""

    kind: str
    at: str | None
    text: str


class OwnHeadJson(TypedDict):
    """Which application it is, and what the person is in it."""

    id: str
    case_number: str
    month: str
    received_at: str | None
    state: str
    role: str


@final
class OfAChildJson(OwnHeadJson):
    """What an application says of a child."""

    application: Json
    log: list[EventJson]


@final
class OfAnAdultJson(OwnHeadJson):
    """What is kept of an application about an adult, as each row says it."""

    application: Json
    log: list[EventJson]
    registers: list[Json]
    assessments: list[Json]
    decision: Json
    corrections: list[Json]
    proposed_corrections: list[Json]
    claims: list[Json]
    lowered_claims: list[Json]
    owed: list[Json]
    appeals: list[Json]
    documents: list[Json]
    letters: list[LetterTextJson]
    payments: list[Json]
    completions: list[Json]
    answers: list[Json]
    write_off: list[Json]
    questions: list[Json]
    notes: list[Json]
    reviews: list[Json]


OwnCaseJson = OfAChildJson | OfAnAdultJson


class OwnDataJson(TypedDict):
    """Everything that is kept of a person (``egna-uppgifter/1``)."""

    schema: str
    municipality: str
    personal_number: str
    made_at: str | None
    withheld: list[str]
    to_read: str
    applications: list[OwnCaseJson]
    plan: list[Json]
    participation: list[Json]
    history: list[Json]
    proposed_history: list[Json]
    protection: list[Json]
    log: list[EventJson]
