"""Participants of the planning: enrolled, listed, read, and a step at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import acting, as_json, changing, seen_by, told
from decision_service.api.etag import etag, require_match
from decision_service.api.idempotency import asked_once, once
from decision_service.api.openapi import problem_responses
from decision_service.api.pages import AskedPage, PageOfList, PageRequest, page_of
from decision_service.api.planning_examples import STEPS_BY_NAME
from decision_service.api.problems import ProblemError
from decision_service.api.routes.motprestation import ByPersonalNumber
from decision_service.casework.office import Office
from decision_service.log import journal, vouched
from decision_service.planning import participants
from decision_service.planning.attendance import Occasion, occasions
from decision_service.planning.offered import require_place
from decision_service.planning.office import today_of
from decision_service.planning.participants import Enrol
from decision_service.planning.participation import Participation
from decision_service.planning.sending import send_plan
from decision_service.planning.steps import PlanningStep, step_of
from decision_service.planning.steps.step import require_in_order, wrong
from decision_service.reading.faults import validated
from decision_service.store.tables import ParticipantRow

router = APIRouter(tags=["planering"])

Shown = TypeVar("Shown")
Secretary = Annotated[Caller, Depends(require(Role.ACTIVITY_SECRETARY))]
Watcher = Annotated[Caller, Depends(require(Role.ACTIVITY_SECRETARY, Role.HANDLAGGARE, Role.CHEF))]
Reader = Annotated[Caller, Depends(require_reader(Role.ACTIVITY_SECRETARY, Role.HANDLAGGARE, Role.CHEF))]
IfMatch = Annotated[str | None, Header(description="ETag för det du har läst")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Ett värde för just den här posten. Samma värde igen gör inget nytt.",
    ),
]
Participant = Annotated[
    str, Path(description="Deltagarens id", json_schema_extra={"pattern": "^person-[0-9a-f]{32}$"})
]
LONGEST = 62
"""Days that are shown at once."""

_NUMBER = "198002099805"
_ENROL = {"personal_number": _NUMBER, "first_name": "Kim", "last_name": "Ek", "day": "2026-10-28"}
WRITTEN = problem_responses(
    "in-progress", "idempotency-key-missing", "idempotency-key-reused", "unsupported-media-type", "conflict"
)


@router.post(
    "/participants",
    status_code=201,
    summary="Skriv in en deltagare",
    openapi_extra=described(Enrol, {"deltagare": _ENROL}),
    responses={**answers.answers(answers.WholeParticipant, 201, "Inskriven."), **WRITTEN},
)
def enrol_participant(request: Request, caller: Secretary, body: RawBody, key: Key = None) -> Response:
    """Den som har varit med förut skrivs inte in igen utan kommer tillbaka, med steget ``return``."""
    given = validated(Enrol, json_of(request, body))
    scope, asked = asked_once(request, caller, body, key)
    with acting(request, caller) as (office, session):

        def enrolled() -> str:
            who = caller.principal.subject
            return participants.enrol(office, session, caller.tenant, given, who).case_id

        case, new = once(session, scope, asked, office.clock(), enrolled)
        row = participants.find(office, session, caller.tenant, case)
        headers = {"Location": f"{request.url.path}/{case}"} | ({} if new else {"Idempotent-Replay": "true"})
        return answer(office, session, row, 201, **headers)


@router.get(
    "/participants",
    summary="Deltagare, den det brådskar mest med först",
    responses=answers.answers(answers.Page[answers.BriefParticipant]),
)
def list_participants(
    request: Request,
    caller: Watcher,
    asked: AskedPage,
    due: Annotated[bool, Query(description="true: bara dem som något ska göras med idag")] = False,
    mine: Annotated[bool, Query(description="true: bara dina egna")] = False,
) -> Response:
    """De som är inskrivna nu. Den som har skyddade uppgifter är med för den som får se dem, utan namn."""
    found = page_in(request, caller, asked, due=due, mine=mine)
    return as_json(answers.Page(items=list(found.items), next=found.next), found.headers)


def page_in(
    request: Request, caller: Caller, asked: PageRequest, *, due: bool, mine: bool
) -> PageOfList[answers.BriefParticipant]:
    """A page of the participants: those with whom something is ``due`` by today, and the caller's own."""
    office = office_of(request)
    with told(), seen_by(office, caller) as session:
        rows = participants.listed(
            session,
            caller.tenant,
            until=today_of(office, caller.tenant).day if due else None,
            responsible=caller.principal.subject if mine else None,
            after=asked.after,
            limit=asked.limit + 1,
        )
        found = page_of(asked, rows, lambda row: (str(row.due), row.case_id))
        vouched.require(office.keys, session, caller.tenant, *found.items)
        people = participants.shown(session, caller.tenant, found.items)
        items = [brief(office, *each) for each in zip(found.items, people, strict=True)]
    return PageOfList(items, found.next)


@router.post(
    "/participants/query",
    summary="Sök en deltagare på personnummer",
    openapi_extra=described(ByPersonalNumber, {"person": {"personal_number": _NUMBER}}),
    responses={**answers.answers(answers.BriefParticipant), **problem_responses("unsupported-media-type")},
)
def find_participant(request: Request, caller: Watcher, body: RawBody) -> Response:
    """Personnumret står i innehållet, så att det inte hamnar i någon logg över adresser."""
    given = validated(ByPersonalNumber, json_of(request, body))
    office = office_of(request)
    with told(), seen_by(office, caller) as session:
        row = participants.known_as(office, session, caller.tenant, given.personal_number)
        if row is None:
            raise ProblemError("not-found")
        vouched.require(office.keys, session, caller.tenant, row)
        found = brief(office, row, *participants.shown(session, caller.tenant, [row]))
    return as_json(found, {"ETag": etag(row.version)})


