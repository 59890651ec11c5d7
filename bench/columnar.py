"""How many households a second the columnar engine reckons, and whether it says what the exact one says."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable

from norms.month import Month
from rules import kept
from rules.engines.columnar.outcome import Reader
from rules.engines.columnar.run import ColumnarEngine
from rules.engines.exact.run import ExactEngine
from rules.law import resolve
from rules.population.synthetic import PART, parts, synthetic
from tests.rules.random_population import random_population

TARGET = 300_000
"""Households a second on two cores, the whole rule set."""
LAW = resolve(kept.load(), Month(2026, 11), "9999")
ENGINE = ColumnarEngine(LAW)
EXACT = ExactEngine(LAW)


def reckoned(part: int) -> int:
    """One part of a synthetic population."""
    population = synthetic(LAW, 10**9, 1, part)
    ENGINE.evaluate(population)
    return population.size


def differences(seed: int) -> int:
    """How many of a thousand random households do not come out alike in both engines."""
    population = random_population(LAW, 1_000, seed)
    reader = Reader(ENGINE.evaluate(population))
    found = 0
    for number in range(population.size):
        exact = EXACT.evaluate(population.facts(number, LAW.vocabulary, ENGINE.words))
        own = reader.household(number)
        states = {key: instance.state for key, instance in exact.instances.items()}
        found += (own.outcome, own.states) != (exact.outcome, states)
    return found


def main(compared: int) -> None:
    """Print the figures beside their targets."""
    households, began = 2_000_000, time.monotonic()
    shared(reckoned, range(parts(households)))
    seconds, usage = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = usage.ru_utime + usage.ru_stime
    print(f"{households} hushåll på {seconds:.1f} s: {households / seconds:,.0f}/s (mål {TARGET:,})")
    print(f"på två kärnor som inte gör något annat: {2 * households / busy:,.0f}/s, räknat i processortid")
    print(f"delar om {PART} hushåll; minne som mest {usage.ru_maxrss // 1024} MB per process")
    found = sum(shared(differences, range(1, compared // 1_000 + 1)))
    print(f"{compared} slumpade hushåll mot den exakta motorn: {found} skillnader (mål 0)")
    if found:
        raise SystemExit(1)


def shared(work: Callable[[int], int], numbers: range) -> list[int]:
    """What comes of each number, on two processes that then end."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        done = pool.map(work, numbers, chunksize=1)
        pool.close()
        pool.join()
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
