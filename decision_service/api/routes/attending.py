"""Activities for groups, and who came: marked by the one in charge, reported by the participant."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require
from decision_service.api.cases import acting, as_json, changing, seen_by, told
from decision_service.api.idempotency import asked_once, once
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.api.routes.planning import WRITTEN, Key, Participant, Secretary, Watcher
from decision_service.application.fields import Day, Id, Part, PersonalNumber
from decision_service.log import journal
from decision_service.planning import marking, offered, participants
from decision_service.planning.attendance import Marking, MarkOfOne, OneMark
from decision_service.planning.offered import OfferedActivity, Taking
from decision_service.planning.office import today_of
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from norms.fault import fault

router = APIRouter(tags=["planering"])

Sender = Annotated[Caller, Depends(require(Role.ESERVICE))]
Activity = Annotated[
    str, Path(description="Aktivitetens id", json_schema_extra={"pattern": "^[0-9a-f]{32}$"})
]
DayOfGroup = Annotated[date, Path(description="Dagen, ÅÅÅÅ-MM-DD")]

_ACTIVITY = {
    "title": "Jobbsökargruppen",
    "kind": "JOB_SEARCH",
    "support": "COACH",
    "first": "2026-10-05",
    "slots": [{"weekday": 2, "hours": 3, "begins": "09:00"}],
    "place": "Arbetsmarknadsenheten",
    "capacity": 12,
}
_NOBODY = "person-00000000000000000000000000000000"


class GroupMarks(Part):
    """How a group is marked on a day: those who are named."""

    marks: Annotated[list[MarkOfOne], Field(min_length=1, max_length=1000)]

    def by_participant(self) -> dict[str, Marking]:
        """The mark of each. Raises InputError for a participant that is named twice."""
        found: dict[str, Marking] = {}
        for number, each in enumerate(self.marks):
            if each.participant in found:
                twice = fault("participant_twice", "marks", number, "participant", found=each.participant)
                raise InputError([twice])
            found[each.participant] = each.mark
        return found


class LastDay(Part):
    """The last day of a group's activity."""

    last: Day


class OwnWord(Part):
    """Who has come, and to what."""

    personal_number: PersonalNumber
    activity: Id


@router.get(
    "/offered-activities",
    summary="Aktiviteter som erbjuds grupper",
    responses=answers.answers(answers.Items[answers.OfferedInList]),
)
def list_activities(request: Request, caller: Watcher) -> Response:
    """De som inte har tagit slut, med hur många platser som är tagna."""
    office = office_of(request)
    with told(), seen_by(office, caller) as session:
        today = today_of(office, caller.tenant).day
        found = offered.all_offered(office, session, caller.tenant, today)
        people = [person for _, person in offered.everybody(office, session, caller.tenant)]
    taken = offered.places_taken(people, found, today)
    items = [
        answers.OfferedInList(id=id_, activity=each, places_taken=taken[id_]) for id_, each in found.items()
    ]
    return as_json(answers.Items(items=items))


@router.post(
    "/offered-activities",
    status_code=201,
    summary="Erbjud en aktivitet",
    openapi_extra=described(OfferedActivity, {"aktivitet": _ACTIVITY}),
    responses={**answers.answers(answers.OfferedInList, 201, "Aktiviteten finns nu."), **WRITTEN},
)
def offer_activity(request: Request, caller: Secretary, body: RawBody, key: Key = None) -> Response:
    """En aktivitet ändras inte: den får en sista dag, och en annan börjar."""
    given = validated(OfferedActivity, json_of(request, body))
    scope, asked = asked_once(request, caller, body, key)
    with acting(request, caller) as (office, session):

        def made() -> str:
            return offered.offer(office, session, caller.tenant, given, caller.principal.subject).id

        id_, new = once(session, scope, asked, office.clock(), made)
        found = offered.offered(office, session, caller.tenant, id_)
    headers = {} if new else {"Idempotent-Replay": "true"}
    return as_json(answers.OfferedInList(id=id_, activity=found, places_taken=0), headers, 201)


