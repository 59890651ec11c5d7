"""Which day it is in Sweden: what days in forms, registers and letters are counted in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def swedish_day(moment: datetime) -> date:
    """The day in Sweden at a moment that knows its time zone."""
    return moment.astimezone(STOCKHOLM).date()


def begin_of(day: date) -> datetime:
    """The moment when a day begins in Sweden, in UTC."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)
