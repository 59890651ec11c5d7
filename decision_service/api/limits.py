"""How much, how fast and how often: sizes and paces of bodies, and rates of requests.

Rates are counted in this process. With several processes each counts for itself, so the rate a client can
reach is that many times higher; a limit for all of them belongs in the proxy in front.
"""

from __future__ import annotations

import asyncio
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
LARGEST_OF_ANYBODY = 64 * 1024
"""Bytes of a body of somebody who shows neither token nor session."""
BODY_BEGINS_WITHIN = 10.0
"""Seconds that a body has, beside those that its size takes at the slowest pace."""
SLOWEST = 16 * 1024
"""Bytes a second: a body that comes more slowly holds a place that others wait for."""


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
    """ASGI layer: no body above so many bytes, whether its length is told beforehand or not, and none that
    comes too slowly. Whoever shows no token and no session may send less."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self.app, self._largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or answer 413 or 408. What is not read is not waited for."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        largest = self._largest if _known(scope) else min(self._largest, LARGEST_OF_ANYBODY)
        if _told(scope, largest) > largest:
            await _refuse(too_large(largest), scope, receive, send)
            return
        body = _Body(receive, largest)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            if body.refused is not None and not started:
                return  # whatever the inside makes of the broken body, the answer is ours
            started = started or message["type"] == "http.response.start"
            await send(message)

        await self.app(scope, body.receive, watched)
        if body.refused is not None and not started:
            await _refuse(body.refused, scope, receive, send)


class _Body:
    """A body on its way in: how much of it has come, and by when more must."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self._receive, self._largest = receive, largest
        self._size, self._whole = 0, False
        self._begun = time.monotonic()
        self.refused: ProblemError | None = None

    async def receive(self) -> Message:
        """The next piece. Raises ProblemError for one too many, and when it does not come in time."""
        if self._whole:
            return await self._receive()
        due = self._begun + BODY_BEGINS_WITHIN + self._size / SLOWEST
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, due - time.monotonic()))
        except TimeoutError:
            self.refused = ProblemError("too-slow", headers=_CLOSE)
            raise self.refused from None
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._size > self._largest:
            self.refused = too_large(self._largest)
            raise self.refused
        return message


_CLOSE = {"Connection": "close"}


def too_large(largest: int) -> ProblemError:
    """The problem of a body above so many bytes."""
    return ProblemError("too-large", headers=_CLOSE, more={"largest": largest})


def _known(scope: Scope) -> bool:
    """Whether the request shows something by which it may be somebody's. A token that is none is refused
    before anything of the body is read."""
    return any(name in (b"authorization", b"cookie") for name, _ in scope["headers"])


def _told(scope: Scope, largest: int) -> int:
    """The length that the head tells, 0 where it tells none."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(told) if told.isdigit() and len(told) < 19 else largest + 1 if told.isdigit() else 0


async def _refuse(problem: ProblemError, scope: Scope, receive: Receive, send: Send) -> None:
    await response(problem, scope)(scope, receive, send)


def _too_many(seconds: float) -> ProblemError:
    return ProblemError("too-many-requests", headers={"Retry-After": str(max(1, math.ceil(seconds)))})
