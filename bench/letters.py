"""How long a letter takes to lay out: as PDF and as a page, of the decision of every example case.

Run: python bench/letters.py [rounds, default 10]. No letter is laid out twice: each has a case number of its
own. Prints percentiles, the growth of memory and the target. Asserts nothing.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from decision_service.application.case_file import CaseFile
from decision_service.decision.decide import assess, law_of
from decision_service.decision.document import Assessment, Decision, RestsOn
from decision_service.outputs.addressee import Addressee
from decision_service.outputs.layout.html import html
from decision_service.outputs.layout.pdf import pdf
from decision_service.outputs.letter import LetterContext, LetterSender, decision_letter
from decision_service.outputs.letter_layout import Letter
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from rules import rulebook

CASES = Path(__file__).parents[1] / "examples" / "cases"
TARGET = "target p50 80"
ROUNDS = 10
PROOF = "\n".join(
    ["c2sp.org/tlog-proof@v1", "index 4711", *(f"{at:02}{'q8Zr' * 10}A=" for at in range(16)), ""]
)
CONTEXT = LetterContext(
    LetterSender(
        "Exempelkommun",
        "Socialnämnden",
        "Box 1, 123 45 Exempelstad",
        "Ring 0123-45 67 00",
        "Förvaltningsrätten",
    ),
    Addressee("p1", "Alma Ek", "198802099823", ("Exempelgatan 1", "123 45 Exempelstad")),
    date(2026, 11, 20),
    "2026-000017-9",
    payment=date(2026, 11, 25),
    proof=PROOF,
)


def decided(assessment: Assessment) -> Decision:
    """The machine's decision of a case."""
    outcome, granted = assessment.proposal or (assessment.proposed_outcome, 0)
    given = {
        "id": "a1",
        "application_id": "a1",
        "municipality": assessment.municipality,
        "month": assessment.month,
        "outcome": outcome,
        "granted": granted,
        "automatic": True,
        "decided_by": "lagrum",
        "decided_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "release": assessment.release,
        "assessment": RestsOn(number=1, receipt=assessment.receipt),
        "calculation": assessment.calculation.model_copy(update={"granted": granted}),
    }
    return Decision.model_validate(given)


def letters() -> Iterator[Letter]:
    """The letter of every example case that the machine decides."""
    book = rulebook.load()
    for path in sorted(CASES.glob("*.json")):
        case = validated(CaseFile, read_json(path.read_bytes()))
        assessment = assess(case, law_of(case, book)).document
        if assessment.automatic:
            yield decision_letter(decided(assessment), CONTEXT)


def timed(lay_out: Callable[[Letter], object], found: list[Letter], rounds: int) -> list[float]:
    """Milliseconds of processor time of each letter, the threads of the library counted in."""
    times = []
    for at in range(rounds):
        for letter in found:
            own = replace(
                letter, reference=f"2026-{at:06}-{len(times) % 10}", title=f"{letter.title} {len(times)}"
            )
            start = time.process_time()
            lay_out(own)
            times.append((time.process_time() - start) * 1000)
    return times


def main() -> None:
    """Both forms, and what is left in memory afterwards."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    found = list(letters())
    print(f"{len(found)} letters, {rounds} rounds, milliseconds a letter")
    for name, lay_out, target in (("PDF", pdf, TARGET), ("HTML", html, "")):
        first = timed(lay_out, found[:1], 1)[0]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        times = sorted(timed(lay_out, found, rounds))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        middle, late = statistics.median(times), times[int(len(times) * 0.99)]
        print(f"{name:<5} first {first:6.1f}  p50 {middle:6.1f}  p99 {late:6.1f}  {target}  +{grown:.0f} MB")


if __name__ == "__main__":
    main()
