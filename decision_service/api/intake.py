"""Those who send in applications take turns, so that they never keep the ones that came before them waiting.

While applications wait to be examined, whoever has had a turn leaves as long a pause as the turn took: half
of the time is theirs, and half is the examination's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from decision_service.api.problems import ProblemError

AT_ONCE = 2
"""Turns at a time."""
MOST_WAITING = 500
"""Requests that wait for a turn; whoever comes then is told to come back."""
LONGEST = 10.0
"""Seconds that one waits for a turn before it is told to come back."""
_LOOKS = 1.0
"""Seconds between two looks at whether applications wait to be examined."""


class IntakeTurns:
    """The turns of one process. ``behind`` says whether applications wait to be examined; it may ask a
    database."""

    def __init__(self, behind: Callable[[], bool], now: Callable[[], float] = time.monotonic) -> None:
        self._behind, self._now = behind, now
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._looked, self._found = -_LOOKS, False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it. Raises ProblemError (429) when there are too many before."""
        if self._waiting >= MOST_WAITING:
            raise _come_back()
        self._waiting += 1
        try:
            await asyncio.wait_for(self._turns.acquire(), LONGEST)
        except TimeoutError:
            raise _come_back() from None
        finally:
            self._waiting -= 1
        begun = self._now()
        try:
            await self._look()
            yield
        finally:
            pause = self._now() - begun if self._found else 0.0
            asyncio.get_running_loop().call_later(pause, self._turns.release)

    async def _look(self) -> None:
        if self._now() - self._looked >= _LOOKS:
            self._looked = self._now()
            self._found = await run_in_threadpool(self._behind)


def _come_back() -> ProblemError:
    return ProblemError("too-many-requests", headers={"Retry-After": str(int(LONGEST))})
