"""``lagrum rules mutate``: change every word of the rule files alone, and see whether any case notices."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from decision_service.application.case_file import CaseFile
from decision_service.commands.split_off import in_order
from decision_service.decision.decide import Assessed, assess, law_of
from decision_service.reading.faults import validated
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import read_json
from rules import kept
from rules.book import Rulebook
from rules.evaluated import Evaluation
from rules.evaluation import Agreed, Engines
from rules.facts import Facts
from rules.language.vocabulary import Stage
from rules.mutation.catching import Advice, Catch, caught_by
from rules.mutation.hunt import Hunt
from rules.mutation.mutants import Mutant, mutants
from rules.mutation.witness import Witness, policy_witnesses

_say = said_in(__file__)

_Survivor = tuple[Mutant, Advice]
"""A mutant that nobody noticed, and the case that would have, or why none can."""
TARGET = 95
"""Percent of the mutants that somebody has to notice."""
_NONE_FOUND = _say("none_found")
_EACH = 10
"""Seconds between two lines of progress."""


def run(options: argparse.Namespace) -> int:
    """Hunt mutants. 1: fewer than the target were noticed."""
    book = kept.load()
    wanted = [each for each in mutants(book) if options.rule is None or _named(each, options.rule)]
    wanted = wanted[:: max(1, options.every)]
    witnesses = [*policy_witnesses(book), *example_witnesses(book, Path(options.examples))]
    survivors: list[_Survivor] = []
    for done, (mutant, noticed, catch) in enumerate(_hunted(Hunt(witnesses), wanted, options.processes), 1):
        if not noticed:
            survivors.append((mutant, catch))
        _tell(done, len(wanted), len(survivors))
    noticed_of_all = len(wanted) - len(survivors)
    if options.json:
        print(json.dumps(_as_json(wanted, survivors), ensure_ascii=False, indent=2))
    else:
        for mutant, catch in survivors:
            print("\n".join([mutant.sentence, *_advice(catch), ""]))
        share = f"{100 * noticed_of_all / len(wanted):.1f}".replace(".", ",") if wanted else "100"
        print(_say("noticed", märkta=noticed_of_all, alla=len(wanted), andel=share))
    return 0 if noticed_of_all * 100 >= TARGET * len(wanted) else 1


def _named(mutant: Mutant, name: str) -> bool:
    return mutant.name == name or any(rule.id == name for rule, _ in mutant.rules) or mutant.file == name


def _advice(found: Advice) -> Iterator[str]:
    """The case that would have noticed, or why there is none."""
    match found:
        case Catch():
            yield _say("case_that_would", fil=found.file)
            yield from found.lines()
        case str():
            yield f"  {found}"
        case None:
            yield f"  {_NONE_FOUND}"


def _as_json(wanted: Sequence[Mutant], survivors: Sequence[_Survivor]) -> dict[str, Any]:
    return {
        "mutants": len(wanted),
        "noticed": len(wanted) - len(survivors),
        "survivors": [
            {
                "file": f"rules/{each.file}",
                "line": each.line,
                "sentence": each.sentence,
                "case": asdict(found) if isinstance(found, Catch) else None,
                "why": found if isinstance(found, str) else None,
            }
            for each, found in survivors
        ],
    }


# --- many at once

_HUNT: list[tuple[Hunt, Sequence[Mutant]]] = []
"""What the processes that are split off have in common with the one that they come from."""


def _hunted(hunt: Hunt, wanted: Sequence[Mutant], processes: int) -> Iterator[tuple[Mutant, bool, Advice]]:
    """Each mutant in turn, whether it was noticed, and the case that would catch it where it was not."""
    for witness in hunt.witnesses:
        _ = witness.base  # known before anything is split off, so that it is known once
    _HUNT[:] = [(hunt, wanted)]
    if processes == 1:
        yield from ((mutant, *_found(number)) for number, mutant in enumerate(wanted))
        return
    found = in_order(_found, range(len(wanted)), processes, together=4)
    yield from ((mutant, *each) for mutant, each in zip(wanted, found, strict=True))


def _found(number: int) -> tuple[bool, Advice]:
    [(hunt, wanted)] = _HUNT
    verdict = hunt.verdict(wanted[number])
    noticed = verdict.noticed_by is not None
    return noticed, None if noticed else caught_by(verdict, hunt.witnesses)


_last_told = [0.0]


def _tell(done: int, of: int, survivors: int) -> None:
    """Progress, on standard error: now and then, and at the end."""
    if done == of or time.monotonic() - _last_told[0] > _EACH:
        _last_told[0] = time.monotonic()
        print(_say("progress_of_mutants", antal=done, alla=of, kvar=survivors), file=sys.stderr)


# --- the example cases


@dataclass(frozen=True)
class _Said(Engines):
    """Engines that have evaluated already."""

    evaluation: Evaluation

    def evaluate(self, facts: Facts, stages: object = tuple(Stage)) -> Agreed:
        return Agreed(self.evaluation, ())


def example_witnesses(book: Rulebook, folder: Path) -> Iterator[Witness]:
    """The example cases of a folder; each notices another outcome, amount or reason."""
    engines: dict[object, Engines] = {}
    for path in sorted(folder.glob("*.json")):
        case = validated(CaseFile, read_json(path.read_bytes()))
        law = law_of(case, book)
        own = engines.setdefault((law.month, law.municipality), Engines(law))
        assessed = assess(case, own.law, own)
        expected = _told(assessed)

        def notices(evaluation: Evaluation, case: CaseFile = case, expected: object = expected) -> bool:
            return _told(assess(case, evaluation.law, _Said(evaluation.law, evaluation))) != expected

        yield Witness(f"examples/cases/{path.name}", own.exact, assessed.evaluation.facts, notices)


def _told(assessed: Assessed) -> object:
    document = assessed.document
    reasons = sorted({reason.code for reason in document.reasons})
    return document.outcome, document.proposed_outcome, document.calculation.granted, reasons
