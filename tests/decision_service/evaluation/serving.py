"""What a child of the tests runs: the real thing, except for cases marked in the applicant's name."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection

from decision_service.evaluation import child
from decision_service.evaluation.child import Request, Worker


def crash() -> None:
    """The native rule library really takes its process down: a session in which nothing matched is deleted.

    It reads memory that is not its own, so now and then it gets away with it; but not a hundred times.
    """
    from durable.engine import MessageNotHandledException, Ruleset

    ruleset = Ruleset("x", None, {"r": {"all": [{"m": {"a": 1}}], "run": lambda c: None}})
    for number in range(100):
        try:
            ruleset.assert_fact({"id": 1, "sid": str(number), "b": 1})
        except MessageNotHandledException:
            ruleset.delete_state(str(number))
    os.kill(os.getpid(), signal.SIGSEGV)


def hang() -> None:
    """Never an answer."""
    while True:
        time.sleep(60)


class MarkedWorker(Worker):
    """As the real one, but ``Krasch`` dies, ``Häng`` hangs, and ``Fel`` fails."""

    def answer(self, request: Request) -> tuple[str, object]:
        names = [person.get("first_name") for person in json.loads(request[1]).get("people", [])]
        if "Krasch" in names:
            crash()
        if "Häng" in names:
            hang()
        if "Fel" in names:
            request = ("nothing of the kind", request[1], request[2])
        return super().answer(request)


def serve(connection: Connection, files: Mapping[str, str]) -> None:
    """``child.serve`` with the worker above."""
    child.Worker = MarkedWorker  # type: ignore[misc]
    child.serve(connection, files)
