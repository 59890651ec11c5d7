"""Send in an application, follow it, add what is missing, take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request
from sqlalchemy import tuple_
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session, col, select
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from decision_service.access.roles import REVIEWERS, Role
from decision_service.api import answers, views
from decision_service.api.addresses import Application
from decision_service.api.behind import office_of, service_of
from decision_service.api.bodies import JSON, RawBody, content_type, described, inlined, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import answer, as_json, changing, own, read, seen_by, sees_all, told, visible
from decision_service.api.etag import etag, unchanged
from decision_service.api.idempotency import Earlier, IdempotencyScope, asked_once, earlier, keep
from decision_service.api.intake import TakingIn
from decision_service.api.openapi import problem_responses
from decision_service.api.pages import AskedPage, page_of
from decision_service.api.prefer import applied, wait_seconds
from decision_service.api.problems import ProblemError
from decision_service.application.adapters import ADAPTERS, Intake
from decision_service.application.adapters.canonical import ApplicationDocument
from decision_service.casework import applicant, writing_off
from decision_service.casework.office import Office
from decision_service.casework.receive import (
    NotTogetherError,
    Sent,
    read_as_declared,
    receive_all,
)
from decision_service.casework.right_time import WrongClockError, require_right_time
from decision_service.casework.rows import require_logged
from decision_service.casework.sweeps import undecided
from decision_service.reading.our_fault import sort_and_place
from decision_service.reading.strict_json import Body, InputError
from decision_service.store.case_number import read_case_number
from decision_service.store.database import reading
from decision_service.store.tables import FOR_THE_MACHINE, ApplicationRow, ApplicationState
from norms.fault import MisfitError

router = APIRouter(tags=["ansökningar"])
_log = structlog.get_logger()

CANONICAL = "ansokan/1"
MEDIA_TYPES = {f"application/vnd.lagrum.{name.replace('/', '.')}+json": name for name in ADAPTERS}
LONGEST_WAIT = 30
AHEAD = timedelta(seconds=LONGEST_WAIT)

Sender = Annotated[Caller, Depends(require(Role.ESERVICE))]
Follower = Annotated[Caller, Depends(require_reader(Role.ESERVICE, *REVIEWERS))]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Ett värde för just den här posten. Samma värde igen gör inget nytt.",
    ),
]
Preference = Annotated[
    list[str] | None, Header(alias="Prefer", description="wait=N: vänta N sekunder på svaret")
]

_EXAMPLE = {
    "schema": CANONICAL,
    "application": {
        "applicationType": "RENEWAL",
        "maritalStatus": "SINGLE",
        "periodMonth": 11,
        "periodYear": 2026,
        "normType": "NATIONAL_NORM",
        "hasChildrenUnder21": False,
        "housingPersonCount": 1,
        "housingChanged": False,
        "hasIncomes": False,
        "hasPendingBenefits": False,
        "hasAssets": False,
        "plannings": [{"person": "p1", "planningType": "JOBSEEKING"}],
        "staysInMunicipality": True,
        "costs": [{"costType": "RENT", "appliedAmount": 6200}],
        "persons": [{"role": "APPLICANT", "partyId": "p1", "paymentSameAsPrevious": True, "signed": True}],
        "attestation": True,
    },
    "people": [{"id": "p1", "role": "APPLICANT", "personal_number": "198002099805", "first_name": "Alma"}],
}


_ANSWERS = {"answers": [{"question": "8c1f0a52de", "value": "2026-12"}]}


def _body() -> dict[str, Any]:
    found = described(ApplicationDocument, {"fortsatt ansökan": _EXAMPLE})
    content = found["requestBody"]["content"]
    for media_type, adapter in MEDIA_TYPES.items():
        schema = (
            inlined(ApplicationDocument.model_json_schema()) if adapter == CANONICAL else {"type": "object"}
        )
        content[media_type] = {"schema": schema}
    return found


@router.post(
    "/applications",
    status_code=202,
    summary="Lämna in en ansökan",
    openapi_extra=_body(),
    responses={
        **answers.answers(answers.ApplicationStatus, 202, "Mottagen."),
        **answers.answers(
            answers.ApplicationStatus, 201, "Prövad medan du väntade. Svaret säger hur den står."
        ),
        **problem_responses(
            "in-progress", "idempotency-key-missing", "idempotency-key-reused", "unsupported-media-type"
        ),
    },
)
async def send_application(
    request: Request, caller: Sender, body: RawBody, key: Key = None, prefer: Preference = None
) -> Response:
    """Kanonisk ansökan, eller en annan form genom Content-Type. 202 när den är mottagen, 201 när den också
    hann prövas inom `Prefer: wait=N`. Samma nyckel och samma innehåll ger samma ansökan igen."""
    seconds = wait_seconds(prefer or (), LONGEST_WAIT)
    intake: TakingIn[Sending, Took] = request.app.state.intake
    application, new, standing = await intake.taken(
        caller.tenant, Sending(request, caller, body, key, seconds)
    )
    if standing is not None:
        return standing
    if new and seconds is not None:
        found = await service_of(request).examining.examined_within(caller.tenant, application, seconds)
        written = views.just_written(found.row, found.decision) if found is not None else None
        if found is not None and written is not None:
            return _told(request, written, found.row, new=True, seconds=seconds)
    return await run_in_threadpool(_standing, request, caller, application, new, seconds)


@dataclass(frozen=True, eq=False)
class Sending:
    """A request with an application, and how long it waits for an answer."""

    request: Request
    caller: Caller
    body: bytes
    key: str | None
    seconds: int | None


class Took(NamedTuple):
    """The application that was sent, whether it is new, and of a new one that nobody waits for how it stands:
    as it was written just now."""

    application: str
    new: bool
    standing: Response | None


_AWAY = (OperationalError, InterfaceError, PoolTimeout, WrongClockError)
"""What is wrong with all, whatever is sent."""


def take_in(group: Sequence[Sending]) -> list[Took | Exception]:
    """Take in what is sent to one municipality: together where they are as most are, else one by one. What
    goes wrong with one is said of it alone; what the database cannot do now it is not asked again for the
    others, who would wait for it that much longer. Raises what it cannot do for any."""
    if group[1:]:
        try:
            return _taken(group)
        except _AWAY:
            raise
        except NotTogetherError:
            pass
        except Exception as error:  # whatever it is, it may be of one alone
            _log.warning("not_together", error=sort_and_place(error))
    found = list[Took | Exception]()
    for each in group:
        try:
            found += _taken([each])
        except _AWAY as error:
            found += [error] * (len(group) - len(found))
            break
        except Exception as error:  # whoever sent it is told
            found.append(error)
    return found


class _Asking(NamedTuple):
    """What a request asks, and whose key it has."""

    sent: Sent
    scope: IdempotencyScope
    asked: str

    @classmethod
    def of(cls, sending: Sending) -> _Asking:
        """Raises ProblemError and InputError."""
        request, caller, body = sending.request, sending.caller, sending.body
        adapter = _adapter(request)
        read = Body(body, json_of(request, body))
        scope, asked = asked_once(request, caller, body, sending.key)
        ahead = timedelta() if sending.seconds is None else AHEAD
        return cls(Sent(adapter, read, caller.principal.client, ahead), scope, asked)


def _taken(group: Sequence[Sending]) -> list[Took | Exception]:
    """What comes of all, in one transaction. Raises what goes wrong with it, and NotTogetherError."""
    request, tenant = group[0].request, group[0].caller.tenant
    require_right_time(office_of(request))
    found: dict[Sending, Took | Exception] = {}
    asking: dict[Sending, _Asking] = {}
    for each in group:
        try:
            asking[each] = _Asking.of(each)
        except (ProblemError, InputError) as error:
            found[each] = error
    scopes = [one.scope for one in asking.values()]
    if len(set(scopes)) < len(scopes):
        raise NotTogetherError
    with changing(request) as (office, session):
        before, now = earlier(session, scopes), office.clock()
        new: dict[Sending, tuple[Sent, Intake]] = {}
        for each, (sent, scope, asked) in asking.items():
            try:
                if scope in before:
                    found[each] = Took(before[scope].of(asked), new=False, standing=None)
                else:
                    intake = read_as_declared(office, tenant, sent.adapter, sent.body.data, now)
                    new[each] = sent, intake
            except (ProblemError, InputError) as error:
                found[each] = error
        if new:
            rows = receive_all(office, session, tenant, [*new.values()], now)
            made = [
                (asking[each].scope, Earlier(asking[each].asked, row.id))
                for each, row in zip(new, rows, strict=True)
            ]
            keep(session, made, now)
            for each, row in zip(new, rows, strict=True):
                waits = each.seconds is not None
                standing = None if waits else _shown(each.request, session, row, new=True, seconds=None)
                found[each] = Took(row.id, new=True, standing=standing)
    for each in new:
        if each.seconds is None and isinstance(took := found[each], Took):
            service_of(each.request).jobs.enqueue(tenant, took.application)
    return [found[each] for each in group]


def _standing(request: Request, caller: Caller, application: str, new: bool, seconds: int | None) -> Response:
    """How an application that was just sent stands now."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        row = visible(office, session, caller, application)
        return _shown(request, session, row, new=new, seconds=seconds)