@router.get(
    "/participants/{participant}",
    summary="En deltagare",
    responses=answers.answers(answers.WholeParticipant),
)
def show_participant(request: Request, caller: Reader, participant: Participant) -> Response:
    """Allt som har planerats, erbjudits och följts upp. Läsningen loggas med sitt ändamål."""
    return read(request, caller, participant, answer)


@router.post(
    "/participants/{participant}/steps",
    summary="Ta ett steg med en deltagare",
    openapi_extra=described(PlanningStep, STEPS_BY_NAME),
    responses={
        **answers.answers(answers.WholeParticipant),
        **problem_responses("conflict", "stale", "version-missing", "unsupported-media-type"),
    },
)
def record_step(
    request: Request, caller: Secretary, participant: Participant, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Möte, planeringsvecka, plan, aktivitet, svar, omständighet, uppföljning, självskattning, steg framåt,
    bruten planering, sidospår, namn och skydd, avslut och återkomst. Inget steg avgör något om stödet. Den
    som märker någon som skyddad utan att få se skyddade personer ser inte deltagaren efteråt."""
    taken = step_of(json_of(request, body))
    with acting(request, caller) as (office, session):
        known = participants.find(office, session, caller.tenant, participant)
        require_match(if_match, known.version)
        require_place(office, session, caller.tenant, taken)
        who = caller.principal.subject
        row = participants.take(office, session, caller.tenant, participant, taken, who, known.version)
        return answer(office, session, row)


@router.post(
    "/participants/{participant}/letter",
    status_code=202,
    summary="Sänd planen som brev",
    responses={
        **answers.answers(answers.WholeParticipant, 202, "Brevet är på väg."),
        **problem_responses("conflict"),
    },
)
def send_letter(request: Request, caller: Secretary, participant: Participant) -> Response:
    """Samma version av planen sänds en gång, hur ofta det än begärs."""
    with acting(request, caller) as (office, session):
        who = caller.principal.subject
        row, new = send_plan(office, session, caller.tenant, participant, who)
        headers = {} if new else {"Idempotent-Replay": "true"}
        return answer(office, session, row, 202, **headers)


@router.get(
    "/participants/{participant}/occasions",
    summary="En deltagares tillfällen, dag för dag",
    responses=answers.answers(answers.Items[answers.PlannedOccasion]),
)
def list_occasions(
    request: Request,
    caller: Reader,
    participant: Participant,
    first: Annotated[date, Query(description="Första dagen")],
    last: Annotated[date, Query(description="Sista dagen, högst 62 dagar senare")],
) -> Response:
    """Tillfällena följer av schemat. En dag när det är stängt har inga."""
    require_in_order(first, last)
    if (last - first) > timedelta(days=LONGEST):
        wrong("too_many_days", "last", limit=LONGEST)

    def show(office: Office, session: Session, row: ParticipantRow) -> Response:
        found = occasions_of(office, session, row, first, last)
        return as_json(answers.Items(items=[_occasion(each) for each in found]), {"ETag": etag(row.version)})

    return read(request, caller, participant, show)


def occasions_of(
    office: Office, session: Session, row: ParticipantRow, first: date, last: date
) -> list[Occasion]:
    """A participant's occasions of a time, as marked, in the order that they begin."""
    person = participants.opened(row)
    marked = participants.attendance_of(office, session, row.tenant, row.case_id, first, last)
    found = occasions(person, first, last, today_of(office, row.tenant).calendar, marked)
    return sorted(found, key=lambda each: (each.day, each.begins or ""))


def read(
    request: Request,
    caller: Caller,
    participant: str,
    show: Callable[[Office, Session, ParticipantRow], Shown],
) -> Shown:
    """Show something of a participant. That a person reads is logged with the purpose before it is shown."""
    office = office_of(request)
    if caller.purpose:
        with changing(request, caller) as (_, session):
            row = participants.find(office, session, caller.tenant, participant)
            entry = journal.access(
                row.case_id, office.clock(), journal.staff(caller.principal.subject), caller.purpose
            )
            vouched.append(office.log, session, caller.tenant, [entry])
    with told(), seen_by(office, caller) as session:
        return show(office, session, participants.find(office, session, caller.tenant, participant))


def answer(
    office: Office, session: Session, row: ParticipantRow, status: int = 200, **headers: str
) -> Response:
    """A participant whole, with the version as ETag."""
    return as_json(whole(office, session, row), {"ETag": etag(row.version), **headers}, status)


def whole(office: Office, session: Session, row: ParticipantRow) -> answers.WholeParticipant:
    """Everything about a participant."""
    [person] = participants.shown(session, row.tenant, [row])
    return answers.WholeParticipant(
        **dict(brief(office, row, person)) | {"name": person.name},
        changed_at=row.changed_at,
        participation=person,
    )


def brief(office: Office, row: ParticipantRow, person: Participation) -> answers.BriefParticipant:
    """A participant on a line."""
    today = today_of(office, row.tenant).day
    return answers.BriefParticipant(
        id=row.case_id,
        municipality=row.tenant,
        version=row.version,
        name=None if person.protected else person.name,
        responsible=person.responsible,
        enrolled=person.enrolment.exit is None,
        due=[
            answers.ThingToDo(what=each.what, day=each.day, late=each.day < today)
            for each in participants.due_of(office, row.tenant, person)
        ],
    )


def _occasion(one: Occasion) -> answers.PlannedOccasion:
    return answers.PlannedOccasion(
        day=one.day,
        activity=one.activity.id,
        title=one.activity.title,
        kind=one.activity.kind,
        hours=one.hours,
        begins=one.begins,
        mark=one.mark,
        reported=one.reported,
    )
