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

from audit.cosignature import witness_key
from audit.verify import read_key
from norms.fault import MisfitError, fault, shown_in_yaml
from norms.month import day_of


def _tenant(value: str) -> str:
    if len(value) != 4 or not (value.isascii() and value.isdigit()):
        raise MisfitError(fault("not_municipality_code", found=shown_in_yaml(value)))
    return value


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise MisfitError(fault("not_whole_number", found=shown_in_yaml(value)))


def between(low: int, high: int) -> AfterValidator:
    """A whole number that is no smaller and no larger."""

    def check(value: int) -> int:
        if not low <= value <= high:
            raise MisfitError(fault("not_between", found=value, low=low, high=high))
        return value

    return AfterValidator(check)


def _clock_time(value: Any) -> time:
    try:
        if isinstance(value, str) and len(value) == 5:
            return time.fromisoformat(value)
    except ValueError:
        pass
    raise MisfitError(fault("not_clock_time", found=shown_in_yaml(value)))


def _day(value: Any) -> date:
    try:
        if isinstance(value, str):
            return day_of(value)
    except ValueError:
        pass
    raise MisfitError(fault("not_day", found=shown_in_yaml(value)))


def safe_address(value: str) -> str:
    """An address over which others cannot listen: https, or http to this very machine."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise MisfitError(fault("not_web_address", found=shown_in_yaml(value))) from None
    if parts.username is not None or parts.fragment:
        raise MisfitError(fault("address_with_login"))
    if parts.scheme == "https" and host:
        return value
    if parts.scheme == "http" and _is_local(host):
        return value
    raise MisfitError(fault("address_not_https", found=shown_in_yaml(value)))


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _organisation(value: str) -> str:
    if len(value) != 12 or not (value.isascii() and value.isdigit()):
        raise MisfitError(fault("not_organisation_number", found=shown_in_yaml(value)))
    return value


def _iban(value: str) -> str:
    found = value.replace(" ", "")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", found) or _mod_97(found) != 1:
        raise MisfitError(fault("not_iban", found=shown_in_yaml(value)))
    return found


def _log_key(value: str) -> str:
    try:
        return read_key(value).text
    except ValueError as error:
        raise MisfitError(fault("not_log_key", found=shown_in_yaml(value))) from error


def _witness_key(value: str) -> str:
    try:
        return witness_key(value).text
    except ValueError as error:
        raise MisfitError(fault("not_witness_key", found=shown_in_yaml(value))) from error


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
LogKey = Annotated[str, AfterValidator(_log_key)]
WitnessKey = Annotated[str, AfterValidator(_witness_key)]
Bic = Annotated[str, StringConstraints(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
File = Annotated[Path, AfterValidator(_in_folder)]
