"""Where a client wants to be told when an application changes."""

from __future__ import annotations

import secrets
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict
from sqlmodel import select
from starlette.responses import JSONResponse, Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require
from decision_service.api.cases import changing
from decision_service.api.openapi import problem_responses
from decision_service.api.views import moment
from decision_service.casework.delivery import try_again, undelivered
from decision_service.casework.rows import NotFoundError
from decision_service.installation.values import Address
from decision_service.reading.faults import validated
from decision_service.store.database import reading
from decision_service.store.tables import WebhookRow

router = APIRouter(tags=["utskick"])

Subscriber = Annotated[Caller, Depends(require(Role.ESERVICE, Role.ADMIN))]
Overseer = Annotated[Caller, Depends(require(Role.ADMIN, Role.CHEF))]


class Wanted(BaseModel):
    """Where to post."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: Address


@router.post(
    "/webhooks",
    status_code=201,
    summary="Ta emot händelser",
    openapi_extra=described(Wanted, {"mottagare": {"url": "https://e-tjanst.example.se/lagrum"}}),
    responses={
        **answers.answers(answers.NewWebhook, 201, "Mottagaren finns nu."),
        **problem_responses("unsupported-media-type"),
    },
)
def subscribe(request: Request, caller: Subscriber, body: RawBody) -> Response:
    """Hemligheten som signerar visas bara här. Händelsen säger vilken ansökan och hur den står, inget om
    personen. En e-tjänst får bara veta om ansökningar som den själv har lämnat in."""
    wanted = validated(Wanted, json_of(request, body))
    with changing(request) as (office, session):
        row = WebhookRow(
            id=uuid.uuid4().hex,
            tenant=caller.tenant,
            client=caller.principal.client,
            url=wanted.url,
            secret=secrets.token_urlsafe(32),
            every=Role.ADMIN in caller.roles,
            created_at=office.clock(),
        )
        session.add(row)
        return JSONResponse({**_shown(row), "secret": row.secret}, 201)


@router.get(
    "/webhooks",
    summary="Mottagare av händelser",
    responses=answers.answers(answers.Items[answers.Webhook]),
)
def listed(request: Request, caller: Subscriber) -> Response:
    """De egna mottagarna."""
    query = select(WebhookRow).where(
        WebhookRow.tenant == caller.tenant, WebhookRow.client == caller.principal.client
    )
    with reading(office_of(request).engine) as session:
        return JSONResponse({"items": [_shown(row) for row in session.exec(query).all()]})


@router.delete("/webhooks/{webhook}", status_code=204, summary="Sluta ta emot händelser")
def unsubscribe(
    request: Request,
    caller: Subscriber,
    webhook: Annotated[
        str, Path(description="Mottagarens id", json_schema_extra={"pattern": "^[0-9a-f]{32}$"})
    ],
) -> Response:
    """Inget mer skickas dit, inte heller det som väntar."""
    with changing(request) as (_, session):
        row = session.get(WebhookRow, webhook)
        if row is None or row.tenant != caller.tenant or row.client != caller.principal.client:
            raise NotFoundError(webhook)
        session.delete(row)
    return Response(status_code=204)


@router.get(
    "/undelivered",
    summary="Utskick som inte gick fram",
    responses=answers.answers(answers.Items[answers.Undelivered]),
)
def given_up(request: Request, caller: Overseer) -> Response:
    """Meddelanden som inte försöks igen av sig själva, med felet. Brev och betalningar hör hit också."""
    with reading(office_of(request).engine) as session:
        items = [
            {
                "key": row.key,
                "kind": row.kind,
                "application": row.application_id,
                "created_at": moment(row.created_at),
                "attempts": row.attempts,
                "error": row.error,
            }
            for row in undelivered(session, caller.tenant)
        ]
    return JSONResponse({"items": items})


@router.post(
    "/undelivered/{key}/retry",
    status_code=202,
    summary="Försök igen",
    responses={
        **answers.answers(answers.MessageKey, 202, "Meddelandet går snart igen."),
        **problem_responses("conflict"),
    },
)
def again(
    request: Request,
    caller: Overseer,
    key: Annotated[str, Path(description="Meddelandets nyckel", max_length=200)],
) -> Response:
    """Sedan felet är avhjälpt. Mottagaren känner igen nyckeln om meddelandet ändå kom fram."""
    with changing(request) as (office, session):
        row = try_again(office, session, caller.tenant, key)
        return JSONResponse({"key": row.key}, 202)


def _shown(row: WebhookRow) -> dict[str, str | None]:
    return {"id": row.id, "url": row.url, "created_at": moment(row.created_at)}
