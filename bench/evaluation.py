"""How long the two engines and the explanation take for a household of five, and what the law costs to load.

Run: python bench/evaluation.py [evaluations for the memory, default 50000]. The household is one of the
example cases. Prints percentiles, the share of each part and the targets; asserts nothing.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import law_of
from decision_service.decision.facts.case_facts import build_facts
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from rules import rulebook
from rules.evaluated import Evaluation
from rules.evaluation import Engines
from rules.explanation import explain_all, explain_line

EXAMPLES = Path(__file__).parents[1] / "examples"
HOUSEHOLD = EXAMPLES / "cases" / "familj-pa-fem.json"
ESTIMATE = EXAMPLES / "estimate" / "alternating-child.json"


def explained(evaluation: Evaluation) -> object:
    """Every line in words."""
    return [explain_line(evaluation, line) for line in evaluation.lines_in_order]


def timed(run: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each run."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append((time.perf_counter() - start) * 1000)
    return found


def row(name: str, found: list[float], target: str = "") -> None:
    """One line of the table."""
    cuts = statistics.quantiles(found, n=100)
    print(f"{name:<34} p50 {cuts[49]:7.2f}  p95 {cuts[94]:7.2f}  p99 {cuts[98]:7.2f} ms   {target}")


def resident() -> int:
    """Resident memory in KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def main() -> None:
    """Measure and print."""
    evaluations = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    case = validated(CaseFile, read_json(HOUSEHOLD.read_bytes()))
    law = law_of(case, rulebook.load())
    facts, engines = build_facts(case, law).facts, Engines(law)
    first = engines.evaluate(facts)
    gc.freeze()  # as the service does with a law that it has compiled
    instances, fired = len(first.evaluation.instances), len(first.evaluation.outcome.fired)
    print(
        f"{HOUSEHOLD.stem}: {len(law.rules)} rules, {len(facts.entities)} facts, {instances} evaluated, "
        f"{fired} fired; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    exact_ms = timed(lambda: engines.exact.evaluate(facts), 500)
    durable_ms = timed(lambda: engines.durable.evaluate(facts), 500)
    explain_ms = timed(lambda: explained(first.evaluation), 500)
    row("exact evaluator", exact_ms)
    row("durable-rules", durable_ms)
    row("explanation as data, lines in words", explain_ms)
    whole_ms = timed(lambda: explained(engines.evaluate(facts).evaluation), 500)
    row("all together", whole_ms, "target p50 5, p99 15")
    row("(every rule in words, on demand)", timed(lambda: explain_all(first.evaluation), 50))
    parts = {"exact": exact_ms, "durable": durable_ms, "explanation": explain_ms}
    medians = {name: statistics.median(each) for name, each in parts.items()}
    total = sum(medians.values())
    print("share: " + " · ".join(f"{name} {median / total:.0%}" for name, median in medians.items()))
    for _ in range(min(2_000, evaluations)):
        engines.evaluate(facts)
    before, start = resident(), time.perf_counter()
    for _ in range(evaluations):
        engines.evaluate(facts)
    seconds = time.perf_counter() - start
    grown = (resident() - before) / 1024
    print(f"{evaluations} evaluations: {evaluations / seconds:.0f}/s, {grown:+.1f} MB   target < 20 MB")
    row("loading and checking the rulebook", timed(rulebook.load, 10), "target 1000")
    command = [sys.executable, "-m", "decision_service.cli", "estimate", str(ESTIMATE), "--json"]
    cold = timed(lambda: subprocess.run(command, check=True, capture_output=True), 10)
    row("lagrum estimate, cold start", cold, "target 700")


if __name__ == "__main__":
    main()
