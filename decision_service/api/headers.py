"""What every answer tells the browser and the caches on the way."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HTTPS = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """ASGI layer. An answer that says nothing about caches is kept by none."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app, self._https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve with the headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if self._https or scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", _HTTPS)
            await send(message)

        await self.app(scope, receive, with_headers)


_OPEN = re.compile(r"/v1/[0-9]{4}/(?:rules|norms|releases|log|estimates)(?:/[^/]+)?")
_FOR_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Language",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Content-Type, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class OpenToOtherSites:
    """ASGI layer. What anybody may ask without saying who they are, pages of other sites may ask too: a
    municipality's own page can show the rules, the amounts and a trial calculation. Nothing else is told to
    them, and no cookie comes along."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and say of what is open that other sites may read it."""
        if scope["type"] != "http" or _OPEN.fullmatch(scope["path"]) is None:
            await self.app(scope, receive, send)
            return
        asks_first = any(name == b"access-control-request-method" for name, _ in scope["headers"])
        if scope["method"] == "OPTIONS" and asks_first:
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_FOR_OTHER_SITES)
            await send(message)

        await self.app(scope, receive, with_headers)
