"""The child process: reads a request, evaluates, answers, until its parent is gone."""

from __future__ import annotations

import gc
import os.path
import signal
from collections.abc import Callable, Mapping
from functools import lru_cache
from multiprocessing.connection import Connection
from typing import Any

from pydantic import BaseModel

from decision_service.application.case_file import CaseFile
from decision_service.decision import estimate, scenario
from decision_service.decision.circumstances import changed_circumstances
from decision_service.decision.decide import assess, month_of
from decision_service.decision.facts.case_facts import build_facts
from decision_service.decision.origin import Origins
from decision_service.decision.writing import findings
from decision_service.evaluation.explained import (
    ChangedCircumstance,
    Circumstances,
    Explained,
    RulesBehind,
    RulesSilent,
)
from decision_service.log import releases
from decision_service.reading.faults import validated
from decision_service.reading.our_fault import sort_and_place
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError, read_json
from norms.lookup import UnknownMunicipalityError
from norms.month import Month
from rules import explanation
from rules.book import Rulebook
from rules.evaluated import Evaluation
from rules.evaluation import Engines
from rules.law import resolve
from rules.texts import shown

_say = said_in(__file__)

Request = tuple[str, bytes, dict[str, str]]
"""What to do, the case file as JSON, and further words of the question."""

_LAWS_KEPT = 128
"""Compiled laws: one for each municipality and month in use."""

_LONGEST = 120
"""Seconds on one case after which a child ends itself, should nobody be there to end it."""


Serve = Callable[[Connection, Mapping[str, str]], None]
"""What a child does: answers what comes over the connection. It is given the rule release's files."""


def begin(program: str, serve: Serve, connection: Connection, files: Mapping[str, str]) -> None:
    """Serve, where this is the ``program`` of the parent: what children are forked from looks for it first in
    the folder where the service was started. Raises RuntimeError where it has found another."""
    if not os.path.samefile(program, __file__):
        raise RuntimeError(_say("another_program", program=__file__, tjänst=program))
    serve(connection, files)


def serve(connection: Connection, files: Mapping[str, str]) -> None:
    """Answer requests until the other end is closed. ``files`` are the rule release."""
    answer_all(connection, lambda: Worker(releases.book_from(files)).answer)


def answer_all(
    connection: Connection,
    begin: Callable[[], Callable[[Request], tuple[str, Any]]],
    longest: int = _LONGEST,
    work: float = 0,
) -> None:
    """Answer requests until the other end is closed, by what ``begin`` gives; one that takes ``longest``
    seconds ends the process, and one that has the processor for ``work`` seconds, where that is not 0."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(ending, signal.SIG_DFL)  # ends the process even in the middle of native code
    answer = begin()
    while True:
        try:
            request: Request = connection.recv()
        except (EOFError, OSError):
            return
        signal.alarm(longest)
        signal.setitimer(signal.ITIMER_PROF, work)
        answered = answer(request)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        try:
            connection.send(answered)
        except OSError:
            return


class Worker:
    """Answers questions about cases under one release."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._engines = lru_cache(_LAWS_KEPT)(self._compiled)
        self._does: Mapping[str, Callable[[CaseFile, dict[str, str]], Explained]] = {
            "why": self._why,
            "why_not": self._why_not,
            "changes": self._changes,
        }

    def answer(self, request: Request) -> tuple[str, Any]:
        """``("done", answer)``; ``("wrong", faults)`` for a case that cannot be read; ``("failed", why)``."""
        what, content, words = request
        try:
            if what == "assess":
                return "done", self._assess(content)
            if what == "estimate":
                return "done", self._estimate(content)
            if what == "scenario":
                return "done", self._scenario(content, words["name"])
            case = validated(CaseFile, read_json(content))
            return "done", _written(self._does[what](case, words))
        except InputError as error:
            return "wrong", list(error.faults)
        except UnknownMunicipalityError as error:
            return "wrong", [each.below("municipality") for each in error.faults]
        except Exception as error:  # whatever it is, the case goes to a person and the child goes on
            return "failed", sort_and_place(error)

    def _compiled(self, month: Month, municipality: str) -> Engines:
        """Both engines of a law, out of the garbage collector, which would walk them again and again."""
        engines = Engines(resolve(self.book, month, municipality, without_norm=True))
        _ = engines.exact, engines.durable
        gc.freeze()
        return engines

    def _law(self, case: CaseFile) -> Engines:
        return self._engines(month_of(case), case.municipality)

    def _estimate(self, content: bytes) -> bytes:
        """A trial calculation."""
        request = estimate.read_request(read_json(content), self.book)
        return _written(estimate.as_document(estimate.estimate(request, self.book)))

    def _scenario(self, content: bytes, name: str) -> bytes:
        """A made-up household, as a case with a name."""
        request = estimate.read_request(read_json(content), self.book)
        return _written(scenario.scenario(request, self.book, name))

    def _assess(self, content: bytes) -> tuple[dict[str, bytes], bytes]:
        """The members of an assessment, written as JSON once and for all, and what is acted on of it."""
        case = validated(CaseFile, read_json(content))
        engines = self._law(case)
        made = assess(case, engines.law, engines)
        return dict(made.members), findings(made.members, made.evaluation)

    def _evaluated(self, case: CaseFile) -> Evaluation:
        engines = self._law(case)
        return engines.exact.evaluate(build_facts(case, engines.law).facts)

    def _why(self, case: CaseFile, words: dict[str, str]) -> RulesBehind:
        """Every rule with the parts of its condition, or those behind a conclusion or a sum."""
        evaluation = self._evaluated(case)
        language, whence = words.get("language", "sv"), Origins(evaluation).words
        if path := words.get("what"):
            rules = explanation.why(evaluation, path, words.get("subject"), language, whence)
        else:
            rules = explanation.explain_all(evaluation, language, whence)
        return RulesBehind(rules=rules)

    def _why_not(self, case: CaseFile, words: dict[str, str]) -> RulesSilent:
        """For each subject of a rule, the smallest parts that failed or are not known."""
        evaluation = self._evaluated(case)
        language, whence = words.get("language", "sv"), Origins(evaluation).words
        keys = [key for key in evaluation.instances if key[0] == words["rule"]]
        return RulesSilent(
            rules=tuple(explanation.why_not(evaluation, key, language, whence) for key in keys)
        )

    def _changes(self, case: CaseFile, words: dict[str, str]) -> Circumstances:
        """The circumstances that would have to be another for something else to happen."""
        engines = self._law(case)
        terms = engines.law.vocabulary.terms
        changes = []
        for one in changed_circumstances(case, engines):
            each, found = one.change, one.assessment
            if words.get("outcome") in (None, found.outcome.value):
                term = terms[each.path]
                said = {"is": shown(each.before, term.type), "would_be": shown(each.after, term.type)}
                changes.append(
                    ChangedCircumstance(
                        **said,
                        subject=each.entity,
                        label=each.label,
                        fact=each.path,
                        description=term.meaning,
                        outcome=found.outcome,
                        automatic=found.automatic,
                        proposed_outcome=found.proposed_outcome,
                        granted=found.calculation.granted,
                        questions=tuple(reason.question for reason in found.reasons),
                    )
                )
        return Circumstances(changes=tuple(changes))


def _written(document: BaseModel) -> bytes:
    """A document as JSON, for the parent to read again."""
    return document.model_dump_json(by_alias=True).encode()
