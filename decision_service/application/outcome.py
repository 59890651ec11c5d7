"""What becomes of an application, and what follows from it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Outcome(StrEnum):
    """What the rules, or whoever decides, came to."""

    GRANTED = "BIFALL"
    GRANTED_IN_PART = "DELAVSLAG"
    REFUSED = "AVSLAG"
    DISMISSED = "AVVISNING"
    COMPLETION = "KOMPLETTERING"
    HANDLAGGARE = "HANDLAGGARE"
    WAITING = "VÄNTAR"
    COMMUNICATION = "KOMMUNICERING"

    @property
    def decides(self) -> bool:
        """Whether it is a decision, and not a question to somebody, nor to be looked at again."""
        return self.pays or self.refuses

    @property
    def pays(self) -> bool:
        """Whether something is granted."""
        return self in (Outcome.GRANTED, Outcome.GRANTED_IN_PART)

    @property
    def refuses(self) -> bool:
        """Whether nothing is granted."""
        return self in (Outcome.REFUSED, Outcome.DISMISSED)


Decided = Literal[Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED, Outcome.DISMISSED]
"""The outcomes that are decisions, as the type of a field."""


def decided(outcome: str) -> Decided:
    """An outcome that is a decision. Raises ValueError for what is none."""
    match Outcome(outcome):
        case (Outcome.GRANTED | Outcome.GRANTED_IN_PART | Outcome.REFUSED | Outcome.DISMISSED) as found:
            return found
        case other:
            raise ValueError(f"{other} is no decision")
