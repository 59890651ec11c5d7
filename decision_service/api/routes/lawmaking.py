"""Drafts of rules and amounts: begun, changed, checked, approved by a second person, and published."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.answers.lawmaking import FileInDraft
from decision_service.api.behind import office_of, service_of
from decision_service.api.bodies import RawBody, content_type, described, json_of
from decision_service.api.callers import Caller, require
from decision_service.api.cases import acting, as_json, told
from decision_service.api.etag import etag, require_match
from decision_service.api.idempotency import asked_once, once
from decision_service.api.openapi import problem_responses
from decision_service.api.problems import ProblemError
from decision_service.application.fields import Part
from decision_service.casework.office import Office
from decision_service.lawmaking import drafts, publishing
from decision_service.lawmaking.checking import (
    checked,
    content_of,
    difference,
    in_force,
    quick,
)
from decision_service.lawmaking.content import changes_of
from decision_service.lawmaking.drafts import Begin
from decision_service.lawmaking.findings import Checked
from decision_service.lawmaking.folder import packed, taken_in, unpacked
from decision_service.lawmaking.publishing import Approve, Publish
from decision_service.lawmaking.rights import may_change
from decision_service.lawmaking.steps import DraftStep, step_of, take
from decision_service.log import publications
from decision_service.reading.faults import validated
from decision_service.store.database import reading
from decision_service.store.tables import DraftRow, PublicationRow
from rules.difference.compare import ReleaseDifference

router = APIRouter(tags=["lagändringar"])

READERS = (Role.POLICY, Role.PUBLICIST, Role.JURIST, Role.REVISOR)
Reader = Annotated[Caller, Depends(require(*READERS))]
Policy = Annotated[Caller, Depends(require(Role.POLICY))]
Publicist = Annotated[Caller, Depends(require(Role.PUBLICIST))]
IfMatch = Annotated[str | None, Header(description="ETag för det utkast du har läst")]
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="Samma värde igen ger samma utkast."),
]
Draft = Annotated[
    str, Path(description="Utkastets id", max_length=64, json_schema_extra={"pattern": "^[0-9a-f]{32}$"})
]
Name = Annotated[str, Query(description="Filens namn, till exempel norms/riksnorm/2026.yaml", max_length=200)]

ZIP = "application/zip"
_ZIP = {"schema": {"type": "string", "format": "binary"}}
_NAME = "rules/sets/national/riksnorm.yaml"
_STEPS = {
    "skäl": {"step": "describe", "purpose": "Ny hyresgräns", "reason": "Beslut 2026-11-12 § 80."},
    "ny text": {"step": "write", "name": _NAME, "content": "regelsamling: riksnorm\n"},
    "kommunen står för en regel": {
        "step": "confirm_rule",
        "rule": "inkomst.merkostnadsersättning",
        "first": "2026-12",
        "source": "Riktlinjer 2026, punkt 9",
        "read_by": "Kim Ek",
        "read_on": "2026-11-20",
    },
}
CHANGED = problem_responses("conflict", "stale", "version-missing", "unsupported-media-type")


class TriedFile(Part):
    """A file as it might be, to be checked and not saved."""

    name: str
    content: str


@router.post(
    "/drafts",
    status_code=201,
    summary="Börja ett utkast",
    openapi_extra=described(Begin, {"utkast": {"purpose": "Ny hyresgräns från januari"}}),
    responses={
        **answers.answers(answers.WholeDraft, 201, "Utkastet."),
        **problem_responses(
            *("in-progress", "idempotency-key-missing", "idempotency-key-reused", "conflict"),
            "unsupported-media-type",
        ),
    },
)
def begin_draft(request: Request, caller: Policy, body: RawBody, key: Key = None) -> Response:
    """Utkastet utgår från det som gäller. Med `takes_back` säger det i stället vad som gällde före den
    publiceringen: så tas den tillbaka, på samma väg som allt annat."""
    given = validated(Begin, json_of(request, body))
    scope, asked = asked_once(request, caller, body, key)
    with acting(request, caller) as (office, session):

        def begun() -> str:
            return drafts.begin(office, session, caller.tenant, given, caller.principal.subject).id

        draft, new = once(session, scope, asked, office.clock(), begun)
        session.flush()
        row = drafts.find(session, caller.tenant, draft)
        headers = {"Location": f"{request.url.path}/{draft}"} | ({} if new else {"Idempotent-Replay": "true"})
        return _answer(office, session, row, 201, **headers)


@router.get("/drafts", summary="Utkasten", responses=answers.answers(answers.Items[answers.BriefDraft]))
def list_drafts(request: Request, caller: Reader) -> Response:
    """Det senast ändrade först."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        items = [brief(office, row) for row in drafts.listed(session, caller.tenant)]
    return as_json(answers.Items(items=items))


