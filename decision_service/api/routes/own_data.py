"""Everything that is kept of a person, for that person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import service_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require_reader
from decision_service.api.cases import changing, told
from decision_service.api.openapi import problem_responses
from decision_service.api.routes.motprestation import ByPersonalNumber
from decision_service.casework import own_data
from decision_service.casework.own_data_text import as_text
from decision_service.log import journal
from decision_service.reading.faults import validated
from decision_service.store.database import reading

router = APIRouter(tags=["egna uppgifter"])

Reviewer = Annotated[Caller, Depends(require_reader(Role.JURIST, Role.CHEF))]


@router.post(
    "/personal-data/query",
    summary="Allt som finns om en person",
    openapi_extra=described(ByPersonalNumber, {"person": {"personal_number": "198002099805"}}),
    responses={
        200: {"model": answers.OwnData, "content": {"text/plain": {"schema": {"type": "string"}}}},
        **problem_responses("unsupported-media-type"),
    },
)
def extract_own_data(
    request: Request, caller: Reviewer, body: RawBody, accept: Annotated[str, Header()] = "*/*"
) -> Response:
    """Ett registerutdrag till den registrerade, som text eller JSON. Läsningen loggas i varje ärende. Det som
    rör andra är utelämnat, och det sägs vad. En person med skyddade uppgifter finns bara för en chef."""
    asked = validated(ByPersonalNumber, json_of(request, body))
    number, protected = asked.personal_number, caller.sees_protected
    with changing(request) as (office, session):
        who = journal.staff(caller.principal.subject)
        own_data.note_reading(
            office, session, caller.tenant, number, who, caller.purpose, protected=protected
        )
    with told(), reading(office.engine) as session:
        package = own_data.own_data(office, session, caller.tenant, number, protected=protected)
    if "text/plain" in accept:
        return PlainTextResponse(as_text(package, service_of(request).words))
    return JSONResponse(package)
