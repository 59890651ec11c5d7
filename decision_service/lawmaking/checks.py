"""Every check of a draft, in a process of its own: what it is given is somebody's unfinished work."""

from __future__ import annotations

import json
import resource
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from multiprocessing.connection import Connection
from typing import Any, TypedDict

from decision_service.decision.estimate import read_request
from decision_service.decision.facts.declared import Undeclared, lacking
from decision_service.decision.scenario import Scenario, scenario
from decision_service.evaluation.child import Request, answer_all
from decision_service.lawmaking.findings import CASE, LACKING, UNTRIED, Checked, DraftFinding, few, found
from decision_service.lawmaking.rights import owner_of
from decision_service.log import releases
from decision_service.reading.our_fault import sort_and_place
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from norms.finding import FindingsError
from norms.load import load_files
from norms.month import Month
from norms.plausibility import doubts
from rules.book import Rulebook
from rules.difference.compare import ReleaseChange, ReleaseDifference, difference
from rules.difference.words import become, months
from rules.language.vocabulary_file import VOCABULARY
from rules.policy_cases.coverage import Untried
from rules.policy_cases.run import CaseResult, run_all

_say = said_in(__file__)
_MEMORY = 2 * 1024**3
"""Bytes of address space that a check may take."""
LONGEST, WORK = 3600, 300.0
"""Seconds that a check may take by the clock, however much else the machine has to do, and seconds that it
may have the processor: one of what the program brings has it for 24 seconds."""
_RULES, _NORMS = "rules/", "norms/"


class ToCheck(TypedDict):
    """A draft: ``law``, ``cases`` and ``base`` are files, ``present`` is the month that it is."""

    law: Mapping[str, str]
    cases: Mapping[str, str]
    base: Mapping[str, str]
    present: str


def serve(connection: Connection, _: Mapping[str, str]) -> None:
    """Answer checks until the other end is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    answer_all(connection, lambda: answer, LONGEST, WORK)


def answer(request: Request) -> tuple[str, Any]:
    """What a check, a comparison or a made-up household says: ``("done", answer)``, ``("wrong", faults)`` for
    a household that cannot be, or ``("failed", why)``."""
    what, content, words = request
    try:
        given = json.loads(content)
        if what == "difference":
            return "done", _difference(given).model_dump_json()
        if what == "scenario":
            return "done", _scenario(given, words).model_dump(mode="json")
        return "done", few(checked(given, whole=what == "whole")).model_dump_json()
    except InputError as error:
        return "wrong", list(error.faults)
    except FindingsError as error:
        return "failed", str(error.findings[0])
    except (MemoryError, RecursionError) as error:
        return "failed", sort_and_place(error)


def checked(given: ToCheck, *, whole: bool) -> Checked:
    """What there is to say of a draft. ``whole``: its cases are run too."""
    law = given["law"]
    try:
        tables = load_files(_under(law, _NORMS))
    except FindingsError as error:
        return Checked(findings=found(_NORMS, error.findings))
    findings = found(_NORMS, doubts(tables))
    try:
        book = releases.book_from(law)
    except FindingsError as error:
        return Checked(findings=(*findings, *found(_RULES, error.findings)))
    findings += found(_RULES, book.findings)
    findings += tuple(map(_lacking, lacking(book.vocabulary)))
    number = None
    if whole:
        try:
            results, coverage = run_all(book, _under(given["cases"], _RULES))
            names = {code: each.name for code, each in book.norms.municipalities.items()}
            findings += (*failed(results, changed_of(given), names), *map(_untried, coverage.untried(book)))
            number = len(results)
        except FindingsError as error:
            findings += found(_RULES, error.findings)
    compared = difference(_base(_frozen(given["base"])), book, Month.parse(given["present"]))
    return Checked(
        findings=findings,
        corrections=tuple(map(_in_words, compared.corrections)),
        endings=tuple(map(str, compared.endings)),
        release=book.release,
        cases=number,
    )


def changed_of(given: ToCheck) -> frozenset[str]:
    """The municipalities whose own files a draft changes."""
    law, base = given["law"], given["base"]
    changed = {name for name in {*law, *base} if law.get(name) != base.get(name)}
    return frozenset(owner for name in changed if (owner := owner_of(name)) is not None)


def failed(
    results: Iterable[CaseResult], changed: Collection[str], names: Mapping[str, str]
) -> Iterator[DraftFinding]:
    """Cases that do not come out, and of one that is not a municipality's own what it has to do with what a
    draft changes there. ``names`` are those of municipalities by code."""
    for each in results:
        file = f"{_RULES}{each.file}"
        there = sorted(each.municipalities & set(changed) - {owner_of(file)})
        why = [_say("rests_on_own", kommun=", ".join(names[code] for code in there))] if there else []
        for failure in each.failures:
            message = " ".join([failure, *why])
            yield DraftFinding(file=file, line=each.line, code=CASE, where=each.name, message=message)


def _untried(said: Untried) -> DraftFinding:
    return DraftFinding(
        file=f"{_RULES}{said.file}", line=said.line, code=UNTRIED, where=said.rule, message=said.message
    )


def _lacking(said: Undeclared) -> DraftFinding:
    return DraftFinding(
        file=f"{_RULES}{VOCABULARY.name}", line=said.line, code=LACKING, where=said.term, message=said.message
    )


def _in_words(change: ReleaseChange) -> str:
    whom = _say("in_one", kommun=change.municipality) if change.municipality else _say("in_all")
    parts = "; ".join(f"{part.name}: {part.before or '–'} → {part.after or '–'}" for part in change.parts)
    title = f" ({change.title})" if change.title else ""
    what = f"{become(change.sort, change.way)} {change.sort} {change.name}{title}"
    return f"{what}, {whom}, {months(change)}. {parts}"


def _difference(given: ToCheck) -> ReleaseDifference:
    base, present = _base(_frozen(given["base"])), Month.parse(given["present"])
    return difference(base, releases.book_from(given["law"]), present)


def _scenario(given: ToCheck, words: Mapping[str, str]) -> Scenario:
    """A made-up household under what the draft says."""
    book = _base(_frozen(given["law"]))
    return scenario(read_request(json.loads(words["household"]), book), book, words["name"])


def _frozen(files: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(files.items()))


@lru_cache(3)
def _base(files: tuple[tuple[str, str], ...]) -> Rulebook:
    return releases.book_from(dict(files))


def _under(files: Mapping[str, str], folder: str) -> dict[str, bytes]:
    return dict(_encoded(files, folder))


def _encoded(files: Mapping[str, str], folder: str) -> Iterator[tuple[str, bytes]]:
    for name, text in files.items():
        if name.startswith(folder):
            yield name.removeprefix(folder), text.encode()
