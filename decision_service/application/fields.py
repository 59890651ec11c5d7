"""Kinds of fields of an input: what may be written in each, and what is said of everything else."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from personnummer.personnummer import Personnummer, PersonnummerException
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from decision_service.reading.kronor import Ore as KronorAsOre
from decision_service.reading.swedish_time import STOCKHOLM
from norms.fault import MisfitError, fault, shown
from norms.month import Month, day_of


class Part(BaseModel):
    """A part of an input: immutable, and an unknown field is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _day(value: Any) -> Any:
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            return _of_a_month(value)
        if not isinstance(value, str):
            raise ValueError
        return _of_a_month(day_of(value))
    except ValueError:
        raise MisfitError(fault("not_day", found=shown(value))) from None


def _of_a_month(day: date) -> date:
    """The day itself. Raises ValueError for one so long ago or so far away that no law counts its month."""
    Month.of(day)
    return day


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    try:
        if not isinstance(value, str):
            raise ValueError
        _of_a_month(day_of(value[:10]))
        found = datetime.fromisoformat(value)
    except ValueError:
        raise MisfitError(fault("not_moment", found=shown(value))) from None
    if found.tzinfo is None:
        raise MisfitError(fault("moment_without_zone", found=shown(value)))
    return found


_NUMBER = re.compile(r"([0-9]{2})?([0-9]{6})([-+]?)([0-9]{4})")


def _personal_number(value: Any) -> Any:
    return full_number(value, datetime.now(STOCKHOLM).date())


def full_number(value: Any, day: date) -> str:
    """Twelve digits of a personal number or a coordination number, with or without century and hyphen.

    Ten digits are of whoever was born last with them on ``day``, or with a plus of whoever becomes a hundred
    that year or is older. The day is that on which the number was given, never that on which it is read.
    Raises MisfitError.
    """
    found = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if found is None:
            raise PersonnummerException
        century, born, sign, last = found.groups()
        number = f"{century or _century(born, day, older=sign == '+')}{born}{last}"
        return str(Personnummer(number).format(long_format=True))
    except (PersonnummerException, ValueError):
        raise MisfitError(fault("not_personal_number")) from None


def _century(born: str, day: date, *, older: bool) -> int:
    """The century of six digits of a birthday that is not after a day. A plus is written from the year in
    which somebody becomes a hundred."""
    year, month, in_month = int(born[:2]), int(born[2:4]), int(born[4:]) % COORDINATION
    latest = (day.year - 100, 12, 31) if older else (day.year, day.month, day.day)
    century = latest[0] // 100
    return century - ((century * 100 + year, month, in_month) > latest)


COORDINATION = 60
"""What a coordination number adds to the day of birth."""


def month_of(text: str) -> Month:
    """The month of a text. Raises MisfitError."""
    try:
        return Month.parse(text)
    except ValueError:
        raise MisfitError(fault("not_month", found=shown(text))) from None


def _said(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def birthday_of(number: str) -> date:
    """The day of birth in a personal number."""
    found: date = Personnummer(number).get_date()
    return found.date() if isinstance(found, datetime) else found


Ore = Annotated[
    KronorAsOre,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^(-0+(\.0{1,2})?|[0-9]{1,12}(\.[0-9]{1,2})?)$"},
            ],
            "description": "Kronor, som tal eller text med punkt före öre",
        }
    ),
]
"""Öre, read from kronor; the JSON schema shows what may be written."""
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
PersonalNumber = Annotated[str, BeforeValidator(_personal_number)]
"""Twelve digits with a right check digit; coordination numbers too."""
Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[Text | None, BeforeValidator(_said)]
"""A name of a person; one of spaces alone is none."""
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
MonthText = Annotated[
    str,
    AfterValidator(lambda text: str(month_of(text))),
    WithJsonSchema({"type": "string", "pattern": "^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"}),
]
"""A month as ``2026-11``."""
