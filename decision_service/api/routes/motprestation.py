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
from decision_service.api.callers import Caller, require
from decision_service.api.cases import changing
from decision_service.api.etag import etag, require_match
from decision_service.api.months import month_parameter
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.api.views import moment
from decision_service.application.case_file import MonthDecided, Plan
from decision_service.application.case_file import Session as Attended
from decision_service.application.fields import Part, PersonalNumber
from decision_service.casework import knowledge
from decision_service.installation.calendar import payment_date
from decision_service.reading.faults import validated
from decision_service.store.database import reading
from decision_service.store.tables import ActivityRow

router = APIRouter(tags=["motprestation"])

Planner = Annotated[Caller, Depends(require(Role.HANDLAGGARE, Role.ESERVICE))]
Importer = Annotated[Caller, Depends(require(Role.ADMIN))]
IfMatch = Annotated[str | None, Header(description="ETag för det du har läst; utelämnas första gången")]
Number = Annotated[PersonalNumber, Field(description="Personnummer, tolv siffror", examples=["198002099805"])]


class Asked(Part):
    """Whose plan and attendance."""

    personal_number: Number


class Activity(Asked):
    """A person's plan and attendance, whole."""

    plan: Plan = Field(default_factory=Plan)
    sessions: Annotated[list[Attended], Field(max_length=1000)] = Field(default_factory=list)


class Attendance(Asked):
    """Attendance that is reported."""

    sessions: Annotated[list[Attended], Field(min_length=1, max_length=1000)]


class History(Asked):
    """Months decided before the municipality began here; persons by personal number. ``complete``: there were
    no decided months before these."""

    months: Annotated[list[MonthDecided], Field(min_length=1, max_length=600)]
    complete: StrictBool = False


_PLAN = {"decided": "2026-09-02", "first": "2026-09-02", "weekly_hours": 40}
_SESSION = {"day": "2026-10-05", "hours": 6, "kind": "WORKPLACE", "mark": "PRESENT"}
_NUMBER = {"personal_number": "198002099805"}


@router.post(
    "/activity/query",
    summary="En persons planering och närvaro",
    openapi_extra=described(Asked, {"person": _NUMBER}),
    responses={**answers.answers(answers.PersonsActivity), **problem_responses("unsupported-media-type")},
)
def known(request: Request, caller: Planner, body: RawBody) -> Response:
    """Personnumret står i innehållet, så att det inte hamnar i någon logg över adresser."""
    asked = validated(Asked, json_of(request, body))
    office = office_of(request)
    with reading(office.engine) as session:
        row = knowledge.activity(office, session, caller.tenant, asked.personal_number)
    if row is None:
        raise ProblemError("not-found")
    return _shown(row)


@router.put(
    "/activity",
    summary="Sätt en persons planering och närvaro",
    openapi_extra=described(Activity, {"plan": {**_NUMBER, "plan": _PLAN, "sessions": [_SESSION]}}),
    responses={
        **answers.answers(answers.PersonsActivity),
        **problem_responses("conflict", "stale", "version-missing", "unsupported-media-type"),
    },
)
def planned(request: Request, caller: Planner, body: RawBody, if_match: IfMatch = None) -> Response:
    """Plan, första möte, planeringsvecka, praktik, timmar i veckan och tillfällen. Ersätter det som finns."""
    data = json_of(request, body)
    given = validated(Activity, data)
    document = {name: data[name] for name in ("plan", "sessions") if name in data}
    who = caller.principal.subject
    with changing(request) as (office, session):
        before = knowledge.activity(office, session, caller.tenant, given.personal_number)
        if before is not None:
            require_match(if_match, before.version)
        version = before.version if before is not None else None
        row = knowledge.set_activity(
            office, session, caller.tenant, given.personal_number, document, who, version
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
def attended(request: Request, caller: Planner, body: RawBody) -> Response:
    """Ett tillfälle för samma dag och slag ersätter det förra."""
    data = json_of(request, body)
    given = validated(Attendance, data)
    with changing(request) as (office, session):
        row = knowledge.add_sessions(
            office,
            session,
            caller.tenant,
            given.personal_number,
            data["sessions"],
            caller.principal.subject,
        )
        return _shown(row)


@router.post(
    "/history",
    summary="Ta med tidigare beslut från ett annat system",
    openapi_extra=described(
        History,
        {"en månad": {**_NUMBER, "months": [{"month": "2026-10", "outcome": "BIFALL", "amount": 9510}]}},
    ),
    responses={**answers.answers(answers.MonthsTaken), **problem_responses("unsupported-media-type")},
)
def imported(request: Request, caller: Importer, body: RawBody) -> Response:
    """Utan tidigare beslut räknas en ansökan som den första, och går till en människa."""
    data: dict[str, Any] = json_of(request, body)
    given = validated(History, data)
    with changing(request) as (office, session):
        count = knowledge.import_history(
            office,
            session,
            caller.tenant,
            given.personal_number,
            data["months"],
            caller.principal.subject,
            complete=given.complete,
        )
    return JSONResponse({"months": count})


@router.get(
    "/payment-dates/{month}",
    summary="Månadens utbetalningsdag",
    responses=answers.answers(answers.PayDay),
)
def pay_day(
    caller: Annotated[Caller, Depends(require(*Role))],
    month: Annotated[str, Path(description="Biståndsmånad, ÅÅÅÅ-MM", max_length=10)],
) -> JSONResponse:
    """Bankdagen på eller före kommunens utbetalningsdag."""
    found = payment_date(month_parameter(month), caller.municipality.pay_day)
    return JSONResponse({"month": month, "pay_day": found.isoformat()})


def _shown(row: ActivityRow) -> JSONResponse:
    content = {**json.loads(row.document), "changed_at": moment(row.changed_at)}
    return JSONResponse(content, headers={"ETag": etag(row.version)})