@router.post(
    "/offered-activities/{activity}/end",
    summary="Säg vilken dag som är den sista",
    openapi_extra=described(LastDay, {"sista dagen": {"last": "2026-12-18"}}),
    responses={
        **answers.answers(answers.OfferedEnded),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def end_activity(request: Request, caller: Secretary, activity: Activity, body: RawBody) -> Response:
    """Också i schemat för var och en som deltar. Dagar som har varit ändras inte."""
    given = validated(LastDay, json_of(request, body))
    with acting(request, caller) as (office, session):
        who = caller.principal.subject
        found = offered.end(office, session, caller.tenant, activity, given.last, who)
    return as_json(answers.OfferedEnded(last=given.last, participants=[each.case_id for each in found]))


@router.get(
    "/offered-activities/{activity}/days/{day}",
    summary="Vilka som deltar en dag",
    responses=answers.answers(answers.Items[answers.InGroup]),
)
def list_group(request: Request, caller: Watcher, activity: Activity, day: DayOfGroup) -> Response:
    """I bokstavsordning. Ingen deltar en dag när det är stängt."""
    office = office_of(request)
    with told(), seen_by(office, caller) as session:
        found = offered.taking_part(office, session, caller.tenant, activity, day)
    return as_json(answers.Items(items=[in_group(each) for each in found]))


@router.post(
    "/offered-activities/{activity}/days/{day}/attendance",
    summary="Markera en grupp",
    openapi_extra=described(GroupMarks, {"grupp": {"marks": [{"participant": _NOBODY, "mark": "PRESENT"}]}}),
    responses={**answers.answers(answers.GroupMarked), **problem_responses("unsupported-media-type")},
)
def mark_group(
    request: Request, caller: Secretary, activity: Activity, day: DayOfGroup, body: RawBody
) -> Response:
    """Alla som nämns markeras, eller ingen. Ett nytt märke ersätter det förra."""
    given = validated(GroupMarks, json_of(request, body))
    marks = given.by_participant()
    with acting(request, caller) as (office, session):
        who = caller.principal.subject
        count = marking.mark_group(office, session, caller.tenant, activity, day, marks, who)
    return as_json(answers.GroupMarked(marked=count))


@router.post(
    "/offered-activities/{activity}/days/{day}/closure",
    summary="Ställ in en dag",
    responses=answers.answers(answers.GroupMarked),
)
def close_day(request: Request, caller: Secretary, activity: Activity, day: DayOfGroup) -> Response:
    """Dagen räknas inte för någon i gruppen, varken som närvaro eller frånvaro."""
    with acting(request, caller) as (office, session):
        count = marking.close(office, session, caller.tenant, activity, day, caller.principal.subject)
    return as_json(answers.GroupMarked(marked=count))


@router.post(
    "/participants/{participant}/attendance",
    summary="Markera ett tillfälle",
    openapi_extra=described(
        OneMark, {"närvarande": {"activity": "a1", "day": "2026-10-27", "mark": "PRESENT"}}
    ),
    responses={**answers.answers(answers.MarkedOccasion), **problem_responses("unsupported-media-type")},
)
def mark_participant(
    request: Request, caller: Secretary, participant: Participant, body: RawBody
) -> Response:
    """Den som ansvarar markerar. Samma märke igen ändrar inget."""
    given = validated(OneMark, json_of(request, body))
    with acting(request, caller) as (office, session):
        marking.mark(office, session, caller.tenant, participant, [given], caller.principal.subject)
    found = answers.MarkedOccasion(participant=participant, day=given.day, activity=given.activity)
    return as_json(found)


@router.post(
    "/check-ins",
    summary="Deltagaren checkar in",
    openapi_extra=described(OwnWord, {"på plats": {"personal_number": "198002099805", "activity": "a1"}}),
    responses={
        **answers.answers(answers.MarkedOccasion),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def check_in(request: Request, caller: Sender, body: RawBody) -> Response:
    """En rapport för i dag, inget märke: den som ansvarar markerar."""
    given = validated(OwnWord, json_of(request, body))
    with changing(request) as (office, session):
        row = participants.known_as(office, session, caller.tenant, given.personal_number)
        if row is None:
            raise ProblemError("not-found")
        marking.check_in(office, session, caller.tenant, row.case_id, given.activity, journal.APPLICANT)
        day = today_of(office, caller.tenant).day
        return as_json(answers.MarkedOccasion(participant=row.case_id, day=day, activity=given.activity))


def in_group(one: Taking) -> answers.InGroup:
    """Somebody in a group on a day."""
    return answers.InGroup(
        participant=one.row.case_id,
        name=None if one.person.protected else one.person.name,
        activity=one.occasion.activity.id,
        hours=one.occasion.hours,
        mark=one.occasion.mark,
        reported=one.occasion.reported,
    )