@router.get("/drafts/{draft}", summary="Ett utkast", responses=answers.answers(answers.WholeDraft))
def show_draft(request: Request, caller: Reader, draft: Draft) -> Response:
    """Vilka filer som är ändrade, och vad kontrollen säger. Kontrollen görs strax efter varje ändring."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        return _answer(office, session, drafts.find(session, caller.tenant, draft))


@router.post(
    "/drafts/{draft}/steps",
    summary="Ändra ett utkast",
    openapi_extra=described(DraftStep, _STEPS),
    responses={**answers.answers(answers.WholeDraft), **CHANGED},
)
def change_draft(
    request: Request, caller: Policy, draft: Draft, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Skriv en fil, säg vad utkastet är till för, låt kommunen stå för en regel, bekräfta ett belopp, flytta
    utkastet till det som gäller nu, eller lägg ned det. Har någon annan sparat under tiden sparas inget."""
    taken = step_of(json_of(request, body))
    with acting(request, caller) as (office, session):
        row = _locked(session, caller, draft, if_match)
        take(office, session, row, taken, caller.principal.subject)
        session.flush()
        return _answer(office, session, row)


@router.get(
    "/drafts/{draft}/file", summary="En fil i ett utkast", responses=answers.answers(answers.TextInDraft)
)
def show_file(request: Request, caller: Reader, draft: Draft, name: Name) -> Response:
    """Texten som den är i utkastet, och som den var före."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        found = text_of(session, drafts.find(session, caller.tenant, draft), name)
    return as_json(found)


@router.post(
    "/drafts/{draft}/check",
    summary="Kontrollera en fil utan att spara",
    openapi_extra=described(TriedFile, {"en fil": {"name": _NAME, "content": "regelsamling: riksnorm\n"}}),
    responses={
        **answers.answers(Checked),
        **problem_responses("conflict", "unsupported-media-type", "too-many-requests"),
    },
)
def check_draft(request: Request, caller: Policy, draft: Draft, body: RawBody) -> Response:
    """Vad kontrollen skulle säga om filen i utkastet. Fallen körs inte."""
    given = validated(TriedFile, json_of(request, body))
    office, child = office_of(request), service_of(request).checker
    request.app.state.rate_of_estimates.take(caller.principal.subject)
    with told(), reading(office.engine) as session:
        row = drafts.find(session, caller.tenant, draft)
        found = quick(
            office, session, child, row, changes_of(row) | drafts.fitting({given.name: given.content})
        )
    return as_json(found)


@router.get(
    "/drafts/{draft}/folder",
    summary="Hela utkastet som mapp",
    response_class=Response,
    responses={200: {"content": {ZIP: _ZIP}}},
)
def export_draft(request: Request, caller: Reader, draft: Draft) -> Response:
    """Alla filer, med fallen, som en zip med mapparna rules och norms."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        content = packed(content_of(session, drafts.find(session, caller.tenant, draft))[1].all)
    name = 'attachment; filename="utkast.zip"'
    return Response(content, media_type=ZIP, headers={"Content-Disposition": name})


@router.post(
    "/drafts/{draft}/folder",
    summary="Lämna in hela utkastet som mapp",
    openapi_extra={"requestBody": {"required": True, "content": {ZIP: {**_ZIP, "example": "PK…"}}}},
    responses={**answers.answers(answers.WholeDraft), **CHANGED},
)
def import_folder(
    request: Request, caller: Policy, draft: Draft, body: RawBody, if_match: IfMatch = None
) -> Response:
    """En zip med mapparna rules och norms, som de ges ut eller som de ligger i projektet. En fil som saknas i
    mappen tas bort. Går något i mappen inte att ta emot sparas inget."""
    if content_type(request) != ZIP:
        raise ProblemError("unsupported-media-type", more={"accepted": [ZIP]})
    with acting(request, caller) as (office, session):
        row = _locked(session, caller, draft, if_match)
        changes = taken_in(unpacked(body), content_of(session, row)[1])
        drafts.save(office, session, row, changes, caller.principal.subject)
        session.flush()
        return _answer(office, session, row)


@router.get(
    "/drafts/{draft}/difference",
    summary="Vad ett utkast säger annorlunda",
    responses={
        **answers.answers(ReleaseDifference),
        **problem_responses("conflict", "too-many-requests"),
    },
)
def compare_draft(request: Request, caller: Reader, draft: Draft) -> Response:
    """Mot det som utkastet utgår från, i ord, månad för månad."""
    office, child = office_of(request), service_of(request).checker
    request.app.state.rate_of_estimates.take(caller.principal.subject)
    with told(), reading(office.engine) as session:
        found = difference(office, session, child, drafts.find(session, caller.tenant, draft))
    return as_json(found)