def _shown(
    request: Request, session: Session, row: ApplicationRow, *, new: bool, seconds: int | None
) -> Response:
    return _told(request, views.application(session, row), row, new=new, seconds=seconds)


def _told(
    request: Request,
    status: answers.ApplicationStatus,
    row: ApplicationRow,
    *,
    new: bool,
    seconds: int | None,
) -> Response:
    examined = row.state not in FOR_THE_MACHINE
    headers = {"Location": f"{request.url.path}/{row.id}"}
    if not new:
        headers["Idempotent-Replay"] = "true"
    if seconds is not None:
        headers |= applied(seconds)
    return answer(status, row, 201 if examined else 202, **headers)


def _adapter(request: Request) -> str:
    kind = content_type(request)
    if kind == JSON:
        return CANONICAL
    if kind not in MEDIA_TYPES:
        raise ProblemError("unsupported-media-type", more={"accepted": [JSON, *MEDIA_TYPES]})
    return MEDIA_TYPES[kind]


@router.get(
    "/applications", summary="Ansökningar", responses=answers.answers(answers.Page[answers.ApplicationStatus])
)
def list_applications(
    request: Request,
    caller: Annotated[Caller, Depends(require(Role.ESERVICE, *REVIEWERS))],
    asked: AskedPage,
    state: Annotated[ApplicationState | None, Query(description="Bara de som står så")] = None,
    case_number: Annotated[
        str | None, Query(description="Bara ärendet med det numret, med eller utan streck", max_length=40)
    ] = None,
) -> Response:
    """Den nyaste först. En e-tjänst ser bara dem den själv har lämnat in."""
    row = ApplicationRow
    query = select(row).where(row.tenant == caller.tenant)
    if not sees_all(caller):
        query = query.where(row.client == caller.principal.client)
    if state is not None:
        query = query.where(row.state == state)
    if case_number is not None:
        query = query.where(row.case_number == _case_number(case_number))
    if asked.after is not None:
        at, last = asked.after
        query = query.where(
            tuple_(col(row.received_at), col(row.id)) < (datetime.fromisoformat(str(at)), last)
        )
    query = query.order_by(col(row.received_at).desc(), col(row.id).desc()).limit(asked.limit + 1)
    office = office_of(request)
    with told(), seen_by(office, caller) as session:
        rows: Sequence[ApplicationRow] = session.exec(query).all()
        page = page_of(asked, rows, lambda each: (each.received_at.isoformat(), each.id))
        require_logged(office, session, *page.items)
        items = [views.application(session, each) for each in page.items]
    return as_json(answers.Page(items=items, next=page.next), page.headers)


