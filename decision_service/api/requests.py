"""Each request leaves a line in the log and a figure, and has an id by which it can be found."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decision_service.operations.metrics import Metrics
from decision_service.reading.scrubbing import scrubbed

HEADER = "X-Request-Id"
V1 = "/v1/{kommunkod}"

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger("lagrum.access")


class RequestLog:
    """Outermost ASGI layer. The query is never logged; the path is, without personal numbers."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        quiet: frozenset[str],
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.app, self._metrics, self._quiet, self._now = app, metrics, quiet, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, then note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get(HEADER))
        started, status = self._now(), 500
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            seconds = self._now() - started
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            self._metrics.answered(method, _route(scope), status, seconds)
            if scope["path"] not in self._quiet or status >= 500:
                _log.info("request", **_line(scope, status, seconds))
            structlog.contextvars.unbind_contextvars("request_id")


def _request_id(given: str | None) -> str:
    if given is not None and _ID.fullmatch(given) and scrubbed(given) == given:
        return given
    return uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """The template of the path, or one word for every path there is not."""
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return "none"
    inside = scope["path"].startswith("/v1/") and not path.startswith("/v1/")
    return f"{V1}{path}" if inside else str(path)


def _line(scope: Scope, status: int, seconds: float) -> dict[str, object]:
    state = scope.get("state", {})
    client = scope.get("client")
    return {
        "method": scope["method"],
        "path": scope["path"],
        "route": _route(scope),
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "address": client[0] if client else "",
        "client": state.get("client", ""),
        "subject": state.get("subject", ""),
    }
