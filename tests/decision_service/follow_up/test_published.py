"""Whoever has every table that was ever shown cannot make out a small month from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.outcomes import outcomes
from decision_service.follow_up.published import ORDER, published
from decision_service.follow_up.small_cells import SMALLEST
from decision_service.planning.participation import Enrolment, Exit, ExitReason, Participation
from norms.month import Month
from tests.decision_service.follow_up.test_outcomes import person

BEGIN = Month(2021, 12)
BUSY = (0, 1, 3, 12, 14)
"""Months in which something happens, so far apart that the twelve months move past some of them."""
SHOWN = 17
PRIME = 1_000_000_007
REASONS = {
    Measure.ENDED: set(ExitReason),
    Measure.WORK_OR_STUDIES: {ExitReason.WORK, ExitReason.STUDIES},
    Measure.WORK: {ExitReason.WORK},
    Measure.STUDIES: {ExitReason.STUDIES},
    Measure.OTHER: {ExitReason.RIGHT_BENEFIT, ExitReason.MOVED, ExitReason.OTHER},
}


class Stay(NamedTuple):
    """Months from the first to the last of a time in the process, and why it ended."""

    begun: int
    ended: int | None
    reason: ExitReason = ExitReason.WORK

    def counts(self, month: int, measure: Measure) -> bool:
        """Whether it is in a figure of the twelve months to the end of a month."""
        first = month - 11
        there = self.begun <= month and (self.ended is None or self.ended >= first)
        left = self.ended is not None and first <= self.ended <= month
        if measure is Measure.ENROLLED:
            return there
        return there and not left if measure is Measure.REMAIN else left and self.reason in REASONS[measure]

    @property
    def person(self) -> Participation:
        left = None
        if self.ended is not None:
            left = Exit(day=BEGIN.plus(self.ended).last, reason=self.reason)
        return person(Enrolment(day=BEGIN.plus(self.begun).first, exit=left))


STAYS = [
    *(Stay(begun, None) for begun in BUSY),
    *(Stay(a, b, reason) for a, b in product(BUSY, BUSY) if a <= b for reason in ExitReason),
]
"""Every time in the process that there could be."""
LIVES = st.lists(st.tuples(st.sampled_from(STAYS), st.integers(1, 9)), min_size=1, max_size=12)
FAST = settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])


def shown(lives: list[tuple[Stay, int]]) -> Iterator[tuple[int, Measure, int]]:
    """Every figure of every month's table that is shown."""
    people = [stay.person for stay, number in lives for _ in range(number)]
    for month in range(SHOWN):
        for measure, count in published(people, BEGIN.plus(month)).figures.items():
            if count is not None and measure in ORDER:
                yield month, measure, count


def reduced(rows: list[list[int]], wanted: list[int]) -> list[int]:
    """What is left of a row when all that is a combination of the others is taken away."""
    rows, wanted = [list(row) for row in rows], list(wanted)
    for column in range(len(wanted)):
        at = next((number for number, row in enumerate(rows) if row[column]), None)
        if at is None:
            continue
        pivot = rows.pop(at)
        inverse = pow(pivot[column], -1, PRIME)
        for row in (*rows, wanted):
            if by := row[column] * inverse % PRIME:
                row[:] = [(a - by * b) % PRIME for a, b in zip(row, pivot, strict=True)]
    return wanted


@FAST
@given(LIVES)
def test_no_small_month_can_be_had_from_all_tables(lives: list[tuple[Stay, int]]) -> None:
    """Not even by who knows in which months anything happens, and that where nobody is, there is nobody."""
    told = list(shown(lives))
    none = [(month, measure) for month, measure, count in told if count == 0]
    stays = [each for each in STAYS if not any(each.counts(*one) for one in none)]
    rows = [[int(each.counts(month, measure)) for each in stays] for month, measure, _ in told]
    counts = Counter[Stay]()
    for stay, number in lives:
        counts[stay] += number
    for month in BUSY:
        cells = [[int(each.begun == month) for each in stays]]
        cells += [
            [int(each.ended == month and each.reason in reasons) for each in stays]
            for reasons in REASONS.values()
        ]
        for cell in cells:
            count = sum(counts[each] for each, there in zip(stays, cell, strict=True) if there)
            if 0 < count < SMALLEST:
                assert any(reduced(rows, cell)), (month, count)


@pytest.mark.slow
@FAST
@given(LIVES)
def test_what_is_shown_is_right_and_never_small(lives: list[tuple[Stay, int]]) -> None:
    for month, measure, count in shown(lives):
        assert count == sum(number for stay, number in lives if stay.counts(month, measure))
        assert count == 0 or count >= SMALLEST


def test_a_difference_that_would_tell_is_left_out() -> None:
    """Ten leave for work in the first month and three in the next: the sum of both is not shown beside it."""
    people = [Stay(0, 0).person] * 10 + [Stay(0, None).person] * 20
    later = [*people, *[Stay(0, 1).person] * 3]
    assert published(people, BEGIN.plus(1)).figures[Measure.WORK] == 10
    alone = outcomes(later, BEGIN.plus(-10).first, BEGIN.plus(1).last).figures
    assert alone[Measure.WORK] == 13
    assert published(later, BEGIN).figures[Measure.WORK] == 10
    assert published(later, BEGIN.plus(1)).figures[Measure.WORK] is None
    assert published(later, BEGIN.plus(1)).figures[Measure.SHARE_WORK_OR_STUDIES] is None


def test_the_table_of_the_sources_is_still_shown() -> None:
    """Trelleborg's, beside those of every month before it."""
    first, people = Month(2022, 4), [Stay(0, None)] * 522
    for number in range(12):
        month = first.plus(number).index - BEGIN.index
        people += [Stay(0, month)] * (23 + 3 * (number == 11))
        people += [Stay(0, month, ExitReason.STUDIES)] * (number % 2 * (9 + (number > 4)))
        people += [Stay(0, month, ExitReason.OTHER)] * (14 + 2 * (number == 0))
    found = published([each.person for each in people], Month(2023, 3)).figures
    assert (found[Measure.ENROLLED], found[Measure.ENDED], found[Measure.WORK_OR_STUDIES]) == (1029, 507, 337)
    assert found[Measure.SHARE_WORK_OR_STUDIES] == 33


def test_nobody_is_nobody() -> None:
    assert published([], Month(2026, 1)).figures[Measure.ENROLLED] == 0
    assert published([], Month(2026, 1)).first == date(2025, 2, 1)
