"""What is gathered while an agency's answer is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from decision_service.reading.kronor import to_ore
from decision_service.reading.place import Place
from decision_service.reading.said import said_in
from decision_service.reading.sentences import reason
from decision_service.reading.unread import Unread, unread
from decision_service.registers.answers import (
    AgencyAnswer,
    Employment,
    Payment,
    Permit,
    Programme,
    Refusal,
    Registered,
    Stop,
    Vehicle,
)
from decision_service.registers.ssbtek.values import DAYS, Read, day, personal_number, yes_or_no

_say = said_in(__file__)

NO_AMOUNT = _say("no_amount")
"""What stands where an amount would, of money whose amount nobody can read."""


@dataclass
class AgencyFindings:
    """The findings in one agency's answer. ``numbers`` are the personal numbers it says it is about,
    ``protected`` whether it marks anyone's identity as protected."""

    answer: AgencyAnswer = AgencyAnswer.ANSWERED
    payments: list[Payment] = field(default_factory=list)
    planned: list[Payment] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    stopped: list[Stop] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    permits: list[Permit] = field(default_factory=list)
    programmes: list[Programme] = field(default_factory=list)
    capital: dict[int, int] = field(default_factory=dict)
    capital_income: dict[int, int] = field(default_factory=dict)
    employment: Employment | None = None
    registered: Registered | None = None
    pensions: AgencyAnswer = AgencyAnswer.MISSING
    unmapped: list[Unread] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    first_names: list[str] = field(default_factory=list)
    protected: bool = False

    def tell(self, place: Place, kind: str, /, *written: Any, **values: object) -> None:
        """Tell of something at a place that could not be understood or that a person must see. ``written`` is
        all that was written of the matter, and ``values`` are what its sentence names."""
        self.unmapped.append(unread(place.where, kind, *written, **values))

    def failed(self, place: Place, kind: str, /, *written: Any, **values: object) -> None:
        """The agency answered that it could not answer, or in a way that cannot be read as an answer."""
        self.answer = AgencyAnswer.FAILED
        self.tell(place, kind, *written, **values)

    def ore(self, place: Place, *of: Place | str) -> int | None:
        """The amount at a place in öre. What cannot be read exactly is told, ``of`` what it is an amount:
        that of another payment is another, also where the same is written. Nothing there is None."""
        if not place.given:
            return None
        try:
            return to_ore(place.take())
        except ValueError as error:
            self.tell(place, "amount", place, *of, why=reason(error).rstrip("."))
            return None

    def day(self, place: Place, *of: Place | str, read: Read = day) -> date | None:
        """The day at a place. What is no day is told, ``of`` what it is a day; nothing there is None."""
        text = place.text()
        found = read(text) if text else None
        if text and found is None:
            self.tell(place, "no_day", place, *of, value=text)
        return found

    def period(
        self, first: Place, last: Place, row: Place, *of: Place | str, read: tuple[Read, Read] = DAYS
    ) -> tuple[date | None, date | None]:
        """The first and the last day of what a row is about. A period that ends before it begins is told."""
        begins, ends = (
            self.day(end, row, *of, read=how) for end, how in zip((first, last), read, strict=True)
        )
        if begins is not None and ends is not None and ends < begins:
            self.tell(row, "backwards", row, *of, first=begins, last=ends)
        return begins, ends

    def yes_or_no(self, place: Place, *of: Place | str) -> bool | None:
        """Yes or no at a place. What is neither is told, ``of`` what it is said; nothing there is None."""
        text = place.text()
        answer = yes_or_no(text)
        if text and answer is None:
            self.tell(place, "neither_yes_nor_no", place, *of)
        return answer

    def first_name(self, place: Place) -> None:
        """Note what the person is called, where the answer says it."""
        if name := place.text():
            self.first_names.append(name)

    def number(self, place: Place, century: str = "") -> None:
        """Note whom the answer is about."""
        text = place.text()
        if not text:
            return
        found = personal_number(text, century)
        if found is None:
            self.tell(place, "number_of_a_person")
        else:
            self.numbers.append(found)
