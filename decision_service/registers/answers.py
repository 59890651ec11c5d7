"""What the agencies answered about one person, in terms the rules can use.

An agency that did not answer, or answered that it could not, is not an agency that answered nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from decision_service.reading.unread import Unread


class Agency(StrEnum):
    """The agencies behind SSBTEK, by their codes. FK also carries Pensionsmyndigheten."""

    AF = "af"
    CSN = "csn"
    FK = "fk"
    SKV = "skv"
    SO = "so"
    TNS = "tns"
    MIV = "miv"


class AgencyAnswer(StrEnum):
    """Whether an agency answered."""

    ANSWERED = "answered"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment to the person. ``net`` is öre: what was paid out, for the unemployment funds after tax.

    ``benefit`` is a key of ``codes.BENEFITS``: the agency and its own code, ``FK:ABB``, ``PM:AP``,
    ``SO:AKASSA``, ``CSN:GRUNDL``, or the agency and the name it gives the benefit. ``source`` is the place
    in the answer, ``name`` what the agency calls it there.
    """

    agency: Agency
    benefit: str
    net: int
    paid: date
    first: date | None
    last: date | None
    source: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class EmploymentDecision:
    """A decision of Arbetsförmedlingen on compensation: its kind, extent in percent, first and last day."""

    kind: str
    extent: int | None
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Employment:
    """What Arbetsförmedlingen says: registered, extent in percent, day of the last activity report.

    ``category`` is its own word for the kind of job seeker, ``report_message`` its own words on reports.
    """

    registered: bool | None
    registered_since: date | None
    deregistered: date | None
    extent: int | None
    last_report: date | None
    category: str = ""
    report_message: str = ""
    unemployment_fund: str = ""
    decisions: tuple[EmploymentDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class Programme:
    """A labour-market programme that Försäkringskassan was told of, with its first and last day."""

    name: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle the person owns."""

    registration: str
    kind: str
    make: str
    year: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Permit:
    """A decision of Migrationsverket. ``kind`` is the sort of permit, ``case`` the sort of case."""

    kind: str
    decision: str
    decided: date | None
    valid: str
    case: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Birth:
    """A child that a register ties to the person, by the day it was born and its place among the children."""

    day: date
    number: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A benefit that was applied for and refused: its key in ``BENEFITS``, and the day the case began."""

    benefit: str
    began: date | None


class StopKind(StrEnum):
    """How a benefit stops: it ends, the person is shut out from it for a time, or it is not paid out."""

    ENDS = "ENDS"
    SHUT_OUT = "SHUT_OUT"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True, slots=True)
class Stop:
    """A benefit that an agency has stopped: its key in ``BENEFITS``, how, and its first and last day."""

    benefit: str
    kind: StopKind
    first: date | None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What the population register says, as Försäkringskassan passes it on.

    ``municipalities`` are four-digit codes, ``children`` days of birth, ``postal_codes`` those of the address
    where the person is registered. The civil status is LEFI's number and
    name for it, "" where there is none. ``related`` are those whom the register ties to the person: a
    personal number, else a day of birth as eight digits, "" where neither is told. ``workplaces`` are the
    employers, or else the workplaces, that Försäkringskassan knows, "" where it tells no name. ``died`` is
    when the person died, as it stands there: a day, a year, or that no day is known; empty for the living.
    """

    municipalities: tuple[str, ...] = ()
    civil_status: str = ""
    civil_status_name: str = ""
    children: tuple[Birth, ...] = ()
    related: tuple[str, ...] = ()
    workplaces: tuple[str, ...] = ()
    postal_codes: tuple[str, ...] = ()
    died: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyAsked:
    """That an agency was asked: its code (``pm`` for Pensionsmyndigheten), whether it answered, and whether
    whoever carries its answer did; most carry their own, of which that says nothing."""

    agency: str
    answer: AgencyAnswer
    through: AgencyAnswer


@dataclass(frozen=True, slots=True)
class RegisterAnswers:
    """All agencies' answers about one person.

    ``capital`` is the surplus of capital income in öre by tax year, ``capital_income`` the income before
    deductions. ``unmapped`` are places that may hold money or a decision and could not be understood.
    ``protected`` is True when any agency marks it. ``planned`` are payments decided and not yet made.
    ``pensions`` says whether Pensionsmyndigheten answered, whose answer comes within that of FK.
    ``refused`` are benefits that the person was refused, ``stopped`` those that have stopped. ``asked`` has
    every agency, Pensionsmyndigheten too.
    ``first_names`` are what agencies call the person.
    ``pending`` are codes of benefits applied for and not decided, or decided with no day for the payment.
    """

    answers: Mapping[Agency, AgencyAnswer]
    payments: tuple[Payment, ...] = ()
    employment: Employment | None = None
    capital: Mapping[int, int] = field(default_factory=dict)
    vehicles: tuple[Vehicle, ...] = ()
    permits: tuple[Permit, ...] = ()
    protected: bool = False
    unmapped: tuple[Unread, ...] = ()
    planned: tuple[Payment, ...] = ()
    capital_income: Mapping[int, int] = field(default_factory=dict)
    pensions: AgencyAnswer = AgencyAnswer.MISSING
    pending: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    stopped: tuple[Stop, ...] = ()
    asked: tuple[AgencyAsked, ...] = ()
    first_names: tuple[str, ...] = ()
    registered: Registered | None = None
    programmes: tuple[Programme, ...] = ()
