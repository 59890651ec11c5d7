"""Those who send in applications take turns, so that they never keep the ones that came before them waiting.

While applications wait to be examined, whoever has had a turn leaves as long a pause as the turn took: half
of the time is theirs, and half is the examination's. What waits for the log of a municipality keeps others of
that municipality waiting, and nobody else.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from starlette.concurrency import run_in_threadpool

from decision_service.api.problems import ProblemError

AT_ONCE = 2
"""Turns at a time, in a municipality and in all."""
HELD = 1.0
"""Seconds after which a turn in all is somebody else's: what takes longer waits for something that no pause
would give it."""
MOST_WAITING = 500
"""Requests to a municipality that wait for a turn; whoever comes then is told to come back."""
LONGEST = 10.0
"""Seconds that one waits for a turn before it is told to come back."""
_LOOKS = 1.0
"""Seconds between two looks at whether applications wait to be examined."""


@dataclass
class _Place:
    """The turns of a municipality, and how many requests to it wait for one."""

    turns: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, AT_ONCE))
    waiting: int = 0


class IntakeTurns:
    """The turns of one process. ``behind`` says whether applications wait to be examined; it may ask a
    database."""

    def __init__(self, behind: Callable[[], bool], now: Callable[[], float] = time.monotonic) -> None:
        self._behind, self._now = behind, now
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._places = defaultdict[str, _Place](_Place)
        self._looked, self._found = -_LOOKS, False

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it. Raises ProblemError (429) when there are too many before."""
        place, loop = self._places[tenant], asyncio.get_running_loop()
        if place.waiting >= MOST_WAITING:
            raise _come_back()
        place.waiting += 1
        try:
            async with asyncio.timeout(LONGEST):
                await place.turns.acquire()
                try:
                    await self._turns.acquire()
                except asyncio.CancelledError:
                    place.turns.release()
                    raise
        except TimeoutError:
            raise _come_back() from None
        finally:
            place.waiting -= 1
        begun, until_held = self._now(), ExitStack()
        until_held.callback(self._turns.release)
        held = loop.call_later(HELD, until_held.close)
        try:
            await self._look()
            yield
        finally:
            held.cancel()
            until_held.callback(place.turns.release)
            pause = self._now() - begun if self._found else 0.0
            loop.call_later(pause, until_held.close)

    async def _look(self) -> None:
        if self._now() - self._looked >= _LOOKS:
            self._looked = self._now()
            self._found = await run_in_threadpool(self._behind)


def _come_back() -> ProblemError:
    return ProblemError("too-many-requests", headers={"Retry-After": str(int(LONGEST))})
