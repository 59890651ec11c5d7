"""Which day it is in Sweden: what days in forms, registers and letters are counted in."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def swedish_day(moment: datetime) -> date:
    """The day in Sweden at a moment that knows its time zone."""
    return moment.astimezone(STOCKHOLM).date()
