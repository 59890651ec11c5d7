"""What people have to decide: the queue, and every step of a case in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from sqlalchemy import tuple_
from sqlmodel import Session, col, select
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers, views
from decision_service.api.addresses import Application
from decision_service.api.behind import office_of, service_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import acting, answer, as_json, read, seen_by
from decision_service.api.etag import require_match
from decision_service.api.openapi import problem_responses
from decision_service.api.pages import AskedPage, PageOfList, PageRequest, page_of
from decision_service.api.problems import ProblemError
from decision_service.api.queue_filter import QueueFilter
from decision_service.application.fields import Day
from decision_service.casework import death, deciding, handlaggare, protecting, telling, writing_off
from decision_service.casework.deciding import PersonsDecision
from decision_service.casework.office import Office
from decision_service.casework.overview import Note, notes_of
from decision_service.casework.rows import find, require_logged
from decision_service.planning.grounds import ProtectedBy
from decision_service.reading.faults import Model, validated
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, ApplicationState, TaskRow
from norms.fault import MisfitError, fault

router = APIRouter(tags=["handläggning"])

Worker = Annotated[Caller, Depends(require(Role.HANDLAGGARE))]
IfMatch = Annotated[str | None, Header(description="ETag för det du har läst")]
_CLAIM = {
    **answers.answers(answers.ApplicationStatus),
    **problem_responses("conflict", "stale", "version-missing"),
}
_STEP = {**_CLAIM, **problem_responses("unsupported-media-type")}
Text = Annotated[str, Field(max_length=4000)]
_DIED = {"person": "p1", "day": "2026-09-20", "told_by": "dottern"}
_PROTECTS = {"person": "p1", "basis": "SEKRETESSMARKERING", "told_by": "sökanden", "until": "2027-10-31"}


class TaskBody(BaseModel):
    """What a person sends: unknown fields are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Approval(TaskBody):
    """A second person's word on a decision."""

    agrees: StrictBool
    reason: Text = ""


class HandBack(TaskBody):
    """To whom a case goes back, and why."""

    to: Literal["kön", "maskinen"]
    reason: Text = ""


class WrittenOff(TaskBody):
    """Why a case is written off."""

    reason: Text


class WhoIsProtected(TaskBody):
    """Vem i ärendet som är skyddad från nu, och enligt vad."""

    person: Annotated[str, Field(max_length=200, description="Personens id i ansökan")]
    basis: ProtectedBy
    told_by: Annotated[str, Field(min_length=1, max_length=200, description="Vem som har sagt det")]
    until: Annotated[Day | None, Field(description="Sista dagen, om den är känd")] = None


class WhoHasDied(TaskBody):
    """Vem i ärendet som har avlidit. Skälet är anteckningens text."""

    person: Annotated[str, Field(max_length=200, description="Personens id i ansökan")]
    day: Annotated[Day | None, Field(description="Dagen personen avled; null tar bort märket")]
    told_by: Annotated[str, Field(min_length=1, max_length=200, description="Vem som har sagt det")]


