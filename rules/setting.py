"""A municipality's own choices where the law leaves one: values of terms whose source is a setting."""

from __future__ import annotations

from dataclasses import dataclass

from norms.status import Status
from rules.facts import Known
from rules.laws import Span


@dataclass(frozen=True, slots=True)
class BoardDecision:
    """A decision of a municipality's board that delegates decisions to the machine: ``day`` is YYYY-MM-DD,
    ``covers`` which decisions, in the words of the files."""

    board: str
    day: str
    number: str
    covers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.board} {self.day} {self.number}: {', '.join(self.covers)}"


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a setting in a municipality for a span of months. ``decision``: the board's, where the
    setting lets the machine decide."""

    municipality: str
    path: str
    value: Known
    span: Span
    source: str
    status: Status
    decision: BoardDecision | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A municipality stands for a rule that the national file has not verified."""

    municipality: str
    rule: str
    span: Span
    source: str
