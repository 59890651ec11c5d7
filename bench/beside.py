"""How this tree stands beside an earlier commit: a whole decision over the example cases, and commands.

Run: python bench/beside.py [commit] [rounds, default 4]. Checks the commit out beside this tree and takes
turns: each round a process of the one, then of the other. Measures processor time, which what others do
meanwhile touches least. Asserts nothing. The commit must have ``bench/decide.py`` and the same libraries.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parents[1]
AIMED_AT = "bd68b72"
"""The commit that the targets are about."""
DECISIONS = """
import gc, importlib.util, json, sys, time
form = importlib.util.spec_from_file_location("decide", "bench/decide.py")
decide = sys.modules["decide"] = importlib.util.module_from_spec(form)
form.loader.exec_module(decide)
cases = decide.prepared()
for each in cases * 2:
    decide.whole(each)
gc.freeze()
found = {each.name: [] for each in cases}
for each in cases * 5:
    start = time.process_time_ns()
    decide.whole(each)
    found[each.name].append((time.process_time_ns() - start) / 1e6)
print(json.dumps([found, {each.name: len(each.engines.law.rules) for each in cases}]))
"""
"""Milliseconds of each whole decision, and the rules of its law, by the name of the case."""
TRIAL = {"month": "2026-11", "adults": 1, "children": [{"age": 5}]}
Figures = dict[str, list[float]]


def run(tree: Path, room: Path, arguments: Sequence[str]) -> tuple[bytes, float]:
    """What a Python process in a tree prints, and its processor time in milliseconds. It finds its modules
    compiled, as an installed program does, once the first round has compiled them."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONPYCACHEPREFIX": str(room / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def measure(tree: Path, room: Path, found: Figures) -> None:
    """One round in a tree: every case, and each command once."""
    decisions, rules = json.loads(run(tree, room, ["-c", DECISIONS])[0])
    for name, times in decisions.items():
        found.setdefault(f"case {name}", []).extend(times)
        found.setdefault(f"µs a rule, {name}", []).extend(1000 * each / rules[name] for each in times)
    for name, words in {
        "estimate": ["estimate", str(room / "trial.json")],
        "rules show": ["rules", "show", "inkomst.lön"],
        "rules test, a case": ["rules", "test"],
    }.items():
        printed, took = run(tree, room, ["-m", "decision_service.cli", *words])
        cases = int(printed.split()[-5]) if name == "rules test, a case" else 1
        found.setdefault(name, []).append(took / cases)


def told(name: str, then: float, now: float, target: float, unit: str = "ms") -> None:
    """One line: both, the ratio and what it should be at most."""
    print(
        f"{name:<34} then {then:8.2f} {unit}  now {now:8.2f} {unit}  {now / then:5.2f}  (target {target:.2f})"
    )


def p50(found: Figures, names: Sequence[str]) -> float:
    """The median over the cases of the median of each."""
    return statistics.median(statistics.median(found[name]) for name in names)


def compare(then: Figures, now: Figures) -> None:
    """Print everything that both have."""
    of_then, of_now = ([name for name in found if name.startswith("case ")] for found in (then, now))
    shared = [name for name in of_now if name in then]
    print(f"{len(of_then)} example cases then, {len(of_now)} now, {len(shared)} in both")
    told("a decision, p50 of shared cases", p50(then, shared), p50(now, shared), 0.5)
    a_rule = [name.replace("case ", "µs a rule, ") for name in shared]
    told("the same, for each rule of the law", p50(then, a_rule), p50(now, a_rule), 0.5, "µs")
    told("a decision, p50 of all cases", p50(then, of_then), p50(now, of_now), 0.5)
    for name, target in (("estimate", 0.5), ("rules show", 0.5), ("rules test, a case", 1 / 3)):
        told(name, min(then[name]), min(now[name]), target)


def main() -> None:
    """Check out, take turns, print."""
    commit, rounds = (*sys.argv[1:], *(AIMED_AT, "4")[len(sys.argv) - 1 :])
    then: Figures = {}
    now: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        tree = room / "then"
        (room / "trial.json").write_text(json.dumps(TRIAL))
        git = ["git", "-C", str(HERE), "worktree"]
        subprocess.run([*git, "add", "--detach", str(tree), commit], check=True, capture_output=True)
        try:
            for _ in range(int(rounds)):
                measure(tree, room, then)
                measure(HERE, room, now)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True, capture_output=True)
    compare(then, now)


if __name__ == "__main__":
    main()
