"""Innermost ASGI layer: what nobody handled becomes a 500 with an id, and the log has the rest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decision_service.api.problems import ProblemError, response

_log = structlog.get_logger("lagrum.api")


@dataclass
class UnhandledErrors:
    """The layer around an application."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve; answer with a problem unless an answer has already begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:
            problem = _unhandled(error)
            if started:
                raise
            await response(problem, scope)(scope, receive, send)


def _unhandled(error: Exception) -> ProblemError:
    error_id = uuid.uuid4().hex
    _log.error("unhandled", error_id=error_id, exc_info=error)
    return ProblemError("internal", more={"error_id": error_id})
