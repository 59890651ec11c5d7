"""How long a whole decision takes: facts from application, registers and history, both engines, every rule as
data, and the receipt.

Run: python bench/decide.py [decisions for the memory, default 20000]. Measures every example case and one
large household; prints percentiles, the share of each part and the targets. Asserts nothing.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import assess, law_of
from decision_service.decision.facts.case_facts import build_facts
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from norms.month import Month
from rules import rulebook
from rules.evaluated import Evaluation
from rules.evaluation import Engines
from rules.explanation import explain_line

CASES = Path(__file__).parents[1] / "examples" / "cases"
LARGE = "nio-personer"
TARGET = "target p50 8, p99 25"
ROUNDS = 8


@dataclass(frozen=True)
class Prepared:
    """A case and the engines of its law, compiled."""

    name: str
    case: CaseFile
    engines: Engines


def prepared() -> list[Prepared]:
    """Every example case; cases of one month and municipality share their engines."""
    book = rulebook.load()
    compiled: dict[tuple[Month, str | None], Engines] = {}
    found = []
    for path in sorted(CASES.glob("*.json")):
        case = validated(CaseFile, read_json(path.read_bytes()))
        law = law_of(case, book)
        engines = compiled.setdefault((law.month, law.municipality), Engines(law))
        found.append(Prepared(path.stem, case, engines))
    return found


def whole(each: Prepared) -> object:
    """An assessment as JSON, with its receipt."""
    return assess(each.case, each.engines.law, each.engines).written


def explained(evaluation: Evaluation) -> object:
    """Every line in words."""
    return [explain_line(evaluation, line) for line in evaluation.lines_in_order]


def timed(run: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of processor time of each run: what others do meanwhile counts little."""
    found = []
    for _ in range(times):
        start = time.thread_time()
        run()
        found.append((time.thread_time() - start) * 1000)
    return found


def row(name: str, found: list[float], target: str = "") -> None:
    """One line of the table."""
    cuts = statistics.quantiles(found, n=100)
    print(
        f"{name:<30} p50 {cuts[49]:6.2f}  p90 {cuts[89]:6.2f}  p99 {cuts[98]:6.2f} ms  "
        f"{1000 / statistics.mean(found):6.0f} decisions/s  {target}"
    )


def shares(cases: list[Prepared], rounds: int) -> None:
    """What each part of a decision takes, in milliseconds a case and as a share of the whole. The document is
    what the others leave: every rule and fact with its origin, the reasons, the JSON and its receipt."""
    parts = dict.fromkeys(("facts", "durable", "exact", "explanation", "whole"), 0.0)
    for each in cases:
        law, engines = each.engines.law, each.engines
        facts = build_facts(each.case, law).facts
        found = assess(each.case, law, engines)
        for name, run in (
            ("facts", lambda: build_facts(each.case, law)),  # noqa: B023
            ("durable", lambda: engines.durable.evaluate(facts)),  # noqa: B023
            ("exact", lambda: engines.exact.evaluate(facts)),  # noqa: B023
            ("explanation", lambda: explained(found.evaluation)),  # noqa: B023
            ("whole", lambda: whole(each)),  # noqa: B023
        ):
            parts[name] += statistics.median(timed(run, rounds))
    total = parts.pop("whole")
    parts["document"] = total - sum(parts.values())
    told = (f"{name} {part / len(cases):.2f} ms {part / total:.0%}" for name, part in parts.items())
    print("share: " + " · ".join(told))


def resident() -> int:
    """Resident memory in KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def memory(cases: list[Prepared], decisions: int) -> None:
    """How much the process grows while it decides, and how fast it decides in a row."""
    for each in islice(cycle(cases), 1000):
        whole(each)
    before, start = resident(), time.perf_counter()
    for each in islice(cycle(cases), decisions):
        whole(each)
    seconds = time.perf_counter() - start
    grown = (resident() - before) / 1024
    print(
        f"{decisions} decisions in a row: {decisions / seconds:.0f}/s, "
        f"memory {grown:+.1f} MB (target: no growth)"
    )


def main() -> None:
    """Measure and print."""
    decisions = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    cases = prepared()
    for each in cases:
        whole(each)
    gc.freeze()  # as the service does with a law that it has compiled
    print(f"{len(cases)} cases, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    row("all example cases", [ms for each in cases for ms in timed(lambda: whole(each), ROUNDS)], TARGET)  # noqa: B023
    shares(cases, ROUNDS)
    large = next(each for each in cases if each.name == LARGE)
    row(LARGE, timed(lambda: whole(large), 400), TARGET)
    shares([large], 100)
    memory(cases, decisions)


if __name__ == "__main__":
    main()
