"""Where a client wants to be told when an application changes."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from decision_service.access.roles import Role
from decision_service.api import answers
from decision_service.api.behind import office_of
from decision_service.api.bodies import RawBody, described, json_of
from decision_service.api.callers import Caller, require
from decision_service.api.cases import as_json, changing, seen_by, told
from decision_service.api.openapi import problem_responses
from decision_service.casework import receivers
from decision_service.casework.delivery import try_again, undelivered
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError
from decision_service.installation.values import Address
from decision_service.outputs import WebhookChannel
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.store import hook_secret
from decision_service.store.database import reading
from decision_service.store.tables import ReceiverRow, WebhookRow
from norms.fault import fault

router = APIRouter(tags=["utskick"])

Subscriber = Annotated[Caller, Depends(require(Role.ESERVICE, Role.ADMIN))]
Overseer = Annotated[Caller, Depends(require(Role.ADMIN, Role.CHEF))]


Hook = Annotated[str, Path(description="Mottagarens id", json_schema_extra={"pattern": "^[0-9a-f]{32}$"})]
MOST = 10
"""Addresses of a client: each is a lane that somebody has to keep open."""


class WebhookWanted(BaseModel):
    """Where to post."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: Annotated[Address, Field(max_length=2000)]


@router.post(
    "/webhooks",
    status_code=201,
    summary="Ta emot händelser",
    openapi_extra=described(WebhookWanted, {"mottagare": {"url": "https://e-tjanst.example.se/lagrum"}}),
    responses={
        **answers.answers(answers.NewWebhook, 201, "Mottagaren finns nu."),
        **problem_responses("conflict", "unsupported-media-type"),
    },
)
def subscribe_webhook(request: Request, caller: Subscriber, body: RawBody) -> Response:
    """Hemligheten som signerar visas bara här. Händelsen säger vilken ansökan och hur den står, inget om
    personen. En e-tjänst får bara veta om ansökningar som den själv har lämnat in."""
    wanted = validated(WebhookWanted, json_of(request, body))
    _check_address(office_of(request), wanted.url)
    with changing(request) as (office, session):
        if len(_own(session, caller)) >= MOST:
            raise ConflictError(fault("too_many_webhooks", limit=MOST))
        secret = secrets.token_urlsafe(32)
        row = WebhookRow(
            id=uuid.uuid4().hex,
            tenant=caller.tenant,
            client=caller.principal.client,
            url=wanted.url,
            every=Role.ADMIN in caller.roles,
            created_at=office.clock(),
        )
        hook_secret.close(session.connection(), office.keys, row, secret)
        session.add(row)
        return as_json(answers.NewWebhook(**dict(_shown(row, None)), secret=secret), status=201)


@router.get(
    "/webhooks",
    summary="Mottagare av händelser",
    responses=answers.answers(answers.Items[answers.Webhook]),
)
def list_webhooks(request: Request, caller: Subscriber) -> Response:
    """De egna mottagarna, och hur det går: ``failing_since`` och ``error`` för en som inte svarar,
    ``switched_off_at`` för en som är avstängd."""
    with reading(office_of(request).engine) as session:
        rows = _own(session, caller)
        failing = receivers.failing_since(session, [row.id for row in rows])
        items = [_shown(row, failing.get(row.id)) for row in rows]
    return as_json(answers.Items[answers.Webhook](items=items))


@router.delete("/webhooks/{webhook}", status_code=204, summary="Sluta ta emot händelser")
def unsubscribe_webhook(
    request: Request,
    caller: Subscriber,
    webhook: Hook,
) -> Response:
    """Inget mer skickas dit, inte heller det som väntar."""
    with changing(request) as (_, session):
        session.delete(receivers.own(session, caller.tenant, caller.principal.client, webhook))
    return Response(status_code=204)


@router.post(
    "/webhooks/{webhook}/resumption",
    summary="Ta emot händelser igen",
    responses=answers.answers(answers.Webhook),
)
def resume_webhook(request: Request, caller: Subscriber, webhook: Hook) -> Response:
    """Slå på en mottagare som stängdes av när den inte svarade på tre dagar, eller svarade 410. Det som hände
    under tiden skickas inte; läs ansökningarna."""
    with changing(request) as (_, session):
        row = receivers.own(session, caller.tenant, caller.principal.client, webhook)
        receivers.switch_on(session, row)
        return as_json(_shown(row, None))


@router.get(
    "/undelivered",
    summary="Utskick som inte gick fram",
    responses=answers.answers(answers.Items[answers.Undelivered]),
)
def list_undelivered(request: Request, caller: Overseer) -> Response:
    """Meddelanden som inte försöks igen av sig själva, med felet. Brev och betalningar hör hit också."""
    with told(), seen_by(office_of(request), caller) as session:
        items = [
            answers.Undelivered(
                key=row.key,
                kind=row.kind,
                application=row.application_id,
                created_at=row.created_at,
                attempts=row.attempts,
                error=row.error,
            )
            for row in undelivered(session, caller.tenant)
        ]
    return as_json(answers.Items[answers.Undelivered](items=items))


@router.post(
    "/undelivered/{key}/retry",
    status_code=202,
    summary="Försök igen",
    responses={
        **answers.answers(answers.MessageKey, 202, "Meddelandet går snart igen."),
        **problem_responses("conflict"),
    },
)
def retry_undelivered(
    request: Request,
    caller: Overseer,
    key: Annotated[str, Path(description="Meddelandets nyckel", max_length=200)],
) -> Response:
    """Sedan felet är avhjälpt. Mottagaren känner igen nyckeln om meddelandet ändå kom fram."""
    with changing(request, caller) as (office, session):
        row = try_again(office, session, caller.tenant, key)
        return as_json(answers.MessageKey(key=row.key), status=202)


def _own(session: Session, caller: Caller) -> Sequence[WebhookRow]:
    query = select(WebhookRow).where(
        WebhookRow.tenant == caller.tenant, WebhookRow.client == caller.principal.client
    )
    return session.exec(query.order_by(col(WebhookRow.created_at))).all()


def _check_address(office: Office, url: str) -> None:
    """Raises InputError for an address that nothing will ever be sent to."""
    channel = office.hook(url, b"-")
    if isinstance(channel, WebhookChannel) and (why := channel.fault()) is not None:
        raise InputError([fault("refused", "url", reason=why.rstrip("."))])


def _shown(row: WebhookRow, failing: ReceiverRow | None) -> answers.Webhook:
    return answers.Webhook(
        id=row.id,
        url=row.url,
        created_at=row.created_at,
        failing_since=failing.failing_since if failing else None,
        error=row.switched_off_why or (failing.error if failing else None),
        switched_off_at=row.switched_off_at,
    )
