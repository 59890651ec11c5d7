"""What is known beside the applications: plan and attendance, months decided elsewhere, pay days."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from pydantic import Field, StrictBool
from starlette.responses import JSONResponse, Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import as_json, changing, seen_by, told
from decision_service.api.etag import etag, require_match
from decision_service.api.months import month_parameter
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.api.views import moment
from decision_service.application.case_file import AttendedSession, MonthDecided, Plan
from decision_service.application.fields import Part, PersonalNumber, Text
from decision_service.casework import imports, knowledge
from decision_service.installation.calendar import payment_date
from decision_service.log import journal, vouched
from decision_service.reading.faults import validated
from decision_service.store.tables import ActivityRow, ProposedHistoryRow

router = APIRouter(tags=["motprestation"])

Planner = Annotated[Caller, Depends(require(Role.HANDLAGGARE, Role.ESERVICE))]
Reader = Annotated[Caller, Depends(require_reader(Role.HANDLAGGARE, Role.ESERVICE))]
Importer = Annotated[Caller, Depends(require(Role.ADMIN))]
Second = Annotated[Caller, Depends(require(Role.ADMIN, Role.CHEF))]
SecondReader = Annotated[Caller, Depends(require_reader(Role.ADMIN, Role.CHEF))]
IfMatch = Annotated[str | None, Header(description="ETag för det du har läst; utelämnas första gången")]
Number = Annotated[PersonalNumber, Field(description="Personnummer, tolv siffror", examples=["198002099805"])]


class ByPersonalNumber(Part):
    """Whose plan and attendance."""

    personal_number: Number


class ActivityReport(ByPersonalNumber):
    """A person's plan and attendance, whole."""

    plan: Plan = Field(default_factory=Plan)
    sessions: Annotated[list[AttendedSession], Field(max_length=1000)] = Field(default_factory=list)


class Attendance(ByPersonalNumber):
    """Attendance that is reported."""

    sessions: Annotated[list[AttendedSession], Field(min_length=1, max_length=1000)]


class History(ByPersonalNumber):
    """Months decided before the municipality began here; persons by personal number. ``complete``: there were
    no decided months before these."""

    months: Annotated[list[MonthDecided], Field(min_length=1, max_length=600)]
    complete: StrictBool = False


class SecondWord(Part):
    """A second person's word on what a colleague has put forward; a no says why."""

    agrees: StrictBool
    reason: Text = ""


_PLAN = {"decided": "2026-09-02", "first": "2026-09-02", "weekly_hours": 40}
_SESSION = {"day": "2026-10-05", "hours": 6, "kind": "WORKPLACE", "mark": "PRESENT"}
_NUMBER = {"personal_number": "198002099805"}


@router.post(
    "/activity/query",
    summary="En persons planering och närvaro",
    openapi_extra=described(ByPersonalNumber, {"person": _NUMBER}),
    responses={**answers.answers(answers.PersonsActivity), **problem_responses("unsupported-media-type")},
)
def find_activity(request: Request, caller: Reader, body: RawBody) -> Response:
    """Personnumret står i innehållet, så att det inte hamnar i någon logg över adresser. Ett program ser
    bara det som det självt har rapporterat; att en person läser står i spåret."""
    asked = validated(ByPersonalNumber, json_of(request, body))
    with changing(request, caller) as (office, session):
        row = _own(caller, knowledge.activity(office, session, caller.tenant, asked.personal_number))
        if row is None:
            raise ProblemError("not-found")
        if caller.purpose:
            actor = journal.staff(caller.principal.subject)
            entry = journal.access(row.case_id, office.clock(), actor, caller.purpose)
            vouched.append(office.log, session, caller.tenant, [entry])
        return _shown(row)


def _own(caller: Caller, row: ActivityRow | None) -> ActivityRow | None:
    """What is known, where the caller may know it: a program knows of what it has reported itself, and of
    what no program has. Raises ProblemError (404)."""
    if row is not None and _program(caller) and row.client not in ("", caller.principal.client):
        raise ProblemError("not-found")
    return row


def _program(caller: Caller) -> str:
    """The program that reports; empty for a person."""
    return "" if caller.principal.is_person else caller.principal.client


@router.put(
    "/activity",
    summary="Sätt en persons planering och närvaro",
    openapi_extra=described(ActivityReport, {"plan": {**_NUMBER, "plan": _PLAN, "sessions": [_SESSION]}}),
    responses={
        **answers.answers(answers.PersonsActivity),
        **problem_responses("conflict", "stale", "version-missing", "unsupported-media-type"),
    },
)
def report_plan(request: Request, caller: Planner, body: RawBody, if_match: IfMatch = None) -> Response:
    """Plan, första möte, planeringsvecka, praktik, timmar i veckan och tillfällen. Ersätter det som finns."""
    data = json_of(request, body)
    given = validated(ActivityReport, data)
    document = {name: data[name] for name in ("plan", "sessions") if name in data}
    who = caller.principal.subject
    with changing(request, caller) as (office, session):
        before = _own(caller, knowledge.activity(office, session, caller.tenant, given.personal_number))
        if before is not None:
            require_match(if_match, before.version)
        version = before.version if before is not None else None
        row = knowledge.set_activity(
            office,
            session,
            caller.tenant,
            given.personal_number,
            document,
            who,
            version,
            _program(caller),
        )
        return _shown(row)


