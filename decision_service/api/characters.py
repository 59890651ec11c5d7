"""Innermost but one: no address with characters that nobody can see goes further. Databases, logs and headers
take them in ways of their own, or not at all. Nor does a head with two keys, or packed content, nor a cookie
in quotation marks: none is ours, and Python before 3.11.10 takes seconds to read one of 28 kilobytes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from decision_service.api.problems import FieldFault, ProblemError, response
from decision_service.reading.strict_json import control_character
from norms.fault import fault


@dataclass
class PlainRequests:
    """ASGI layer. A path with such a character leads nowhere; a query with one is wrong. Two keys of one
    request are none, and content that is packed is not read."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or answer 400, 404, 415 or 422."""
        if scope["type"] == "http" and (problem := _problem(scope)) is not None:
            await response(problem, scope)(scope, receive, send)
            return
        if scope["type"] == "http" and any(_quoted(*each) for each in scope["headers"]):
            scope = {**scope, "headers": [_unquoted(*each) for each in scope["headers"]]}
        await self.app(scope, receive, send)


def _quoted(name: bytes, value: bytes) -> bool:
    return name == b"cookie" and b'"' in value


def _unquoted(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header, of cookies without those in quotation marks."""
    if not _quoted(name, value):
        return name, value
    return name, b";".join(each for each in value.split(b";") if b'"' not in each)


def _problem(scope: Scope) -> ProblemError | None:
    if control_character(scope["path"]):
        return ProblemError("not-found")
    if control_character(unquote_plus(scope["query_string"].decode("latin-1"))):
        return ProblemError("invalid", errors=[FieldFault(fault("control_character"), "query")])
    keys = 0
    for name, value in scope["headers"]:
        if name == b"idempotency-key":
            keys += 1
        elif name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            return ProblemError("unsupported-media-type", fault("packed_content"))
    return ProblemError("bad-idempotency-key", fault("key_twice")) if keys > 1 else None
