"""How many households a second the columnar engine reckons, and whether it says what the exact one says."""

from __future__ import annotations

import resource
import sys
import time

from decision_service.commands.split_off import in_order
from norms.month import Month
from rules import kept
from rules.engines.columnar.run import ColumnarEngine
from rules.law import resolve
from rules.population.synthetic import PART, parts, synthetic
from tests.rules.test_columnar import LAWS, THOUSANDS, compared, seed_of

PROCESSES = 2
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
    for _ in in_order(reckoned, range(parts(households)), PROCESSES):
        pass
    seconds, usage = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = usage.ru_utime + usage.ru_stime
    print(f"{households} hushåll på {seconds:.1f} s: {households / seconds:,.0f}/s (mål {TARGET:,})")
    print(f"på två kärnor som inte gör något annat: {2 * households / busy:,.0f}/s, räknat i processortid")
    print(f"delar om {PART} hushåll; minne som mest {usage.ru_maxrss // 1024} MB per process")
    found = sum(in_order(differs, range(thousands), PROCESSES))
    print(f"{thousands} 000 slumpade hushåll mot den exakta motorn: {found} tusental skiljer (mål 0)")
    if found:
        raise SystemExit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else THOUSANDS * len(LAWS))
