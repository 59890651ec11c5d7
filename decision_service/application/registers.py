"""What the agencies answered about one person, in terms the rules can use.

An agency that did not answer, or answered that it could not, is not an agency that answered nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Agency(StrEnum):
    """The agencies behind SSBTEK, by their codes. FK also carries Pensionsmyndigheten."""

    AF = "af"
    CSN = "csn"
    FK = "fk"
    SKV = "skv"
    SO = "so"
    TNS = "tns"
    MIV = "miv"


class Answer(StrEnum):
    """Whether an agency answered."""

    ANSWERED = "answered"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment to the person. ``net`` is öre after tax and deductions.

    ``benefit`` is the agency's own code with the agency it comes from: ``FK:ABB``, ``PM:AP``, ``SO:AKASSA``,
    ``CSN:STUDIEMEDEL_LAN``. ``source`` is the place in the answer.
    """

    agency: Agency
    benefit: str
    net: int
    paid: date
    first: date | None
    last: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Employment:
    """What Arbetsförmedlingen says: registered, extent in percent, day of the last activity report."""

    registered: bool | None
    registered_since: date | None
    deregistered: date | None
    extent: int | None
    last_report: date | None
    programmes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle the person owns."""

    registration: str
    kind: str
    make: str
    year: str


@dataclass(frozen=True, slots=True)
class Permit:
    """A decision of Migrationsverket."""

    kind: str
    decision: str
    decided: date | None
    valid: str


@dataclass(frozen=True, slots=True)
class RegisterAnswers:
    """All agencies' answers about one person.

    ``capital`` is the surplus of capital income in öre by tax year. ``unmapped`` are places that may hold
    money or a decision and could not be understood. ``protected`` is True when any agency marks it.
    """

    answers: Mapping[Agency, Answer]
    payments: tuple[Payment, ...] = ()
    employment: Employment | None = None
    capital: Mapping[int, int] = field(default_factory=dict)
    vehicles: tuple[Vehicle, ...] = ()
    permits: tuple[Permit, ...] = ()
    protected: bool = False
    unmapped: tuple[str, ...] = ()


NOT_ASKED = RegisterAnswers(dict.fromkeys(Agency, Answer.MISSING))
