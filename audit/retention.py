"""When a case's personal data is to be destroyed. All numbers and exceptions are in ``retention.yaml``."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.entry import EntryKind
from audit.errors import RetentionError
from audit.trail import OpenedEntry

SWEDEN = ZoneInfo("Europe/Stockholm")

_FILE = Path(__file__).with_name("retention.yaml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Deletion(_Strict):
    lagrum: str
    text: str
    years: int = Field(alias="år efter sista anteckningen", ge=0)
    calendar_years: int = Field(alias="klar inom kalenderår därefter", ge=0)
    listed_days: int = Field(alias="dagar i listan", ge=0)
    not_a_note: list[str] = Field(alias="inte anteckning")


class _Preservation(_Strict):
    id: str
    lagrum: str
    text: str
    counties: list[str] = Field(alias="län", default=[])
    municipalities: list[str] = Field(alias="kommuner", default=[])
    birth_days: list[int] = Field(alias="född den", default=[])


class _Document(_Strict):
    version: str
    deletion: _Deletion = Field(alias="gallring")
    preserved: list[_Preservation] = Field(alias="bevaras")


@dataclass(frozen=True)
class RetentionRules:
    """A version of the rules. ``fingerprint``: SHA-256 of the file, in hex."""

    document: _Document
    fingerprint: str

    @property
    def version(self) -> str:
        return self.document.version

    @property
    def announced(self) -> timedelta:
        """So long a case is listed as due before it is deleted without anybody's word."""
        return timedelta(days=self.document.deletion.listed_days)

    def begun_before(self, now: datetime) -> datetime:
        """No case that began at this time or later can be due now; some that began before are not either."""
        today = now.astimezone(SWEDEN)
        years, months = divmod(today.month, 12)
        year = today.year - self.document.deletion.years + years
        return datetime(year, months + 1, 2, tzinfo=SWEDEN)


def load(path: Path = _FILE) -> RetentionRules:
    """Raises RetentionError when the file cannot be read."""
    try:
        content = path.read_bytes()
        document = _Document.model_validate(yaml.safe_load(content))
        for name in document.deletion.not_a_note:
            if name not in set(EntryKind):
                raise ValueError(f"”{name}” under ”inte anteckning” är inget slag av post i loggen.")
    except (OSError, yaml.YAMLError, ValidationError, ValueError) as error:
        raise RetentionError(f"Gallringsreglerna i {path} går inte att läsa: {error}") from error
    return RetentionRules(document, hashlib.sha256(content).hexdigest())


class RetentionVerdict(StrEnum):
    """Only ``due`` and ``overdue`` allow deletion."""

    UNKNOWN = "unknown"
    PRESERVED = "preserved"
    HELD = "held"
    NOT_YET = "not_yet"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class RetentionAssessment:
    """Whether a case is to be deleted. ``earliest`` and ``latest`` are the first and last day to do it on."""

    verdict: RetentionVerdict
    lagrum: str
    text: str
    last_note: datetime
    earliest: date
    latest: date


def assess(
    rules: RetentionRules,
    tenant: str,
    entries: Sequence[OpenedEntry],
    birth_days: Collection[int] | None,
    today: date,
) -> RetentionAssessment:
    """Judge one case from its entries.

    ``birth_days``: days of the month on which the people in the case were born; None when the caller does not
    know, and then nothing is deleted wherever it matters. ``today``: Swedish date. Raises RetentionError when
    the case has no entries that count.
    """
    deletion = rules.document.deletion
    notes = [one.entry["time"] for one in entries if one.entry["type"] not in deletion.not_a_note]
    if not notes:
        raise RetentionError("Ärendet har ingen anteckning i loggen att räkna tiden från.")
    last_note = datetime.fromisoformat(max(notes))
    earliest = _years_later(last_note.astimezone(SWEDEN).date(), deletion.years)
    latest = date(earliest.year + deletion.calendar_years, 12, 31)

    def say(verdict: RetentionVerdict, lagrum: str, text: str) -> RetentionAssessment:
        return RetentionAssessment(verdict, lagrum, text, last_note, earliest, latest)

    holds = [one for one in entries if one.entry["type"] in (EntryKind.HOLD_PLACED, EntryKind.HOLD_LIFTED)]
    if holds and holds[-1].entry["type"] == EntryKind.HOLD_PLACED:
        hold = holds[-1]
        return say(
            RetentionVerdict.HELD, "", f"Gallringen är stoppad i post {hold.seq}: {hold.entry['purpose']}."
        )
    unknown = None
    for rule in rules.document.preserved:
        by_place = tenant[:2] in rule.counties or tenant in rule.municipalities
        if by_place or (birth_days is not None and set(birth_days) & set(rule.birth_days)):
            return say(RetentionVerdict.PRESERVED, rule.lagrum, rule.text)
        if rule.birth_days and birth_days is None:
            unknown = say(RetentionVerdict.UNKNOWN, rule.lagrum, f"Födelsedagarna är inte kända. {rule.text}")
    if today < earliest:
        return say(RetentionVerdict.NOT_YET, deletion.lagrum, f"Ärendet får gallras tidigast {earliest}.")
    if unknown is not None:
        return unknown
    if today > latest:
        return say(RetentionVerdict.OVERDUE, deletion.lagrum, f"Ärendet skulle ha gallrats senast {latest}.")
    return say(RetentionVerdict.DUE, deletion.lagrum, f"Ärendet ska gallras senast {latest}.")


def _years_later(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 1 March, so that the term is never cut short."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
