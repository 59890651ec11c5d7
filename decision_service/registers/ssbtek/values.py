"""How the agencies write days, months, weeks, yes and no, and personal numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeAlias

from decision_service.reading.swedish_time import swedish_day
from norms.month import Month

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_TRUE, _FALSE = ("true", "1"), ("false", "0")


def day(text: str) -> date | None:
    """A day: ``2026-11-20``, ``20261120``, with an offset, or a moment with or without one. None for
    anything else, such as 2026-02-30 or a day in a year that no month has: 1 and 9999 are often written
    where the day is not known.

    A day with an offset is the day it says. A moment with an offset is the day in Sweden.
    """
    try:
        found = _written_day(text)
        if found is not None:
            Month.of(found)
        return found
    except (ValueError, OverflowError):
        return None


def _written_day(text: str) -> date | None:
    if match := _DAY.fullmatch(text):
        return date.fromisoformat(match[1])
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return swedish_day(moment) if moment.tzinfo else moment.date()
    if re.fullmatch(r"[0-9]{8}", text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return None


def first_day(text: str) -> date | None:
    """A day, or the first day of a month or of an ISO week (``202635``)."""
    if (week := _week(text)) is not None:
        return week
    return month.first if (month := _month(text)) else day(text)


def last_day(text: str) -> date | None:
    """A day, or the last day of a month or of an ISO week (``202635``)."""
    if (week := _week(text)) is not None:
        return week + timedelta(days=6)
    return month.last if (month := _month(text)) else day(text)


Read: TypeAlias = Callable[[str], date | None]
"""How a day is read that an agency has written."""

DAYS: tuple[Read, Read] = (day, day)
"""How the first and the last day of a period are read."""

WHOLE: tuple[Read, Read] = (first_day, last_day)
"""The same of one that may be of whole months or weeks."""


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text) if _MONTH.fullmatch(text) else None
    except ValueError:
        return None


def _week(text: str) -> date | None:
    """The Monday of a week written as year and number of the week."""
    if not re.fullmatch(r"(19|20)[0-9]{4}", text):
        return None
    try:
        return date.fromisocalendar(int(text[:4]), int(text[4:]), 1)
    except ValueError:
        return None


def yes_or_no(text: str) -> bool | None:
    """xs:boolean. None for anything else."""
    if text.lower() in _TRUE:
        return True
    return False if text.lower() in _FALSE else None


def personal_number(text: str, century: str = "") -> str | None:
    """Twelve digits, ten with the century beside them, or ten. The check digit is not held against an
    agency: the number says whom the answer is about."""
    digits = century + text if re.fullmatch(r"[0-9]{10}", text) else text
    return digits if re.fullmatch(r"[0-9]{10}([0-9]{2})?", digits) else None
