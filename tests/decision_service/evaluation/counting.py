"""A child that may have the processor for a short while: it counts for ever, waits without counting, or
never answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from multiprocessing.connection import Connection

from decision_service.evaluation.child import Request, answer_all

WORK = 0.2


def answer(request: Request) -> tuple[str, object]:
    while request[0] == "count":
        pass
    time.sleep(3600 if request[0] == "never" else 2 * WORK)
    return "done", request[0]


def serve(connection: Connection, _: Mapping[str, str]) -> None:
    """Answer, but nobody who counts."""
    answer_all(connection, lambda: answer, work=WORK)