def _case_number(text: str) -> str:
    try:
        return read_case_number(text)
    except MisfitError as error:
        raise InputError([one.below("case_number") for one in error.faults]) from None


@router.get(
    "/applications/{application}",
    summary="Hur en ansökan står",
    responses={
        **answers.answers(answers.ApplicationStatus),
        304: {"description": "Oförändrat sedan den ETag som gavs."},
    },
)
def show_application(
    request: Request,
    caller: Follower,
    application: Application,
    if_none_match: Annotated[
        str | None, Header(description="ETag som den som frågar redan har: 304 när inget har hänt")
    ] = None,
) -> Response:
    """Läge, när svaret senast kommer, vad som saknas och vad som är beslutat."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Response:
        if unchanged(if_none_match, etag(row.version)):
            return Response(status_code=304, headers={"ETag": etag(row.version)})
        return answer(views.application(session, row), row)

    return read(request, caller, application, show)


@router.post(
    "/applications/{application}/completions",
    status_code=202,
    summary="Komplettera en ansökan",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                **described(applicant.AnswersSent, {"månaden": _ANSWERS})["requestBody"]["content"],
                "application/merge-patch+json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "application": {"type": "object"},
                            "people": {"type": "array"},
                            "removed": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                    "example": {"application": {"housingPersonCount": 2}},
                },
            },
        }
    },
    responses={
        **answers.answers(answers.ApplicationStatus, 202, "Mottagen; ansökan prövas igen."),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def complete_application(
    request: Request, caller: Sender, application: Application, body: RawBody
) -> Response:
    """Svar på frågor, var och en med sitt id, eller en JSON Merge Patch (RFC 7396) på ansökan. Personer och
    rader slås ihop en och en: inget som stod där faller bort om det inte står i `removed`. Klockan börjar om
    när allt är besvarat."""
    if content_type(request) not in (JSON, "application/merge-patch+json"):
        raise ProblemError("unsupported-media-type", more={"accepted": ["application/merge-patch+json"]})
    sent = Body(body, json_of(request, body))
    with changing(request) as (office, session):
        own(office, session, caller, application)
        row = applicant.complete(office, session, caller.tenant, application, sent)
        found = views.application(session, row)
    service_of(request).jobs.enqueue(caller.tenant, application)
    return answer(found, row, 202)


@router.post(
    "/applications/{application}/statement",
    status_code=202,
    summary="Yttra sig före beslutet",
    openapi_extra=described(applicant.Statement, {"stämmer": {"agrees": True}}),
    responses={
        **answers.answers(answers.ApplicationStatus, 202, "Mottaget; ansökan prövas igen."),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def send_statement(request: Request, caller: Sender, application: Application, body: RawBody) -> Response:
    """Om det som myndigheterna har uppgett stämmer (``communication``). Säger sökanden nej, eller skriver
    något, avgör en handläggare."""
    sent = Body(body, json_of(request, body))
    with changing(request) as (office, session):
        own(office, session, caller, application)
        row = applicant.state_opinion(office, session, caller.tenant, application, sent)
        found = views.application(session, row)
    service_of(request).jobs.enqueue(caller.tenant, application)
    return answer(found, row, 202)


@router.post(
    "/applications/{application}/withdrawal",
    summary="Återkalla en ansökan",
    responses={**answers.answers(answers.ApplicationStatus), **problem_responses("conflict")},
)
def withdraw_application(request: Request, caller: Sender, application: Application) -> Response:
    """Går så länge ansökan inte är beslutad. Att ärendet skrivs av är ett eget beslut med brev: av datorn
    genast, eller av en handläggare där kommunen vill det."""
    with changing(request) as (office, session):
        own(office, session, caller, application)
        row = writing_off.take_back(office, session, caller.tenant, application)
        found = views.application(session, row)
    return answer(found, row)


@router.get(
    "/overdue",
    tags=["handläggning"],
    summary="Obesvarade efter fristen",
    responses=answers.answers(answers.Items[answers.Overdue]),
)
def list_overdue(request: Request, caller: Annotated[Caller, Depends(require(Role.CHEF))]) -> Response:
    """Varje ansökan som en handläggare inte har besvarat i tid, den äldsta först."""
    office = office_of(request)
    with told(), seen_by(office, caller) as session:
        rows = undecided(session, [caller.tenant])
        require_logged(office, session, *rows)
        items = [
            answers.Overdue(**dict(views.application(session, row)), breached_at=row.breached_at)
            for row in rows
        ]
    return as_json(answers.Items(items=items))