class NewNote(TaskBody):
    """A note in a case; with ``protects`` it says why somebody there is protected from now on, with ``died``
    that somebody has died."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]
    protects: WhoIsProtected | None = None
    died: WhoHasDied | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> NewNote:
        if self.protects is not None and self.died is not None:
            raise MisfitError(fault("one_at_a_time", "died"))
        return self


class Questions(TaskBody):
    """What the applicant is asked."""

    questions: Annotated[list[Text], Field(min_length=1, max_length=20)]


@router.get("/tasks", summary="Kön", responses=answers.answers(answers.Page[answers.Task]))
def list_tasks(
    request: Request,
    caller: Annotated[Caller, Depends(require(Role.HANDLAGGARE, Role.CHEF))],
    asked: AskedPage,
    wanted: Annotated[QueueFilter, Depends()],
) -> Response:
    """Det som ska besvaras först står först, om inget annat sägs. Skälen står inte i listan, och ett ärende
    med skyddade uppgifter hittas inte på sitt skäl: det syns utan det filtret. Med `mine` syns också de
    som du har tagit och som väntar på sökanden, registren eller maskinen; `state` säger vilket."""
    with seen_by(office_of(request), caller) as session:
        page = queue_page(session, caller, asked, wanted)
    return as_json(answers.Page(items=list(page.items), next=page.next), page.headers)


def queue_page(
    session: Session, caller: Caller, asked: PageRequest, wanted: QueueFilter
) -> PageOfList[answers.Task]:
    """A page of the caller's queue: what waits for a person, and, of what the caller has taken, also what
    waits for others."""
    row, task = ApplicationRow, TaskRow
    order = wanted.order()
    query = (
        select(row, task)
        .join(task, same_case(task, row))
        .where(row.tenant == caller.tenant, task.tenant == caller.tenant)
        .where(*wanted.conditions(caller.principal.subject))
    )
    if asked.after is not None:
        *first, at, last = asked.after
        query = query.where(tuple_(*order) > (*first, datetime.fromisoformat(str(at)), last))
    rows = session.exec(query.order_by(*order).limit(asked.limit + 1)).all()
    page = page_of(asked, rows, lambda each: wanted.place(*each))
    return PageOfList([views.task(session, *each) for each in page.items], page.next)


def next_task(session: Session, caller: Caller, done: str) -> str | None:
    """What the caller has to decide first, beside what is ``done``: what they have taken themselves, then
    what nobody has, each in the queue's order. None when there is nothing."""
    row, task = ApplicationRow, TaskRow
    mine = col(task.claimed_by) == caller.principal.subject
    query = (
        select(row.id)
        .join(task, same_case(task, row))
        .where(row.tenant == caller.tenant, row.state == ApplicationState.HANDLAGGARE, row.id != done)
        .where(mine | col(task.claimed_by).is_(None), col(task.proposal).is_(None))
        .order_by(col(task.claimed_by).is_(None), *QueueFilter().order())
    )
    return session.exec(query).first()


@router.get(
    "/tasks/{application}",
    summary="En uppgift i kön",
    responses={**answers.answers(answers.WholeTask), **problem_responses("conflict")},
)
def show_task(
    request: Request,
    caller: Annotated[Caller, Depends(require_reader(Role.HANDLAGGARE, Role.CHEF))],
    application: Application,
) -> Response:
    """Frågorna att svara på med uppgifterna bakom dem, förslaget, beräkningen bredvid förra månadens, vad
    registren svarade, tidigare månader, planering, frågor till sökanden, anteckningar, andra ansökningar
    och ansökan. Också medan sökanden svarar: `asked_until` säger till när."""

    def show(office: Office, session: Session, row: ApplicationRow) -> Response:
        found = session.get(TaskRow, (row.tenant, row.id))
        if found is None:
            raise ProblemError("conflict", fault("case_not_with_person", state=ApplicationState(row.state)))
        return answer(views.whole_task(office, session, row, found), row)

    return read(request, caller, application, show)


@router.post("/tasks/{application}/claim", summary="Ta ett ärende", responses=_CLAIM)
def claim_task(
    request: Request, caller: Worker, application: Application, if_match: IfMatch = None
) -> Response:
    """Den som har tagit ett ärende är den enda som kan avgöra det."""
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        who = caller.principal.subject
        row = handlaggare.claim(office, session, caller.tenant, application, who, version)
        return answer(views.application(session, row), row)


