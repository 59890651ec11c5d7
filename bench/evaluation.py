"""How long a household of five takes: both engines, the explanation, cold start, and memory.

The rule set is the shipped one, filled up with rules of the same shapes to at least 150. Prints
percentiles, the share of each part and the targets; asserts nothing.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from norms.month import Month
from rules import rulebook
from rules.engines.durable.engine import DurableEngine
from rules.engines.exact import Evaluation, ExactEngine
from rules.evaluation import Engines
from rules.explanation import explain_all, explain_line, records
from rules.facts import Entity, Facts
from rules.law import Law, resolve
from rules.rulebook import Rulebook

FEWEST_RULES = 150
EXAMPLE = Path(__file__).parents[1] / "examples" / "estimate" / "alternating-child.json"


def household() -> Facts:
    """Two adults, three children, six costs and four incomes."""
    entities = [
        Entity(
            "hushåll",
            "hushåll",
            {"hushåll.vuxna": 2, "hushåll.barn": 3, "hushåll.medlemmar": 5, "hushåll.boende": 6},
        ),
        *(
            Entity("vuxen", f"p{n}", {"vuxen.jobbstimulans_beviljad": n == 1}, label=f"vuxen {n}")
            for n in (1, 2)
        ),
    ]
    for number, age in enumerate((3, 8, 15), start=1):
        values = {
            "barn.ålder": age,
            "barn.äter_lunch_hemma": age > 3,
            "barn.dagar_i_hemmet": 15 if age == 8 else 30,
        }
        entities.append(Entity("barn", f"b{number}", values, label=f"barn {number}"))
    for number, kind in enumerate(
        ("hyra", "hushållsel", "hemförsäkring", "internet", "medicin", "a_kassa"), start=1
    ):
        values = {"kostnad.typ": kind, "kostnad.belopp": 400_00 * number, "kostnad.är_bedömd": False}
        entities.append(Entity("kostnad", f"k{number}", values, label=kind))
    for number, kind in enumerate(("lön", "barnbidrag", "bostadsbidrag", "lön"), start=1):
        values = {"inkomst.typ": kind, "inkomst.belopp": 1_250_50 * number}
        entities.append(Entity("inkomst", f"i{number}", values, "p1", label=kind))
    return Facts(tuple(entities))


def enough_rules(book: Rulebook) -> Law:
    """The law of a month, its rules repeated under other ids until there are enough."""
    law = resolve(book, Month(2026, 9), "9999")
    rules = list(law.rules)
    copies = 0
    while len(rules) < FEWEST_RULES:
        copies += 1
        for rule in law.rules:
            # Every third copy gives lines as the original does; the others only conditions that fail.
            gives = rule.effects if copies % 3 == 0 else ()
            names = tuple(f"{name}.{copies}" for name in rule.defeats)
            rules.append(replace(rule, id=f"{rule.id}.{copies}", effects=gives, defeats=names))
    return replace(law, rules=tuple(rules[: max(FEWEST_RULES, len(law.rules))]))


def explained(evaluation: Evaluation) -> object:
    """What a decision carries: every rule with the facts it read, and every line in words."""
    return records(evaluation), [explain_line(evaluation, line) for line in evaluation.lines_in_order]


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
    print(
        f"{name:<34} p50 {statistics.median(found):7.2f}  p95 {cuts[94]:7.2f}  "
        f"p99 {cuts[98]:7.2f} ms   {target}"
    )


def resident() -> int:
    """Resident memory in KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def main() -> None:
    """Measure and print."""
    book = rulebook.load()
    law, facts = enough_rules(book), household()
    facts.check(book.vocabulary)
    engines = Engines(law)
    first = engines.evaluate(facts)
    assert first.agree, first.differences
    instances, fired = len(first.evaluation.instances), len(first.evaluation.outcome.fired)
    print(f"{len(law.rules)} rules, {len(facts.entities)} facts, {instances} evaluated, {fired} fired")
    exact, durable = ExactEngine(law), DurableEngine(law)
    durable.evaluate(facts)
    exact_ms = timed(lambda: exact.evaluate(facts), 500)
    durable_ms = timed(lambda: durable.evaluate(facts), 500)
    explain_ms = timed(lambda: explained(first.evaluation), 500)
    whole_ms = timed(lambda: explained(engines.evaluate(facts).evaluation), 500)
    words_ms = timed(lambda: explain_all(first.evaluation), 50)
    row("exact evaluator", exact_ms)
    row("durable-rules", durable_ms)
    row("explanation as data, lines in words", explain_ms)
    row("all together", whole_ms, "target p50 5, p99 15")
    parts = [statistics.median(each) for each in (exact_ms, durable_ms, explain_ms)]
    shares = " · ".join(
        f"{name} {part / sum(parts):.0%}"
        for name, part in zip(("exact", "durable", "explanation"), parts, strict=True)
    )
    row("(every rule in words, on demand)", words_ms)
    print(f"share of time: {shares}")
    for _ in range(2_000):
        engines.evaluate(facts)
    before = resident()
    start = time.perf_counter()
    for _ in range(50_000):
        engines.evaluate(facts)
    seconds = time.perf_counter() - start
    grown = (resident() - before) / 1024
    print(
        f"50 000 evaluations in {seconds:.0f} s: {50_000 / seconds:.0f}/s, {grown:+.1f} MB   target < 20 MB"
    )
    row("loading and checking the rulebook", timed(rulebook.load, 10), "target 1000")
    command = [sys.executable, "-m", "decision_service.cli", "estimate", str(EXAMPLE), "--json"]
    cold = timed(lambda: subprocess.run(command, check=True, capture_output=True), 10)
    row("lagrum estimate, cold start", cold, "target 700")


if __name__ == "__main__":
    main()
