"""The child processes that assess recorded cases again: under every release that there is a case of."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

from decision_service.evaluation import Evaluators, child
from decision_service.impact.again import Again, Assessors
from decision_service.impact.recorded import Recorded
from decision_service.log import releases
from decision_service.reading.our_fault import sort_and_place
from rules.book import Rulebook

_AFTER = "after"


def assessing(after: str, files: Mapping[str, Mapping[str, str]], count: int) -> Evaluators:
    """``count`` processes that assess cases again. ``files`` are those of every release by its id, ``after``
    the release that they are assessed under."""
    packed = {f"{release}/{name}": text for release, own in files.items() for name, text in own.items()}
    return Evaluators({_AFTER: after, **packed}, count, serve=serve)


def serve(connection: Connection, files: Mapping[str, str]) -> None:
    """Answer requests until the other end is closed."""
    child.answer_all(connection, lambda: _answering(files))


def _answering(files: Mapping[str, str]) -> Callable[[child.Request], tuple[str, Any]]:
    of_release: dict[str, dict[str, str]] = {}
    for place, text in files.items():
        release, _, name = place.partition("/")
        if name:
            of_release.setdefault(release, {})[name] = text

    @cache
    def book_of(release: str) -> Rulebook:
        return releases.book_from(of_release[release], release)

    assessors = Assessors(book_of(files[_AFTER]), book_of)
    gc.freeze()

    def answer(request: child.Request) -> tuple[str, Any]:
        try:
            return "done", assessors.again(Recorded(**json.loads(request[1]))).written
        except Exception as error:  # whatever it is, the case is told as one that could not be assessed again
            return "failed", sort_and_place(error)

    return answer


def again(children: Evaluators, case: Recorded) -> Again:
    """What came of a case. Raises CrashError."""
    written = json.dumps(asdict(case), ensure_ascii=False).encode()
    return Again.read(children.ask("again", written, {}))
