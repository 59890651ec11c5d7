"""Applications that come while others are taken in are taken in together, and never keep the ones that came
before them waiting.

What one costs the database several cost together. While applications wait to be examined, every group is
followed by a pause as long as it took: half of the time is theirs, and half is the examination's. What waits
for the log of a municipality keeps others of that municipality waiting, and nobody else.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from decision_service.api.problems import ProblemError

TOGETHER = 16
"""Applications of a municipality that are taken in at a time."""
IN_ALL = 2
"""Groups at a time, of all municipalities together; of one there is one."""
HELD = 1.0
"""Seconds after which a group in all has its place no more: what takes longer waits for something that no
pause would give it."""
MOST_WAITING = 500
"""Requests to a municipality that wait; whoever comes then is told to come back."""
LONGEST = 10.0
"""Seconds that one waits before it is told to come back."""
_LOOKS = 1.0
"""Seconds between two looks at whether applications wait to be examined."""

A = TypeVar("A")
B = TypeVar("B")
Take = Callable[[Sequence[A]], Sequence[B | Exception]]
"""Takes a group in, and tells what came of each. May ask a database, and raise what goes wrong with all."""


@dataclass(eq=False)
class _One(Generic[A, B]):
    """What somebody has sent, and what came of it."""

    sent: A
    done: asyncio.Future[B]

    def tell(self, found: B | Exception) -> None:
        if not self.done.done():
            if isinstance(found, Exception):
                self.done.set_exception(found)
            else:
                self.done.set_result(found)


@dataclass
class _Place(Generic[A, B]):
    """Those who wait in a municipality, and who takes them in, while there are some."""

    waiting: deque[_One[A, B]] = field(default_factory=deque)
    taking: asyncio.Task[None] | None = None


class TakingIn(Generic[A, B]):
    """Those who send something in to one process. ``behind`` says whether applications wait to be examined;
    it may ask a database."""

    def __init__(
        self, take: Take[A, B], behind: Callable[[], bool], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._take, self._behind, self._now = take, behind, now
        self._turns = asyncio.Semaphore(IN_ALL)
        self._places = defaultdict[str, _Place[A, B]](_Place)
        self._looked, self._found = -_LOOKS, False

    async def taken(self, tenant: str, sent: A) -> B:
        """What came of something, when it has been taken in. Raises what went wrong with it, and ProblemError
        (429) when there are too many before it: then it was not taken in, and will not be."""
        place = self._places[tenant]
        if len(place.waiting) >= MOST_WAITING:
            raise _come_back()
        one = _One[A, B](sent, asyncio.get_running_loop().create_future())
        place.waiting.append(one)
        if place.taking is None:
            # Of many requests: what is noted in it is said of none of them.
            place.taking = asyncio.create_task(self._empty(place), context=Context())
        await asyncio.wait([one.done], timeout=LONGEST)
        if not one.done.done() and one in place.waiting:
            place.waiting.remove(one)
            raise _come_back()
        return await one.done

    async def _empty(self, place: _Place[A, B]) -> None:
        """Take in all who wait in a municipality, and whoever comes meanwhile."""
        try:
            while place.waiting:
                await self._turns.acquire()
                until_held = ExitStack()
                until_held.callback(self._turns.release)
                held = asyncio.get_running_loop().call_later(HELD, until_held.close)
                try:
                    await asyncio.sleep(await self._next(place))
                finally:
                    held.cancel()
                    until_held.close()
        finally:
            place.taking = None

    async def _next(self, place: _Place[A, B]) -> float:
        """Take the first in; the seconds of the pause after them."""
        begun, group = self._now(), list[_One[A, B]]()
        while place.waiting and len(group) < TOGETHER:
            group.append(place.waiting.popleft())
        found: Sequence[B | Exception]
        try:
            await self._look()
            found = await run_in_threadpool(self._take, [each.sent for each in group])
        except Exception as error:  # of all of them
            found = [error] * len(group)
        for each, what in zip(group, found, strict=True):
            each.tell(what)
        return self._now() - begun if self._found else 0.0

    async def _look(self) -> None:
        if self._now() - self._looked >= _LOOKS:
            self._looked = self._now()
            self._found = await run_in_threadpool(self._behind)


def _come_back() -> ProblemError:
    return ProblemError("too-many-requests", headers={"Retry-After": str(int(LONGEST))})
