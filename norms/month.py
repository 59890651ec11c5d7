"""A calendar month: what decides which law and which amounts apply."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

OPEN_END = "tills vidare"
"""Instead of the last month: no end is known."""

_NAMES = (
    "januari februari mars april maj juni juli augusti september oktober november december".split()  # noqa: SIM905
)
_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, ordered by time. ``Month(2026, 11)`` is written ``2026-11``."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12 or not 1900 <= self.year <= 2999:
            raise ValueError(f"Det finns ingen månad {self.year:04d}-{self.number:02d}.")

    @classmethod
    @lru_cache(2_000)
    def parse(cls, text: str) -> Month:
        """Read ``ÅÅÅÅ-MM``. Raises ValueError with a Swedish message."""
        match = _TEXT.fullmatch(text)
        if not match:
            raise ValueError(f"”{text}” är ingen månad. Skriv den som ÅÅÅÅ-MM, till exempel 2026-11.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    @lru_cache(2_000)
    def of(cls, day: date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The last day of the month."""
        return date(self.year, self.number, self.days)

    @property
    def in_words(self) -> str:
        """``november 2026``."""
        return f"{_NAMES[self.number - 1]} {self.year}"

    @property
    def days(self) -> int:
        """The number of days in the month."""
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def index(self) -> int:
        """Months since the year 0; the difference of two indices is a number of months."""
        return self.year * 12 + self.number - 1

    def plus(self, months: int) -> Month:
        """The month so many months later, or earlier when negative."""
        year, zero_based = divmod(self.index + months, 12)
        return Month(year, zero_based + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def day_of(text: str) -> date:
    """The day that is written ``ÅÅÅÅ-MM-DD``: no week and no other ISO date is one. Raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"”{text}” är inget datum. Skriv det som ÅÅÅÅ-MM-DD.")
    return date.fromisoformat(text)


def day_in_words(day: date) -> str:
    """A day as people write it: ``25 oktober 2026``."""
    return f"{day.day} {Month.of(day).in_words}"
