"""How many households a second the columnar engine reckons, and whether it says what the exact one says."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from norms.month import Month
from rules import kept
from rules.engines.columnar.run import ColumnarEngine
from rules.law import resolve
from rules.population.synthetic import PART, parts, synthetic
from tests.rules.test_columnar import LAWS, THOUSANDS, compared, seed_of

T = TypeVar("T")
TARGET = 300_000
"""Households a second on two cores, the whole rule set."""
BOOK = kept.load()
LAW = resolve(BOOK, Month(2026, 11), "9999")
ENGINE = ColumnarEngine(LAW)


def reckoned(part: int) -> int:
    """One part of a synthetic population."""
    population = synthetic(LAW, 10**9, 1, part)
    ENGINE.evaluate(population)
    return population.size


def differs(part: int) -> bool:
    """Whether some of a thousand random households under one of the laws do not come out alike."""
    month, municipality = LAWS[part % len(LAWS)]
    law = resolve(BOOK, month, municipality, without_norm=True)
    try:
        compared(law, 1_000, seed_of(month, part // len(LAWS)))
    except AssertionError as error:
        print(f"{month}, kommun {municipality}: {error}")
        return True
    return False


def main(thousands: int) -> None:
    """Print the figures beside their targets."""
    households, began = 2_000_000, time.monotonic()
    shared(reckoned, range(parts(households)))
    seconds, usage = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = usage.ru_utime + usage.ru_stime
    print(f"{households} hushåll på {seconds:.1f} s: {households / seconds:,.0f}/s (mål {TARGET:,})")
    print(f"på två kärnor som inte gör något annat: {2 * households / busy:,.0f}/s, räknat i processortid")
    print(f"delar om {PART} hushåll; minne som mest {usage.ru_maxrss // 1024} MB per process")
    found = sum(shared(differs, range(thousands)))
    print(f"{thousands} 000 slumpade hushåll mot den exakta motorn: {found} tusental skiljer (mål 0)")
    if found:
        raise SystemExit(1)


def shared(work: Callable[[int], T], numbers: range) -> list[T]:
    """What comes of each number, on two processes that then end."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        done = pool.map(work, numbers, chunksize=1)
        pool.close()
        pool.join()
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else THOUSANDS * len(LAWS))
