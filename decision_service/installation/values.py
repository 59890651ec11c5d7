"""The values of an installation file as people write them: codes, clock times, days, addresses, files.

A path is relative to the folder that the file lies in: ``validate`` is given the folder as its context.
"""

from __future__ import annotations

import re
from datetime import date, time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, StringConstraints, ValidationInfo


def _tenant(value: str) -> str:
    if len(value) != 4 or not (value.isascii() and value.isdigit()):
        raise ValueError(f"”{value[:20]}” är ingen kommunkod. En kommunkod är fyra siffror inom citattecken")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise ValueError(f"Väntade ett heltal, fann ”{str(value)[:40]}”")


def between(low: int, high: int) -> AfterValidator:
    """A whole number that is no smaller and no larger."""

    def check(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"{value} går inte. Ange {low} till {high}")
        return value

    return AfterValidator(check)


def _clock_time(value: Any) -> time:
    try:
        if isinstance(value, str) and len(value) == 5:
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"”{str(value)[:20]}” är inget klockslag. Skriv det som TT:MM, till exempel 16:00")


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"”{str(value)[:20]}” är inget datum. Skriv det som ÅÅÅÅ-MM-DD")


def safe_address(value: str) -> str:
    """An address over which others cannot listen: https, or http to this very machine."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"”{value[:60]}” är ingen webbadress") from None
    if parts.username is not None or parts.fragment:
        raise ValueError("Adressen får inte innehålla inloggning eller #")
    if parts.scheme == "https" and host:
        return value
    if parts.scheme == "http" and _is_local(host):
        return value
    raise ValueError(f"”{value[:60]}” är ingen adress som börjar med https://")


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _organisation(value: str) -> str:
    if len(value) != 12 or not (value.isascii() and value.isdigit()):
        raise ValueError(
            f"”{value[:20]}” är inget organisationsnummer. Skriv tolv siffror: 16 och de tio utan bindestreck"
        )
    return value


def _iban(value: str) -> str:
    found = value.replace(" ", "")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", found) or _mod_97(found) != 1:
        raise ValueError(f"”{value[:40]}” är inget IBAN. Skriv av det från avtalet med banken")
    return found


def _mod_97(iban: str) -> int:
    """The check of ISO 13616: 1 for a right number."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97


def _in_folder(value: Path, info: ValidationInfo) -> Path:
    return info.context / value if isinstance(info.context, Path) else value


OrganisationNumber = Annotated[str, AfterValidator(_organisation)]
TenantText = Annotated[str, AfterValidator(_tenant)]
Address = Annotated[str, AfterValidator(safe_address)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Day = Annotated[date, BeforeValidator(_day)]
Whole = Annotated[int, BeforeValidator(_whole)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=400)]
BankText = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-zÅÄÖåäöÉéÜü .-]{1,140}$")]
Iban = Annotated[str, AfterValidator(_iban)]
Bic = Annotated[str, StringConstraints(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
File = Annotated[Path, AfterValidator(_in_folder)]
