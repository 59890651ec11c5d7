"""How much and how often: sizes of bodies and rates of requests.

Rates are counted in this process. With several processes each counts for itself, so the rate a client can
reach is that many times higher; a limit for all of them belongs in the proxy in front.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decision_service.api.problems import ProblemError, response

MOST_CLIENTS = 10_000
"""Clients remembered at a time; the one not seen for longest is forgotten first."""


class Rate:
    """A bucket of tokens for each client: ``rate`` a second, ``burst`` at most at once. 0 is no limit."""

    def __init__(self, rate: float, burst: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._now = rate, burst, now
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Take a token: 0 when there was one, else the seconds until there is."""
        if self._rate <= 0:
            return 0.0
        with self._lock:
            now = self._now()
            level, since = self._buckets.pop(client, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._rate)
            missing = max(0.0, 1.0 - level)
            self._buckets[client] = (level if missing else level - 1.0, now)
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
            return missing / self._rate

    def take(self, client: str) -> None:
        """Take a token. Raises ProblemError when there is none."""
        seconds = self.wait(client)
        if seconds:
            raise _too_many(seconds)


def address_of(scope: Scope) -> str:
    """The network address of the one who asks; of IPv6 the part that one subscriber has."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


class RateLimit:
    """ASGI layer: so many requests a second from one address. Health is always answered."""

    def __init__(self, app: ASGIApp, rate: Rate, exempt: frozenset[str]) -> None:
        self.app, self._rate, self._exempt = app, rate, exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or answer 429."""
        if scope["type"] == "http" and scope["path"] not in self._exempt:
            seconds = self._rate.wait(address_of(scope))
            if seconds:
                await response(_too_many(seconds), scope)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BodyLimit:
    """ASGI layer: no body above so many bytes, whether its length is told beforehand or not."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self.app, self._largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or answer 413. What is not read is not waited for."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._told(scope) > self._largest:
            await self._refuse(scope, receive, send)
            return
        total, started, exceeded = 0, False, False

        async def counted() -> Message:
            nonlocal total, exceeded
            message = await receive()
            total += len(message.get("body", b""))
            if total > self._largest:
                exceeded = True
                raise ProblemError("too-large")
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            if exceeded and not started:
                return  # whatever the inside makes of the broken body, the answer is ours
            started = started or message["type"] == "http.response.start"
            await send(message)

        await self.app(scope, counted, watched)
        if exceeded and not started:
            await self._refuse(scope, receive, send)

    def _told(self, scope: Scope) -> int:
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        return int(told) if told.isdigit() and len(told) < 19 else self._largest + 1 if told.isdigit() else 0

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = {"largest": self._largest}
        headers = {"Connection": "close"}
        await response(ProblemError("too-large", headers=headers, more=more), scope)(scope, receive, send)


def _too_many(seconds: float) -> ProblemError:
    return ProblemError("too-many-requests", headers={"Retry-After": str(max(1, math.ceil(seconds)))})
