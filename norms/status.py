"""How sure an amount is, and whether a decision may rest on it alone."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How an amount came into a table. The Swedish values are the words the files use."""

    VERIFIED_TWO = "verifierad_två_källor"
    VERIFIED = "verifierad"
    VERIFIED_ONE = "verifierad_en_källa"
    FICTITIOUS = "fiktiv"
    PRACTICE = "praxis"
    SECONDARY = "andrahandskälla"
    DERIVED = "härledd"
    MEMORY = "minne"
    EXAMPLE = "exempel"
    UNKNOWN = "okänd"

    @property
    def confirmed(self) -> bool:
        """Whether an automatic decision may rest on the amount."""
        return self in _CONFIRMED

    @property
    def meaning(self) -> str:
        """What the status says, in Swedish, for a legend."""
        return _MEANINGS[self]


def weakest(*statuses: Status) -> Status:
    """The status of an amount computed from others: that of the least certain of them."""
    return max(statuses, key=_ORDER.index)


_ORDER = tuple(Status)  # from the most to the least certain
_CONFIRMED = frozenset({Status.VERIFIED_TWO, Status.VERIFIED, Status.VERIFIED_ONE, Status.FICTITIOUS})
_MEANINGS = {
    Status.VERIFIED_TWO: "läst i två källor som säger samma sak",
    Status.VERIFIED: "läst i en källa som anger beloppet",
    Status.VERIFIED_ONE: "läst i en enda källa",
    Status.FICTITIOUS: "beslutat av en påhittad kommun, bara för demonstration",
    Status.PRACTICE: "så arbetet brukar gå till, utan bindande källa; avgör bara i en kommun som antagit det",
    Status.SECONDARY: "läst bara i en andrahandskälla, inte i lagtexten; avgör inget på egen hand",
    Status.DERIVED: "uträknat ur andra belopp, inte läst i källan; avgör inget på egen hand",
    Status.MEMORY: "ur minnet, ingen källa hittad; avgör inget på egen hand",
    Status.EXAMPLE: "påhittat där det verkliga beloppet inte är känt; avgör inget på egen hand",
    Status.UNKNOWN: "beloppet är inte känt",
}
