"""The parent's side: a few children, one case at a time in each, replaced when they die.

They are forked from a process that has imported the program and does nothing else: a child is there at once.
Where there is no folder for that process to be found in, for none may be written in or its path is too long,
each child imports the program itself.
"""

from __future__ import annotations

import multiprocessing
import queue
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

from decision_service.decision.document import Assessment, Findings
from decision_service.decision.estimate import EstimateRequest
from decision_service.decision.estimated import EstimateDocument
from decision_service.decision.scenario import Scenario
from decision_service.decision.writing import whole
from decision_service.evaluation import child
from decision_service.evaluation.explained import Circumstances, RulesBehind, RulesSilent
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError

_say = said_in(__file__)

_FORKED, _ALONE = multiprocessing.get_context("forkserver"), multiprocessing.get_context("spawn")
_FORKED.set_forkserver_preload([child.__name__])
_TURN = 1.0
"""Seconds between the times that whoever waits does something else."""


class CrashError(Exception):
    """The child died, hung or failed with this case; the service goes on. Says what happened, in Swedish."""


@dataclass(frozen=True)
class Evaluated:
    """What is acted on of an assessment, and the assessment as the child wrote it, member by member."""

    findings: Findings
    members: Mapping[str, bytes]

    @cached_property
    def text(self) -> str:
        """All of it, as it is kept."""
        return whole(self.members).decode()

    @cached_property
    def assessment(self) -> Assessment:
        """All of it. To be read it takes longer than to be written, so it is read by whoever asks for it."""
        return Assessment.model_validate_json(self.text)


@dataclass
class _Child:
    process: BaseProcess
    connection: Connection

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()


class Evaluators:
    """Evaluates case files under one release in ``count`` child processes. Safe to use from many threads.

    ``patience`` is the longest an evaluation may take, in seconds. ``serve`` is what a child runs.
    """

    def __init__(
        self,
        files: Mapping[str, str],
        count: int,
        *,
        patience: float = 30.0,
        serve: child.Serve = child.serve,
    ) -> None:
        self._files, self._patience, self._serve = dict(files), patience, serve
        self._free: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(count):
            self._free.put(None)
        self._closed = False
        self.count = count
        self.crashes = 0

    def assess(self, case_file: bytes) -> Evaluated:
        """The assessment of a case file. Raises InputError when it is none, and CrashError."""
        members, findings = self.ask("assess", case_file, {})
        return Evaluated(Findings.model_validate_json(findings), members)

    def estimate(self, request: EstimateRequest) -> EstimateDocument:
        """A trial calculation. Raises InputError, and CrashError."""
        asked = request.model_dump_json(exclude_none=True).encode()
        return EstimateDocument.model_validate_json(self.ask("estimate", asked, {}))

    def scenario(self, request: EstimateRequest, name: str) -> Scenario:
        """A made-up household under the rules, as a case with a name. Raises InputError, and CrashError."""
        asked = request.model_dump_json(exclude_none=True).encode()
        return Scenario.model_validate_json(self.ask("scenario", asked, {"name": name}))

    def why(self, case_file: bytes, words: Mapping[str, str]) -> RulesBehind:
        """Every rule, or those behind ``what`` there is of a ``subject``, in a ``language``. Raises
        InputError, and CrashError."""
        return RulesBehind.model_validate_json(self.ask("why", case_file, dict(words)))

    def why_not(self, case_file: bytes, words: Mapping[str, str]) -> RulesSilent:
        """Why a ``rule`` did not apply, in a ``language``. Raises InputError, and CrashError."""
        return RulesSilent.model_validate_json(self.ask("why_not", case_file, dict(words)))

    def changes(self, case_file: bytes, words: Mapping[str, str]) -> Circumstances:
        """What would have given another outcome, or a certain ``outcome``. Raises InputError, and
        CrashError."""
        return Circumstances.model_validate_json(self.ask("changes", case_file, dict(words)))

    def rest(self) -> None:
        """End the children that have nothing to do. One that is needed again is started again."""
        for each in self._at_rest():
            if each is not None:
                each.end()
            self._free.put(None)

    def start(self) -> None:
        """Start every child that nobody has in hand, so that the first case need not wait. Waits for nobody:
        two who start at once would each hold what the other waits for."""
        held = self._at_rest()
        try:
            for at, each in enumerate(held):
                held[at] = each or self._new()
        finally:
            for each in held:
                self._free.put(each)

    def _at_rest(self) -> list[_Child | None]:
        """Everything that nobody has in hand, taken in hand."""
        found: list[_Child | None] = []
        with suppress(queue.Empty):
            while True:
                found.append(self._free.get_nowait())
        return found

    def close(self) -> None:
        """End every child. Cases that come later, or wait for a child, get a CrashError."""
        self._closed = True
        for _ in range(self.count):
            try:
                each = self._free.get(timeout=self._patience)
            except queue.Empty:
                return
            if each is not None:
                each.end()
            self._free.put(None)

    def _new(self) -> _Child:
        ours, theirs = multiprocessing.Pipe()
        asked = child.__file__, self._serve, theirs, self._files
        try:
            process = _started(_FORKED, asked)
        except OSError:
            process = _started(_ALONE, asked)
        theirs.close()
        return _Child(process, ours)

    def ask(
        self,
        what: str,
        case_file: bytes,
        words: dict[str, str],
        *,
        patience: float | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Any:
        """What a child answers to a request of its own kind. ``patience`` is that of the pool where none is
        said; ``meanwhile`` is done again and again while it is waited for, and ends the child where it
        raises. Raises InputError where the request cannot be read, and CrashError."""
        one = self._free.get()
        try:
            if self._closed:
                raise CrashError(_say("stopping"))
            if one is None or not one.process.is_alive():
                one = self._new()
            one.connection.send((what, case_file, words))
            _await(one.connection, patience or self._patience, meanwhile)
            state, answer = one.connection.recv()
        except BaseException as error:
            # Whatever happened, this child may still answer: the next case must not get that answer.
            code = None
            if one is not None:
                one.end()
                code, one = one.process.exitcode, None
                self.crashes += 1
            if code == -signal.SIGPROF:
                raise CrashError(_say("counted_too_long")) from error
            if isinstance(error, EOFError | OSError):
                raise CrashError(_say("process_died", kod=code)) from error
            raise
        finally:
            self._free.put(one)
        if state == "wrong":
            raise InputError(answer)
        if state == "failed":
            raise CrashError(_say("failed", fel=answer))
        return answer


def _await(connection: Connection, patience: float, meanwhile: Callable[[], object]) -> None:
    """Wait for what comes over a connection. Raises CrashError where nothing does."""
    end = time.monotonic() + patience
    while not connection.poll(min(_TURN, max(0.0, end - time.monotonic()))):
        if time.monotonic() >= end:
            raise CrashError(_say("took_too_long", sekunder=patience))
        meanwhile()


def _started(way: ForkServerContext | SpawnContext, asked: tuple[object, ...]) -> BaseProcess:
    """A child begun in one way or another. Raises OSError where that way is closed."""
    process = way.Process(target=child.begin, args=asked, daemon=True)
    process.start()
    return process
