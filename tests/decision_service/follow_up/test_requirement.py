"""The quarter's counts on the activity requirement: each hour once, and nobody told of."""

from __future__ import annotations

from datetime import date

from decision_service.follow_up.definitions import Measure
from decision_service.follow_up.requirement import quarter, quarter_of
from decision_service.installation.calendar import SWEDISH
from decision_service.planning.attendance import Marking
from norms.month import Month
from tests.decision_service.planning.test_facts import AT_WORK, attendance
from tests.decision_service.planning.test_steps import NO
from tests.world.planning import GROUP, PLACEMENT, PLAN, participant

LATER = date(2027, 1, 15)
FIRST = Month(2026, 10)


def test_the_hours_of_a_quarter() -> None:
    """October 2026 has 4 Mondays and 4 Wednesdays of 3 hours and 14 days of placement of 6; November and
    December bring more, without their holidays: 8 and 9 of the group, 12 and 10 of the placement."""
    marks = {
        (date(2026, 10, 5), "grupp"): Marking.PRESENT,
        (date(2026, 10, 6), "praktik"): Marking.ELSEWHERE,
        (date(2026, 10, 7), "grupp"): Marking.CLOSED,
        (date(2026, 10, 9), "eget"): Marking.PRESENT,
        (date(2026, 10, 9), "praktik"): Marking.ABSENT,
    }
    people = [(participant(*AT_WORK), attendance(marks))] * 5
    found = quarter(people, FIRST, LATER, SWEDISH).figures
    assert found[Measure.ASSIGNED] == 5
    assert found[Measure.HOURS_ATTENDED] == 5 * (3 + 6)
    assert found[Measure.HOURS_ASSIGNED] == 5 * _hours(LATER)
    assert found[Measure.HOURS_UNMARKED] == 5 * (_hours(LATER) - 3 - 6 - 6)


def _hours(today: date) -> int:
    """Counted off the calendar by hand: days of the quarter that are none of its red days and eves."""
    off = {(12, 24), (12, 25), (12, 26), (12, 31)}
    hours = 0
    for month, length in ((10, 31), (11, 30), (12, 31)):
        for number in range(1, length + 1):
            day = date(2026, month, number)
            if day <= today and (month, number) not in off:
                hours += {1: 3, 3: 3, 2: 6, 4: 6, 5: 6}.get(day.isoweekday(), 0)
    return hours - 3  # the closed Wednesday


def test_who_declined_is_counted_once_and_one_that_never_began_is_not_assigned() -> None:
    no = participant(PLAN, GROUP | {"first": "2026-10-12"}, NO, PLACEMENT, NO | {"activity": "praktik"})
    found = quarter([(no, {})] * 6, FIRST, LATER, SWEDISH).figures
    assert (found[Measure.DECLINED], found[Measure.ASSIGNED]) == (6, 6)
    never = participant(PLAN, GROUP | {"first": "2026-10-12"}, NO)
    assert quarter([(never, {})] * 6, FIRST, LATER, SWEDISH).figures[Measure.ASSIGNED] == 0


def test_few_are_not_told_of_nor_their_hours() -> None:
    found = quarter([(participant(*AT_WORK), {})] * 4, FIRST, LATER, SWEDISH).figures
    assert found[Measure.ASSIGNED] is None
    assert found[Measure.HOURS_ASSIGNED] is None
    assert quarter([], FIRST, LATER, SWEDISH).figures[Measure.ASSIGNED] == 0


def test_a_quarter_begins_in_its_first_month() -> None:
    found = [str(quarter_of(date(2026, month, 15))) for month in (1, 3, 4, 9, 10, 12)]
    assert found == ["2026-01", "2026-01", "2026-04", "2026-07", "2026-10", "2026-10"]
