"""Work that a command shares among processes split off from its own, which know what it knows by then."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

_AHEAD = 2
"""Pieces that wait for each process."""


def in_order(work: Callable[[A], B], given: Iterable[A], processes: int, together: int = 1) -> Iterator[B]:
    """What comes of each, in the order in which they are given, ``together`` in a piece. No more is taken of
    what is given than is soon needed, and nothing before the processes are there: they share no connection
    that it opens. ``work`` is a function of a module.

    Raises BrokenProcessPool where a process is killed, and whatever ``work`` raises; then no more is begun.
    """
    rest, waiting = iter(given), deque[Future[list[B]]]()
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"))
    try:
        pool.submit(_all, work, []).result()  # the first splits off all of them
        while piece := [*islice(rest, together)]:
            waiting.append(pool.submit(_all, work, piece))
            if len(waiting) > _AHEAD * processes:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _all(work: Callable[[A], B], piece: list[A]) -> list[B]:
    return [work(each) for each in piece]