@router.post(
    "/tasks/{application}/decision",
    summary="Besluta",
    openapi_extra=described(
        PersonsDecision,
        {
            "ja till förslaget": {"assessment": 1, "agrees": True},
            "en rad ändrad": {
                "assessment": 1,
                "outcome": "BIFALL",
                "granted": "12520.00",
                "lines": [
                    {"line": 3, "amount": "7300.00", "reason": "Hyran är skälig: ingen billigare finns."}
                ],
                "reason": "Hela hyran godkänns.",
            },
        },
    ),
    responses={**_STEP, **answers.answers(answers.DecisionSent)},
)
def decide_task(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Ja till prövningens förslag, eller ett annat utfall eller belopp med raderna det gäller: radens nummer
    i prövningens beräkning från 1, nytt belopp i kronor och skäl. En ny rad har slag, text och lagrum, och en
    kostnad sin rad i ansökan. Summan av raderna är det som beviljas. Skälen skrivs ordagrant i brevet; de
    krävs när beslutet är ett annat än förslaget och när något inte beviljas. Går beslutet sökanden emot på
    något som sökanden varken har sagt eller fått se säger `told` hur sökanden har fått veta det, eller varför
    det inte behövs (FL 25 §). Där kommunen vill ha fyra ögon väntar beslutet på en kollega."""
    given = _read(request, PersonsDecision, body)
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        who = caller.principal.subject
        row = deciding.decide(office, session, caller.tenant, application, who, version, given)
        waits = row.state == ApplicationState.HANDLAGGARE
        found = answers.DecisionSent(**dict(views.application(session, row)), awaits_approval=waits)
    _count(request, row, found)
    return answer(found, row)


@router.post(
    "/tasks/{application}/approval",
    summary="Godkänn en kollegas beslut",
    openapi_extra=described(Approval, {"ja": {"agrees": True}}),
    responses=_STEP,
)
def approve_decision(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Den som har lagt fram beslutet kan inte själv godkänna det."""
    given = _read(request, Approval, body)
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        row = deciding.approve(
            office,
            session,
            caller.tenant,
            application,
            caller.principal.subject,
            version,
            agrees=given.agrees,
            reason=given.reason,
        )
        found = views.application(session, row)
    _count(request, row, found)
    return answer(found, row)


@router.post(
    "/tasks/{application}/hand-back",
    summary="Lämna tillbaka",
    openapi_extra=described(HandBack, {"till kön": {"to": "kön", "reason": "Sjuk i morgon."}}),
    responses=_STEP,
)
def hand_back_task(
    request: Request,
    caller: Annotated[Caller, Depends(require(Role.HANDLAGGARE, Role.CHEF))],
    application: Application,
    body: RawBody,
    if_match: IfMatch = None,
) -> Response:
    """Till kön, så att någon annan kan ta det, eller till maskinen, som prövar ansökan igen. En chef kan
    lämna tillbaka det som en kollega har tagit."""
    given = _read(request, HandBack, body)
    to_machine = given.to == "maskinen"
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        row = handlaggare.hand_back(
            office,
            session,
            caller.tenant,
            application,
            caller.principal.subject,
            version,
            to_machine=to_machine,
            reason=given.reason,
            oversees=Role.CHEF in caller.roles,
        )
        found = views.application(session, row)
    if to_machine:
        service_of(request).jobs.enqueue(caller.tenant, application)
    return answer(found, row)


@router.post(
    "/tasks/{application}/questions",
    summary="Fråga sökanden",
    openapi_extra=described(Questions, {"kvitto": {"questions": ["Skicka kvittot för medicinen."]}}),
    responses=_STEP,
)
def ask_applicant(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Klockan står tills svaret kommer, eller tills det skulle ha kommit."""
    given = _read(request, Questions, body)
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        who = caller.principal.subject
        row = handlaggare.ask_applicant(
            office, session, caller.tenant, application, who, version, given.questions
        )
        return answer(views.application(session, row), row)


@router.post(
    "/tasks/{application}/write-off",
    summary="Skriv av ett ärende",
    openapi_extra=described(
        WrittenOff,
        {
            "återkallat": {"reason": "Sökanden har fått arbete."},
            "avliden": {"reason": "Sökanden avled innan något var beslutat."},
        },
    ),
    responses=_STEP,
)
def write_off_application(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Beslutar att skriva av ett ärende vars ansökan sökanden har tagit tillbaka, eller där alla som söker är
    märkta som avlidna. Skälet står i brevet."""
    given = _read(request, WrittenOff, body)
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        who = caller.principal.subject
        row = writing_off.write_off(office, session, caller.tenant, application, who, version, given.reason)
        return answer(views.application(session, row), row)


@router.post(
    "/tasks/{application}/reopening",
    summary="Ta upp ett avskrivet ärende igen",
    openapi_extra=described(WrittenOff, {"lever": {"reason": "Fel person var märkt som avliden."}}),
    responses=_STEP,
)
def take_up_again(
    request: Request, caller: Worker, application: Application, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Tar upp ett ärende igen som skrevs av för att den som sökte var märkt som avliden, när märket är
    borttaget. Det prövas som en ansökan som just har kommit, och sökanden får ett brev med skälet."""
    given = _read(request, WrittenOff, body)
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        who, tenant = caller.principal.subject, caller.tenant
        row = writing_off.take_up_again(office, session, tenant, application, who, version, given.reason)
        return answer(views.application(session, row), row)


@router.post("/tasks/{application}/communication", summary="Låt sökanden yttra sig", responses=_CLAIM)
def communicate_basis(
    request: Request, caller: Worker, application: Application, if_match: IfMatch = None
) -> Response:
    """Sökanden får veta vilka utbetalningar ur register som talar emot ansökan, och kommunens tid att yttra
    sig. Den som har tagit ärendet har kvar det och beslutar när svaret har kommit eller tiden har gått."""
    with acting(request, caller) as (office, session):
        version = _version(office, session, caller, application, if_match)
        who = caller.principal.subject
        row = telling.tell(office, session, caller.tenant, application, who, version)
        return answer(views.application(session, row), row)


@router.post(
    "/tasks/{application}/notes",
    summary="Skriv en anteckning",
    status_code=201,
    openapi_extra=described(
        NewNote,
        {
            "samtal": {"text": "Sökanden ringde: hyran höjs i december."},
            "skydd": {"text": "Sökanden visade Skatteverkets beslut.", "protects": _PROTECTS},
            "avliden": {"text": "Dottern ringde och visade dödsfallsintyget.", "died": _DIED},
        },
    ),
    responses={
        **answers.answers(answers.Items[Note], 201),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def write_note(request: Request, caller: Worker, application: Application, body: RawBody) -> Response:
    """En anteckning skrivs i loggen och ändras aldrig. Den som läser uppgiften ser alla anteckningar. Med
    `protects` är personen skyddad från nu, i alla ärenden; texten är skälet, och ses bara av den som får se
    skyddade personer. Den som märker någon utan den rätten ser inte ärendet efteråt. Med `died` är personen
    märkt som avliden i alla sina ärenden: maskinen beslutar inget i dem, den avlidne frågas inget och får
    inga betalningar, och planeringen avslutas."""
    given = _read(request, NewNote, body)
    with acting(request, caller) as (office, session):
        who = caller.principal.subject
        if given.protects is not None:
            said = protecting.SaidOfSomebodyHere(**dict(given.protects), reason=given.text)
            row = protecting.mark_in_application(office, session, caller.tenant, application, said, who)
            return answer(answers.Items(items=list(notes_of(office, session, row))), row, 201)
        if given.died is not None:
            dead = death.SaidDead(**dict(given.died), reason=given.text)
            row = death.note_death(office, session, caller.tenant, application, dead, who)
            return answer(answers.Items(items=list(notes_of(office, session, row))), row, 201)
        row = handlaggare.write_note(office, session, caller.tenant, application, who, given.text)
        return answer(answers.Items(items=list(notes_of(office, session, row))), row, 201)


def _read(request: Request, model: type[Model], body: bytes) -> Model:
    data: Any = json_of(request, body)
    return validated(model, data)


def _count(request: Request, row: ApplicationRow, found: answers.ApplicationStatus) -> None:
    """A person's decision is a decision too; one on a protected person's case would tell that there is
    one."""
    if found.decision is not None and not row.protected:
        service = service_of(request)
        margin = (row.person_due_at - service.office.clock()).total_seconds()
        service.metrics.decided(row.tenant, found.decision.outcome, "", automatic=False, margin=margin)


def _version(office: Office, session: Session, caller: Caller, application: str, if_match: str | None) -> int:
    """The version that the caller has seen, which must be the one there is."""
    row = find(session, caller.tenant, application)
    require_logged(office, session, row)
    require_match(if_match, row.version)
    return row.version
