"""Working days, banking days, deadlines and payment days, over all of 2022–2030."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.installation.calendar import (
    STOCKHOLM,
    SWEDISH,
    CalendarRules,
    banking_day_on_or_after,
    is_banking_day,
    is_working_day,
    next_working_day,
    payment_date,
    person_deadline,
    working_days_after,
)
from norms.month import Month

FIRST, LAST = date(2022, 1, 1), date(2030, 12, 31)
DAYS = st.dates(FIRST, LAST)
MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
MONTHS = st.builds(Month, st.integers(2022, 2030), st.integers(1, 12))

# Written by hand: the days off of 2026 that are not a Saturday or a Sunday.
OFF_2026 = {
    date(2026, 1, 1),
    date(2026, 1, 6),
    date(2026, 4, 3),
    date(2026, 4, 6),
    date(2026, 5, 1),
    date(2026, 5, 14),
    date(2026, 6, 19),
    date(2026, 12, 24),
    date(2026, 12, 25),
    date(2026, 12, 31),
}


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian rule, apart from the library."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


def days_off(year: int) -> set[date]:
    """The law's days off, written out apart from the library."""
    sunday = easter(year)
    fixed = {(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)}
    midsummer = next(d for d in (date(year, 6, n) for n in range(19, 26)) if d.weekday() == 4)
    return {date(year, *each) for each in fixed} | {
        midsummer,
        sunday - timedelta(days=2),
        sunday + timedelta(days=1),
        sunday + timedelta(days=39),
    }


def test_every_day_of_2022_to_2030_agrees_with_the_laws_own_rule() -> None:
    day = FIRST
    while day <= LAST:
        assert is_banking_day(day) == (day.weekday() < 5 and day not in days_off(day.year)), day
        day += timedelta(days=1)


def test_the_days_off_of_2026_are_those_written_by_hand() -> None:
    days = (date(2026, 1, 1) + timedelta(days=each) for each in range(365))
    assert {day for day in days if day.weekday() < 5 and not is_banking_day(day)} == OFF_2026


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 4, 2), date(2026, 4, 7)),
        (date(2026, 6, 18), date(2026, 6, 22)),
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2026, 12, 30), date(2027, 1, 4)),
    ],
)
def test_the_next_working_day_over_weekends_and_holidays(day: date, following: date) -> None:
    assert next_working_day(day) == following


@given(DAYS, st.integers(1, 30))
def test_between_a_day_and_its_working_day_lie_exactly_that_many(day: date, count: int) -> None:
    found = working_days_after(day, count)
    passed = [day + timedelta(days=each) for each in range(1, (found - day).days + 1)]
    assert sum(is_working_day(each) for each in passed) == count
    assert is_working_day(found)


@given(DAYS)
def test_a_day_the_municipality_keeps_closed_is_no_working_day_but_banks_are_open(day: date) -> None:
    closed = next_working_day(day)
    rules = CalendarRules(closed=frozenset({closed}))
    assert next_working_day(day, rules) == next_working_day(closed)
    assert is_banking_day(closed)


def test_a_calendar_without_working_days_says_so_instead_of_running_forever() -> None:
    closed = frozenset(FIRST + timedelta(days=each) for each in range(800))
    with pytest.raises(ValueError, match="no working day in the year after 2022-01-01"):
        next_working_day(FIRST, CalendarRules(closed=closed))


@pytest.mark.parametrize(
    ("received", "deadline"),
    [
        # Friday morning; Monday at four in winter time is three in UTC.
        ("2026-11-20T08:12:00Z", "2026-11-23T15:00:00Z"),
        # Half past eleven in the evening UTC is the next day in Sweden.
        ("2026-11-22T23:30:00Z", "2026-11-24T15:00:00Z"),
        # Over the change to summer time (29 March) and to winter time (25 October).
        ("2026-03-27T10:00:00Z", "2026-03-30T14:00:00Z"),
        ("2026-10-23T10:00:00Z", "2026-10-26T15:00:00Z"),
        # Over Christmas.
        ("2026-12-23T10:00:00Z", "2026-12-28T15:00:00Z"),
    ],
)
def test_a_persons_deadline_is_the_next_working_day_on_the_swedish_clock(
    received: str, deadline: str
) -> None:
    assert person_deadline(datetime.fromisoformat(received)) == datetime.fromisoformat(deadline)


@given(MOMENTS, st.integers(1, 5), st.times())
def test_a_persons_deadline_is_later_on_a_working_day_at_the_configured_time(
    received: datetime, days: int, at: time
) -> None:
    rules = CalendarRules(working_days=days, answer_by=at)
    local = person_deadline(received, rules).astimezone(STOCKHOLM)
    assert local.time() == at
    assert is_working_day(local.date())
    assert local.date() == working_days_after(received.astimezone(STOCKHOLM).date(), days)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        person_deadline(datetime(2026, 11, 20, 8, 12))


@given(MONTHS, st.integers(1, 31))
def test_a_payment_is_on_the_last_banking_day_up_to_the_pay_day(month: Month, pay_day: int) -> None:
    found = payment_date(month, pay_day)
    wanted = month.first + timedelta(days=min(pay_day, month.days) - 1)
    assert is_banking_day(found)
    assert found <= wanted
    between = [found + timedelta(days=each) for each in range(1, (wanted - found).days + 1)]
    assert not any(is_banking_day(day) for day in between)


@pytest.mark.parametrize(
    ("month", "pay_day", "paid"),
    [
        (Month(2026, 12), 27, date(2026, 12, 23)),
        (Month(2027, 1), 1, date(2026, 12, 30)),
        (Month(2026, 2), 31, date(2026, 2, 27)),
        (Month(2026, 6), 20, date(2026, 6, 18)),
    ],
)
def test_payment_days_at_holidays(month: Month, pay_day: int, paid: date) -> None:
    assert payment_date(month, pay_day) == paid


@given(DAYS)
def test_the_banking_day_from_a_day_on_is_the_first_one(day: date) -> None:
    found = banking_day_on_or_after(day)
    assert is_banking_day(found)
    assert not any(is_banking_day(day + timedelta(days=each)) for each in range((found - day).days))


@pytest.mark.parametrize("pay_day", [0, 32, -1])
def test_a_pay_day_outside_the_month_is_refused(pay_day: int) -> None:
    with pytest.raises(ValueError, match="is no day of a month"):
        payment_date(Month(2026, 11), pay_day)


def test_wrong_calendar_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        CalendarRules(working_days=0)
    with pytest.raises(ValueError, match="without a time zone"):
        CalendarRules(answer_by=time(16, tzinfo=UTC))
    with pytest.raises(ValueError, match="at least one"):
        working_days_after(FIRST, 0, SWEDISH)
