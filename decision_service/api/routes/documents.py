"""Documents of an application: send one, see which there are, read one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import REVIEWERS, Role
from decision_service.api import answers
from decision_service.api.addresses import Application
from decision_service.api.behind import service_of
from decision_service.api.bodies import RawBody
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.cases import answer, as_json, changing, own, read
from decision_service.api.openapi import problem_responses
from decision_service.application.document_kind import DocumentKind
from decision_service.casework import documents
from decision_service.casework.office import Office
from decision_service.store.tables import ApplicationRow, DocumentRow

router = APIRouter(tags=["ansökningar"])

Sender = Annotated[Caller, Depends(require(Role.ESERVICE))]
Reader = Annotated[Caller, Depends(require_reader(Role.ESERVICE, *REVIEWERS))]
_DOWNLOADED = "application/octet-stream"
_FILE = {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7\n…\n%%EOF"}


@router.post(
    "/applications/{application}/documents",
    status_code=202,
    summary="Skicka ett dokument",
    openapi_extra={
        "requestBody": {"required": True, "content": {kind.value: _FILE for kind in DocumentKind}}
    },
    responses={
        **answers.answers(answers.SentDocument, 202, "Mottaget; ansökan prövas igen."),
        **problem_responses("conflict"),
    },
)
def send_document(
    request: Request,
    caller: Sender,
    application: Application,
    body: RawBody,
    name: Annotated[str, Query(description="Vad människor kallar det", max_length=200)] = "",
    question: Annotated[str, Query(description="Id för frågan som dokumentet besvarar", max_length=64)] = "",
) -> Response:
    """Kroppen är filen: PDF, JPEG eller PNG, högst 8 MB. Slaget avgörs av innehållet. Samma fil till samma
    fråga igen är samma dokument. Det sparas krypterat med ärendets nyckel, och dess hash står i loggen."""
    with changing(request) as (office, session):
        own(office, session, caller, application)
        found = _shown(documents.add(office, session, caller.tenant, application, body, name, question))
    service_of(request).jobs.enqueue(caller.tenant, application)
    return as_json(found, status=202)


@router.get(
    "/applications/{application}/documents",
    summary="Dokumenten",
    responses=answers.answers(answers.Items[answers.SentDocument]),
)
def list_documents(request: Request, caller: Reader, application: Application) -> Response:
    """Vilka som har kommit, det äldsta först."""

    def show(_: Office, session: Session, row: ApplicationRow) -> Response:
        items = [_shown(one) for one in documents.of_application(session, row)]
        return answer(answers.Items(items=items), row)

    return read(request, caller, application, show)


@router.get(
    "/applications/{application}/documents/{document}",
    summary="Ett dokument",
    response_class=Response,
    responses={200: {"content": {_DOWNLOADED: {"schema": _FILE["schema"]}}}},
)
def open_document(
    request: Request,
    caller: Reader,
    application: Application,
    document: Annotated[str, Path(description="Dokumentets id", max_length=64)],
) -> Response:
    """Filen som den skickades, att ladda ner. Slaget står i listan; ingen webbläsare visar filen av sig."""

    def show(office: Office, session: Session, row: ApplicationRow) -> Response:
        found, content = documents.opened(office, session, row, document)
        headers = {"Content-Disposition": f'attachment; filename="dokument-{found.id}"'}
        return Response(content, media_type=_DOWNLOADED, headers=headers)

    return read(request, caller, application, show)


def _shown(row: DocumentRow) -> answers.SentDocument:
    return answers.SentDocument(
        id=row.id,
        name=row.name,
        kind=DocumentKind(row.kind),
        size=row.size,
        sha256=row.sha256,
        question=row.question or None,
        received_at=row.received_at,
    )