@router.post(
    "/drafts/{draft}/approval",
    summary="Godkänn ett utkast",
    openapi_extra=described(Approve, {"ja": {"agrees": True}}),
    responses={**answers.answers(answers.WholeDraft), **CHANGED},
)
def approve_draft(
    request: Request, caller: Publicist, draft: Draft, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Den som har skrivit i utkastet kan inte godkänna det. En ändring efteråt tar bort godkännandet."""
    given = validated(Approve, json_of(request, body))
    with acting(request, caller) as (office, session):
        row = _locked(session, caller, draft, if_match)
        publishing.approve(office, session, row, given, caller.principal.subject)
        session.flush()
        return _answer(office, session, row)


@router.post(
    "/drafts/{draft}/publication",
    status_code=201,
    summary="Publicera ett utkast",
    openapi_extra=described(Publish, {"från januari": {"first": "2027-01"}}),
    responses={**answers.answers(answers.Publication, 201, "Det gäller."), **CHANGED},
)
def publish_draft(
    request: Request, caller: Publicist, draft: Draft, body: RawBody, if_match: IfMatch = None
) -> Response:
    """Ansökningar för månaden och de följande prövas därefter med utkastets regler, i alla processer inom en
    minut. Publiceringen står i loggen."""
    given = validated(Publish, json_of(request, body))
    with acting(request, caller) as (office, session):
        row = _locked(session, caller, draft, if_match)
        made = published(publishing.publish(office, session, row, given, caller.principal.subject))
    service_of(request).follow()
    return as_json(made, status=201)


@router.get(
    "/publications",
    summary="Det som är publicerat",
    responses=answers.answers(answers.Items[answers.Publication]),
)
def list_publications(request: Request, caller: Reader) -> Response:
    """Det senaste först."""
    office = office_of(request)
    with told(), reading(office.engine) as session:
        rows = publications.publications(session.connection(), caller.tenant)
    return as_json(answers.Items(items=[published(row) for row in reversed(rows)]))


def _locked(session: Session, caller: Caller, draft: str, if_match: str | None) -> DraftRow:
    known = drafts.find(session, caller.tenant, draft)
    require_match(if_match, known.version)
    return drafts.lock(session, caller.tenant, draft, known.version)


def _answer(office: Office, session: Session, row: DraftRow, status: int = 200, **headers: str) -> Response:
    return as_json(whole(office, session, row), {"ETag": etag(row.version), **headers}, status)


def brief(office: Office, row: DraftRow) -> answers.BriefDraft:
    """A draft on a line."""
    found = checked(office, row)
    return answers.BriefDraft(
        id=row.id,
        version=row.version,
        state=row.state,
        purpose=row.purpose,
        owner=row.owner,
        changed_at=row.changed_at,
        changed=len(changes_of(row)),
        checked=found is not None,
        findings=found.total if found else 0,
        approved_by=row.approved_by,
    )


def whole(office: Office, session: Session, row: DraftRow) -> answers.WholeDraft:
    """Everything about a draft but its texts."""
    base, draft = content_of(session, row)
    was, will = base.all, draft.all
    files = [
        FileInDraft(
            name=name,
            way=_way(was.get(name), will.get(name)),
            yours=may_change(office.installation, row.tenant, name),
        )
        for name in sorted({*was, *will})
    ]
    return answers.WholeDraft(
        **dict(brief(office, row)),
        municipality=row.tenant,
        reason=row.reason,
        base=row.base,
        behind=in_force(session, row.tenant).number != row.base,
        editors=json.loads(row.editors),
        created_at=row.created_at,
        check=checked(office, row),
        files=files,
    )


def _way(was: str | None, will: str | None) -> Any:
    if was == will:
        return None
    return "ny" if was is None else "borttagen" if will is None else "ändrad"


def text_of(session: Session, row: DraftRow, name: str) -> answers.TextInDraft:
    """A file of a draft. Raises ProblemError for one that neither it nor what it starts from has."""
    base, draft = (each.all for each in content_of(session, row))
    if name not in base and name not in draft:
        raise ProblemError("not-found")
    return answers.TextInDraft(name=name, content=draft.get(name), before=base.get(name))


def published(row: PublicationRow) -> answers.Publication:
    """A publication as it is shown."""
    return answers.Publication(**{name: getattr(row, name) for name in answers.Publication.model_fields})
