"""A band of keys: the ages 7–10, four persons, five or more."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TEXT = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3})|(\+))?")


@dataclass(frozen=True, slots=True)
class Band:
    """Whole numbers from ``low`` to and including ``high``; no upper end when ``high`` is None."""

    low: int
    high: int | None

    @classmethod
    def parse(cls, text: str) -> Band:
        """Read ``7``, ``7-10`` or ``5+``. Raises ValueError with a Swedish message."""
        match = _TEXT.fullmatch(text)
        if not match:
            raise ValueError(f"”{text}” är ingen nyckel. Skriv ett tal (7), ett intervall (7-10) eller 5+.")
        low = int(match[1])
        if match[3]:
            return cls(low, None)
        high = int(match[2]) if match[2] else low
        if high < low:
            raise ValueError(f"”{text}” går baklänges. Skriv {high}-{low}.")
        return cls(low, high)

    def holds(self, key: int) -> bool:
        """Whether the key lies in the band."""
        return self.low <= key and (self.high is None or key <= self.high)

    def meets(self, other: Band) -> bool:
        """Whether the two bands share a key."""
        return (other.high is None or self.low <= other.high) and (
            self.high is None or other.low <= self.high
        )

    def keys(self, limit: int) -> range:
        """Every key of the band; an open band ends at ``limit``, or at its first key if that is higher."""
        return range(self.low, (max(self.low, limit) if self.high is None else self.high) + 1)

    @property
    def plain(self) -> str:
        """The band the way a file writes it: ``7-10``."""
        return self._text("-")

    def __str__(self) -> str:
        return self._text("–")

    def _text(self, dash: str) -> str:
        if self.high is None:
            return f"{self.low}+"
        return str(self.low) if self.high == self.low else f"{self.low}{dash}{self.high}"


def split_key(key: str) -> list[str]:
    """The parts of a key: ``1-2, 0`` is two."""
    return [part.strip() for part in key.split(",")] if key else []
