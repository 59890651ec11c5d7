"""Logs that lie, days when money is paid, and many households in one process."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.bundle import VERIFIER
from audit.verify import grown, root_of
from decision_service.decision.decide import assess, law_of
from decision_service.installation.calendar import is_banking_day, payment_date
from norms.month import Month
from rules.evaluation import Engines
from tests.audit.world import World
from tests.world.cases import decided, raw, read
from tests.world.law import book
from tests.world.sweeps import share

HUGE = 2**62
IMPATIENT = 20
"""Seconds within which a check of anything must end."""


def check(folder: Path, content: bytes, key: str) -> subprocess.CompletedProcess[str]:
    """The standalone program over a file, as a stranger runs it."""
    (folder / "fil").write_bytes(content)
    command = [sys.executable, "-I", str(VERIFIER), "fil", "--key", key]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=IMPATIENT, check=False)


# --- a log that lies


@pytest.mark.parametrize("length", [0, 1, 61, 62, 63, 100_000])
def test_a_log_that_says_it_has_more_entries_than_there_can_be_is_checked_at_once(length: int) -> None:
    path = [bytes(32)] * length
    began = time.monotonic()
    for index in (0, 5, HUGE // 2, HUGE - 1):
        assert len(root_of(index, HUGE, bytes(32), path)) in (0, 32)
    for old in (1, 5, HUGE // 2, HUGE - 1):
        before, after = grown(old, HUGE, bytes(32), path)
        assert {len(before), len(after)} <= {0, 32}
    assert time.monotonic() - began < IMPATIENT


@pytest.mark.parametrize("size", [str(HUGE), "9" * 4000, "9" * 1_000_000, "-1", "1e9", "٣"])
def test_a_letter_of_a_log_with_an_impossible_size_ends_with_a_finding(
    memory_world: World, tmp_path: Path, size: str
) -> None:
    key = memory_world.keys.signing_key("1287", memory_world.public["1287"].split("+")[1])
    note = key.sign(f"{key.name}\n{size}\n{'A' * 43}=\n")
    letter = f"c2sp.org/tlog-proof@v1\nextra {'A' * 43}=\nindex 5\n{'A' * 43}=\n\n{note}"
    done = check(tmp_path, letter.encode(), memory_world.public["1287"])
    assert done.returncode in (1, 2), done.stdout
    assert len(done.stdout + done.stderr) < 20_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        b"x" * 100_000_000,
        b"c2sp.org/tlog-proof@v1\nextra " + b"A" * 100_000_000,
        b"[" * 1_000_000,
        b'{"bundle":' + b'{"entries":' * 100_000,
    ],
    ids=["a line", "a proof", "brackets", "objects"],
)
def test_a_file_without_end_is_refused_within_seconds(
    memory_world: World, tmp_path: Path, content: bytes
) -> None:
    done = check(tmp_path, content, memory_world.public["1287"])
    assert done.returncode in (1, 2)
    assert len(done.stdout + done.stderr) < 20_000


# --- days


@pytest.mark.parametrize(
    ("month", "paid"),
    [
        (Month(2026, 9), date(2026, 9, 25)),
        (Month(2026, 12), date(2026, 12, 23)),
        (Month(2027, 2), date(2027, 2, 26)),
        (Month(2027, 3), date(2027, 3, 25)),
        (Month(2026, 10), date(2026, 10, 27)),
    ],
)
def test_money_of_the_27th_is_paid_on_a_banking_day_up_to_it(month: Month, paid: date) -> None:
    assert payment_date(month, 27) == paid


@pytest.mark.parametrize(
    ("month", "days"), [(Month(2025, 12), 19), (Month(2026, 6), 21), (Month(2008, 5), 21)]
)
def test_a_month_has_the_working_days_that_the_law_leaves_even_when_two_holidays_fall_on_one_day(
    month: Month, days: int
) -> None:
    every = [month.first + timedelta(days=number) for number in range(month.days)]
    assert sum(is_banking_day(day) for day in every) == days


# --- many households


def households() -> list[dict[str, Any]]:
    """Households that differ in what rules they meet: some in which most stages have nothing to do."""
    two_rents = raw("ensam-bifall")
    two_rents["application"]["costs"] = [{"costType": "RENT", "appliedAmount": 3100}] * 2
    nothing = raw("ensam-bifall")
    nothing["application"] |= {"costs": [], "plannings": []}
    return [raw("ensam-bifall"), raw("par-bifall"), raw("barn-fyller-7"), two_rents, nothing]


def test_two_equal_costs_are_two_and_asked_about() -> None:
    found = decided(households()[3])
    assert [each.amount for each in found.calculation.lines if each.kind == "cost"] == [310_000, 310_000]
    assert "FLERA_KOSTNADER" in {each.code for each in found.reasons}


@pytest.mark.slow
def test_two_thousand_households_in_one_process_come_out_as_the_first() -> None:
    """A share of them in ``make check``."""
    cases = [read(each) for each in households()]
    laws = [Engines(law_of(case, book())) for case in cases]
    first = [assess(case, law.law, law) for case, law in zip(cases, laws, strict=True)]
    assert all(each.document.engines.agree for each in first)
    for number in range(len(share(range(2_000), 4))):
        at = number % len(cases)
        assert assess(cases[at], laws[at].law, laws[at]).written == first[at].written, number


def test_one_kind_of_silence_and_another_ask_the_same() -> None:
    asked = []
    for state in (
        {"kod": "OTILLGANGLIG", "beskrivning": "Otillgänglig"},
        {"kod": "FEL", "beskrivning": "Fel"},
    ):
        case = raw("ensam-bifall")
        case["registers"]["fk"]["utlamnare"][0]["tillstand"] = state
        found = decided(case)
        asked.append((found.outcome, sorted({each.code for each in found.reasons})))
    assert asked[0] == asked[1]
    assert "REGISTER_SAKNAS" in asked[0][1]
