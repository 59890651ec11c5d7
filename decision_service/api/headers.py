"""What every answer tells the browser and the caches on the way."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
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
