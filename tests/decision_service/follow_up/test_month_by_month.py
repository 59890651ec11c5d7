"""Whoever has every report that was shown cannot tell what a few did in a month, nor how long it took."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from decision_service.follow_up.first_meeting import days_to_meeting
from decision_service.follow_up.month_by_month import CountedMonth, Passed, TwelveMonths, shown_until
from decision_service.follow_up.process import ProcessStep, process
from decision_service.follow_up.small_cells import SMALLEST
from decision_service.installation.calendar import SWEDISH
from norms.month import Month
from tests.decision_service.follow_up.test_first_meeting import met
from tests.decision_service.follow_up.test_published import FAST, reduced
from tests.world.planning import WAYS

BEGIN = Month(2021, 12)
SHOWN = 28
CELLS = st.builds(
    lambda counted, later, late: CountedMonth(BEGIN.plus(counted), BEGIN.plus(counted + later), late),
    st.sampled_from((0, 1, 2, 11, 12, 13, 14)),
    st.sampled_from((0, 0, 1)),
    st.booleans(),
)
LIVES = st.dictionaries(CELLS, st.integers(1, 12), min_size=1, max_size=9)
Lives = dict[CountedMonth, int]
ONE_MORE: Lives = {CountedMonth(BEGIN, BEGIN, False): 6, CountedMonth(BEGIN.plus(1), BEGIN.plus(1), False): 1}


def reports(lives: Lives) -> list[tuple[set[CountedMonth], TwelveMonths]]:
    """What every month's report is of, and what it shows."""
    passed = [Passed(cell, 3) for cell, count in lives.items() for _ in range(count)]
    months = [BEGIN.plus(number) for number in range(SHOWN)]
    return [
        ({each for each in lives if each.counted >= month.plus(-11) and each.known <= month}, one)
        for month in months
        for one in [shown_until(passed, month)]
    ]


@FAST
@given(LIVES)
@example(ONE_MORE)
def test_no_few_can_be_had_from_all_reports(lives: Lives) -> None:
    """Not even by who knows in which months anything happens: no month, nor months on end, of all, of those
    who were late and of those who were not."""
    cells, rows = list(lives), []
    for inside, one in reports(lives):
        rows += [[int(each in inside) for each in cells]] if one.taken is not None else []
        rows += [[int(each in inside and bool(each.late)) for each in cells]] if one.late is not None else []
    months = sorted({month for each in cells for month in (each.counted, each.known)})
    for kind in ({True}, {False}, {True, False}):
        for axis in (0, 1):
            for first in months:
                for last in months:
                    few = [int(each.late in kind and first <= each[axis] <= last) for each in cells]
                    count = sum(number for number, there in zip(lives.values(), few, strict=True) if there)
                    if 0 < count < SMALLEST:
                        assert any(reduced(rows, few)), (first, last, count)


@FAST
@given(LIVES)
@example(ONE_MORE)
def test_what_is_shown_is_right_and_of_many(lives: Lives) -> None:
    """The days, too: between two reports that show them none or many have come, and none or many gone."""
    before: list[set[CountedMonth]] = []
    for inside, one in reports(lives):
        whole = sum(lives[each] for each in inside)
        late = sum(lives[each] for each in inside if each.late)
        assert one.taken in (None, whole)
        assert one.late in (None, late)
        counts = [] if one.taken is None else [whole]
        counts += [] if one.late is None else [late, whole - late]
        if one.days.median is not None:
            assert one.taken
            for other in before:
                counts += [
                    sum(lives[each] for each in inside - other),
                    sum(lives[each] for each in other - inside),
                ]
            before.append(inside)
        assert all(count == 0 or count >= SMALLEST for count in counts)


def test_what_is_shown_of_a_month_stays_what_it_was() -> None:
    """Whatever came to pass after it."""
    early = [Passed(CountedMonth(BEGIN, BEGIN, False), 3)] * 6
    for count in range(1, 12):
        later = [Passed(CountedMonth(BEGIN.plus(1), BEGIN.plus(1), True), 40)] * count
        assert shown_until([*early, *later], BEGIN) == shown_until(early, BEGIN)


def test_many_in_every_month_are_all_shown() -> None:
    passed = [
        Passed(CountedMonth(BEGIN.plus(number), BEGIN.plus(number), late), 3 + late)
        for number in range(20)
        for late in (True, False)
        for _ in range(6)
    ]
    for number in range(20):
        found = shown_until(passed, BEGIN.plus(number))
        months = min(number + 1, 12)
        assert (found.taken, found.late, found.days.median) == (12 * months, 6 * months, 3.5)


def test_one_more_is_not_told_of_by_any_row() -> None:
    """Six meet in September, and one in October after a long time: October shows neither count nor days."""
    september, october = Month(2026, 9), Month(2026, 10)
    people = [met(date(2026, 9, 1), 3) for _ in range(6)] + [met(date(2026, 9, 1), 45)]
    by_month = [
        {each.step: each for each in process(people, month, WAYS, SWEDISH)}[ProcessStep.MEETING]
        for month in (september, october)
    ]
    assert [(each.taken, each.days.median) for each in by_month] == [(6, 3), (None, None)]
    assert [days_to_meeting(people, month).median for month in (september, october)] == [3, None]
