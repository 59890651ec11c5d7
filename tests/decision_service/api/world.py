"""A running service: a real server at a port of this machine, real tokens, and a client that asks it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import httpx
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Header
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from decision_service.access.local import LocalIssuer
from decision_service.access.roles import Role
from decision_service.access.tokens import Tokens
from decision_service.api import etag, idempotency, prefer
from decision_service.api.app import create_app
from decision_service.api.bodies import RawBody, json_of
from decision_service.api.callers import Caller, require, require_reader
from decision_service.api.pages import AskedPage, page_of
from decision_service.api.services import Services
from decision_service.installation.configuration import Installation
from decision_service.installation.settings import Settings
from norms import document
from rules import rulebook
from rules.rulebook import Rulebook

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

SENDER = "{adress: Box 1, kontakt: telefon 0999-12 34 56, domstol: Förvaltningsrätten i Exempelstad}"
INSTALLATION = f"""
kommuner:
  "9999": {{namn: Exempelkommun, utbetalningsdag: 27, avsändare: {SENDER}}}
  "1287": {{namn: Trelleborg, utbetalningsdag: 27, avsändare: {SENDER}}}
  "1263": {{namn: Svedala, handläggs av: "1287", utbetalningsdag: 27, avsändare: {SENDER}}}
utfärdare:
  - utfärdare: urn:lagrum:lokal-utfardare
    mottagare: lagrum
    nycklar: {{fil: jwks.json}}
    algoritmer: [EdDSA]
    kommuner: ["9999", "1287", "1263"]
"""


@cache
def book() -> Rulebook:
    """The rules there are, read once."""
    return rulebook.load()


class Kept:
    """An idempotency store in memory."""

    def __init__(self) -> None:
        self.entries: dict[idempotency.Scope, idempotency.Entry] = {}

    def get(self, scope: idempotency.Scope) -> idempotency.Entry | None:
        return self.entries.get(scope)

    def put(self, scope: idempotency.Scope, entry: idempotency.Entry) -> None:
        if scope in self.entries:
            raise idempotency.KeyTakenError
        self.entries[scope] = entry


def things() -> APIRouter:
    """Routes as a subject of the service has them: read, list, create once, change, break."""
    router = APIRouter(prefix="/things")
    store, made = Kept(), []

    @router.get("")
    def listed(
        caller: Annotated[Caller, Depends(require(Role.HANDLAGGARE))], page: AskedPage, colour: str = "red"
    ) -> JSONResponse:
        start = page.after[0] if page.after is not None else -1
        assert isinstance(start, int)
        rows = [number for number in range(7) if number > start][: page.limit + 1]
        found = page_of(page, rows, lambda number: (number,))
        return JSONResponse({"items": list(found.items), "colour": colour}, headers=found.headers)

    @router.post("")
    def created(
        request: Request,
        caller: Annotated[Caller, Depends(require(Role.ESERVICE, Role.HANDLAGGARE))],
        body: RawBody,
        idempotency_key: Annotated[str | None, Header()] = None,
        prefer_header: Annotated[list[str] | None, Header(alias="prefer")] = None,
    ) -> Response:
        key = idempotency.required_key_of(idempotency_key)
        data = json_of(request, body)
        asked = idempotency.fingerprint("POST", request.url.path, request.headers.get("content-type"), body)

        def act() -> idempotency.Answer:
            made.append(data)
            return idempotency.Answer(
                201, b'{"number": %d}' % len(made), {"Content-Type": "application/json"}
            )

        answer = idempotency.once(
            store, idempotency.Scope(caller.tenant, caller.principal.client, key), asked, act
        )
        seconds = prefer.wait_seconds(prefer_header or (), 30)
        more = prefer.applied(seconds) if seconds is not None else {}
        return Response(answer.body, answer.status, {**answer.headers, **more})

    @router.get("/{thing}")
    def one(caller: Annotated[Caller, Depends(require_reader(Role.ESERVICE, Role.HANDLAGGARE))]) -> Any:
        return {"tenant": caller.tenant, "purpose": caller.purpose, "roles": sorted(caller.roles)}

    @router.put("/{thing}")
    def changed(
        caller: Annotated[Caller, Depends(require(Role.CHEF))],
        thing: int,
        if_match: Annotated[str | None, Header()] = None,
    ) -> JSONResponse:
        etag.require_match(if_match, 7)
        return JSONResponse({}, headers={"ETag": etag.etag(8)})

    @router.delete("/{thing}")
    def broken(caller: Annotated[Caller, Depends(require(Role.CHEF))], thing: str) -> None:
        raise RuntimeError(f"Gick sönder för 19880209-2396 i {thing}")

    return router


def services(folder: Path, **changed: Any) -> Services:
    """The services of a test, in a folder of its own, with changes; of settings as ``settings={…}``."""
    LocalIssuer(folder)
    installation = Installation.of(document.parse(INSTALLATION.encode(), "installation.yaml"), folder)
    found = Services(
        settings=Settings(**{"keys": folder} | changed.pop("settings", {})),
        installation=installation,
        tokens=Tokens(installation.issuers, lambda: NOW),
        clock=lambda: NOW,
        book=book(),
        routers=[things()],
    )
    return replace(found, **changed)


def bearer(folder: Path, *roles: Role, tenant: str = "9999", **more: Any) -> dict[str, str]:
    """The header of somebody with these roles."""
    token = LocalIssuer(folder).token(
        roles or [Role.HANDLAGGARE], [tenant], NOW, lifetime=timedelta(hours=1), **more
    )
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of a real server that serves the app."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_config=None, access_log=False, server_header=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
        assert thread.is_alive(), "The server did not start."
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield client
    server.should_exit = True
    thread.join()


@contextmanager
def service(folder: Path, **changed: Any) -> Iterator[httpx.Client]:
    """A running service with changes, and a client."""
    with served(create_app(services(folder, **changed))) as client:
        yield client
