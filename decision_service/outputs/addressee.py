"""Who a letter or a payment is for.

Where anybody of the case is protected, no address is told: such a letter goes by the Tax Agency's forwarding,
and whoever sends it must know that.
"""

from __future__ import annotations

from dataclasses import dataclass

from decision_service.outputs.payload import AddresseeJson
from decision_service.reading.said import said_in

_say = said_in(__file__)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person of a case. ``person`` is the id there, ``address`` the lines of one, empty where none is known
    or may be told; ``digital_mailbox``: whether letters reach the person in one, None where nobody knows.
    Who is ``dead`` is asked nothing: what goes out is for the estate, on paper."""

    person: str
    name: str
    personal_number: str | None = None
    address: tuple[str, ...] = ()
    digital_mailbox: bool | None = None
    protected: bool = False
    dead: bool = False

    def as_json(self) -> AddresseeJson:
        """The addressee for whoever sends."""
        return {
            "person": self.person,
            "name": self.name,
            "personal_number": self.personal_number,
            "address": list(self.address),
            "digital_mailbox": self.digital_mailbox,
            "protected": self.protected,
        }

    @classmethod
    def of_json(cls, found: AddresseeJson) -> Addressee:
        """The addressee that ``as_json`` wrote."""
        return cls(
            found["person"],
            found["name"],
            found["personal_number"],
            tuple(found["address"]),
            found["digital_mailbox"],
            found["protected"],
        )

    @property
    def is_nobody(self) -> bool:
        """Whether the letter would say nothing of who it is for."""
        return not self.name and self.personal_number is None

    @property
    def window(self) -> tuple[str, ...]:
        """The lines that may be seen through the envelope."""
        return (*((self.name,) if self.name else ()), *self.address)

    @property
    def numbered(self) -> str:
        """The line with the personal number, which no envelope may show; empty where none is known. Who has
        no name either is told by the id that the form gave."""
        number = self.personal_number
        if self.is_nobody:
            return _say("id_in_application", id=self.person)
        return _say("with_number", nummer=f"{number[:8]}-{number[8:]}") if number else ""

    @property
    def head(self) -> tuple[str, ...]:
        """The lines at the top of a letter."""
        return (*self.window, *((self.numbered,) if self.numbered else ()))