@router.post(
    "/activity/sessions",
    summary="Rapportera närvaro",
    openapi_extra=described(Attendance, {"närvaro": {**_NUMBER, "sessions": [_SESSION]}}),
    responses={
        **answers.answers(answers.PersonsActivity),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def report_attendance(request: Request, caller: Planner, body: RawBody) -> Response:
    """Ett tillfälle för samma dag och slag ersätter det förra."""
    data = json_of(request, body)
    given = validated(Attendance, data)
    with changing(request, caller) as (office, session):
        _own(caller, knowledge.activity(office, session, caller.tenant, given.personal_number))
        row = knowledge.add_sessions(
            office,
            session,
            caller.tenant,
            given.personal_number,
            data["sessions"],
            caller.principal.subject,
            _program(caller),
        )
        return _shown(row)


@router.post(
    "/history",
    summary="Lägg fram tidigare beslut från ett annat system",
    status_code=202,
    openapi_extra=described(
        History,
        {"en månad": {**_NUMBER, "months": [{"month": "2026-10", "outcome": "BIFALL", "amount": 9510}]}},
    ),
    responses={**answers.answers(answers.ProposedMonths, 202), **problem_responses("unsupported-media-type")},
)
def propose_history(request: Request, caller: Importer, body: RawBody) -> Response:
    """Inget vilar på dem förrän en kollega har godkänt dem. Utan tidigare beslut räknas en ansökan som den
    första, och går till en människa."""
    data: dict[str, Any] = json_of(request, body)
    given = validated(History, data)
    with changing(request) as (office, session):
        said: dict[str, Any] = {name: data[name] for name in ("months", "complete") if name in data}
        row = imports.put_forward(
            office, session, caller.tenant, given.personal_number, said, caller.principal.subject
        )
        return as_json(_brief(row), status=202)


@router.get(
    "/history",
    summary="Tidigare beslut som väntar på en kollega",
    responses=answers.answers(answers.Items[answers.ProposedMonths]),
)
def list_proposals(request: Request, caller: Second) -> Response:
    """Den äldsta först. Listan säger inte vem de gäller."""
    with told(), seen_by(office_of(request), caller) as session:
        rows = imports.waiting(session, caller.tenant, caller.principal.subject)
        vouched.require(office_of(request).keys, session, caller.tenant, *rows)
        items = [_brief(row) for row in rows]
    return as_json(answers.Items(items=items))


Proposal = Annotated[str, Path(description="Id för det som lades fram", max_length=64)]


@router.get(
    "/history/{proposal}",
    summary="Tidigare beslut att godkänna",
    responses=answers.answers(answers.WholeProposedMonths),
)
def show_proposal(request: Request, caller: SecondReader, proposal: Proposal) -> Response:
    """Månaderna, som de lades fram. Läsningen står i spåret."""
    with changing(request, caller) as (office, session):
        row = imports.one_waiting(office, session, caller.tenant, proposal, caller.principal.subject)
        actor = journal.staff(caller.principal.subject)
        entry = journal.access(row.case_id, office.clock(), actor, caller.purpose)
        vouched.append(office.log, session, caller.tenant, [entry])
        said = json.loads(row.document)
        shown = {"complete": said["complete"], "decided": said["months"]}
        return as_json(answers.WholeProposedMonths(**dict(_brief(row)), **shown))


@router.post(
    "/history/{proposal}/approval",
    summary="Godkänn tidigare beslut",
    openapi_extra=described(SecondWord, {"ja": {"agrees": True}, "nej": {"agrees": False, "reason": "Fel."}}),
    responses={
        **answers.answers(answers.MonthsTaken),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def approve_history(request: Request, caller: Second, proposal: Proposal, body: RawBody) -> Response:
    """Av någon annan än den som lade fram dem. Ett nej säger varför."""
    given = validated(SecondWord, json_of(request, body))
    who = caller.principal.subject
    with changing(request, caller) as (office, session):
        count = imports.answer(
            office, session, caller.tenant, proposal, who, agrees=given.agrees, reason=given.reason
        )
    return as_json(answers.MonthsTaken(months=count))


def _brief(row: ProposedHistoryRow) -> answers.ProposedMonths:
    return answers.ProposedMonths(
        id=row.id,
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        months=len(json.loads(row.document)["months"]),
    )


@router.get(
    "/payment-dates/{month}",
    summary="Månadens utbetalningsdag",
    responses=answers.answers(answers.PayDay),
)
def show_pay_day(
    caller: Annotated[Caller, Depends(require(*Role))],
    month: Annotated[str, Path(description="Biståndsmånad, ÅÅÅÅ-MM", max_length=10)],
) -> Response:
    """Bankdagen på eller före kommunens utbetalningsdag."""
    found = payment_date(month_parameter(month), caller.municipality.pay_day)
    return as_json(answers.PayDay(month=month, pay_day=found))


def _shown(row: ActivityRow) -> JSONResponse:
    content = {**json.loads(row.document), "changed_at": moment(row.changed_at)}
    return JSONResponse(content, headers={"ETag": etag(row.version)})
