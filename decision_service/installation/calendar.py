"""Swedish working days and banking days, the day a person must have answered, and the day money is paid.

Days off are Saturdays, Sundays, the public holidays of lagen (1989:253) om allmänna helgdagar, and
midsummer's eve, Christmas eve and New year's eve, which lagen (1930:173) om beräkning av lagstadgad tid puts
beside them; banks are closed on the same days (the Riksbank's calendar). The library ``holidays`` knows which
days they are. What one municipality keeps beyond that, such as a closed office on a bridging day, is local
practice and comes from its configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

import holidays

from decision_service.reading.swedish_time import STOCKHOLM, swedish_day
from norms.month import Month

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """How a municipality counts days.

    ``closed`` are its own days off beside the Swedish ones. A person's share of a case is to be done
    ``working_days`` working days after it came, at ``answer_by`` on the clock in Sweden. Raises ValueError
    when no whole working day is given.
    """

    closed: frozenset[date] = frozenset()
    working_days: int = 1
    answer_by: time = time(16, 0)

    def __post_init__(self) -> None:
        if self.working_days < 1:
            raise ValueError("working_days: at least one")
        if self.answer_by.tzinfo is not None:
            raise ValueError("answer_by: Swedish time, without a time zone")


SWEDISH = CalendarRules()
"""The Swedish days off and nothing more: the next working day, by four in the afternoon."""


@cache
def _days_off(year: int) -> frozenset[date]:
    """The public holidays and the three eves of a year; Saturdays and Sundays are counted for themselves."""
    return frozenset(
        holidays.country_holidays("SE", years=year, expand=False, categories=("public", "de_facto"))
    )


def is_banking_day(day: date) -> bool:
    """Whether money can be paid on a day."""
    return day.weekday() < _SATURDAY and day not in _days_off(day.year)


def is_working_day(day: date, rules: CalendarRules = SWEDISH) -> bool:
    """Whether the municipality works on a day."""
    return is_banking_day(day) and day not in rules.closed


@lru_cache(maxsize=1024)
def working_days(first: date, last: date, rules: CalendarRules = SWEDISH) -> tuple[date, ...]:
    """The days of a time on which the municipality works, both ends counted."""
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(day for day in every if is_working_day(day, rules))


def next_working_day(day: date, rules: CalendarRules = SWEDISH) -> date:
    """The first working day after a day. Raises ValueError when the configuration leaves none for a year."""
    return working_days_after(day, 1, rules)


def working_days_after(day: date, count: int, rules: CalendarRules = SWEDISH) -> date:
    """The working day that is so many working days after a day; one or more.

    Raises ValueError for a count under one, and when the configuration leaves no working day for a year.
    """
    if count < 1:
        raise ValueError("at least one working day")
    left, latest = count, day
    for following in _days_after(day):
        if is_working_day(following, rules):
            left, latest = left - 1, following
            if left == 0:
                return following
        elif (following - latest).days > 366:
            break
    raise ValueError(f"no working day in the year after {latest}")


def person_deadline(received: datetime, rules: CalendarRules = SWEDISH) -> datetime:
    """When a person must have done their share of a case that came at a moment, in UTC.

    The day it came is the day in Sweden; the clock time is Swedish on the last day, summer time or not.
    Raises ValueError for a moment without an offset.
    """
    if received.tzinfo is None:
        raise ValueError("a moment without a time zone")
    day = working_days_after(swedish_day(received), rules.working_days, rules)
    return datetime.combine(day, rules.answer_by, STOCKHOLM).astimezone(UTC)


def day_of(month: Month, pay_day: int) -> date:
    """The pay day of a month, be it a banking day or not. Raises ValueError for a day outside 1–31."""
    if not 1 <= pay_day <= 31:
        raise ValueError(f"the pay day {pay_day} is no day of a month")
    return month.first + timedelta(days=min(pay_day, month.days) - 1)


def payment_date(month: Month, pay_day: int) -> date:
    """The banking day on or before the pay day of a month. A month without that day has its last day.

    A pay day early in January can so fall in December. Raises ValueError for a day outside 1–31.
    """
    day = day_of(month, pay_day)
    while not is_banking_day(day):
        day -= timedelta(days=1)
    return day


def banking_day_on_or_after(day: date) -> date:
    """The first day, from a day on, on which money can be paid."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the last day of a month that is too short."""
    month = Month.of(day).plus(months)
    return month.first + timedelta(days=min(day.day, month.days) - 1)
