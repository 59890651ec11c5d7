"""Calculations that any fact may need: whether something is given, how many there are, months and years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from decision_service.application.fields import birthday_of
from decision_service.decision.facts.case import ADULT_ROLES, Case
from decision_service.decision.facts.copying import Derivation
from decision_service.reading.swedish_time import swedish_day
from decision_service.registers.answers import AgencyAnswer
from norms.month import Month

SAYS_SOMETHING = "skrivet.säger_något"
"""The term that lists the answers that say nothing."""


def all_given(case: Case, *values: Any) -> bool:
    """Whether every field is filled in."""
    return all(value is not None and value != "" for value in values)


def any_given(case: Case, *values: Any) -> bool:
    """Whether some field is filled in, or some list has a row."""
    return any(value is not None and value not in ("", ()) for value in values)


def any_text(case: Case, *texts: str | None) -> bool:
    """Whether some text is not blank."""
    return any(text is not None and bool(text.strip()) for text in texts)


def ticked(case: Case, value: bool | None) -> bool:
    """A box of a form: left alone it is no."""
    return bool(value)


def any_yes(case: Case, *values: tuple[bool | None, ...]) -> bool:
    """Whether it is said of anyone."""
    return any(each is True for some in values for each in some)


def count(case: Case, rows: Sequence[Any] | None) -> int:
    """How many."""
    return len(rows or ())


def day_in_sweden(case: Case, moment: datetime | None) -> date | None:
    """The day of a moment."""
    return None if moment is None else swedish_day(moment)


def is_in_the_case(case: Case, name: str | None, ids: Any, roles: Any, source: str | None = None) -> bool:
    """Whether somebody who is named, by id or role, is among the people. Nobody named is nobody missing."""
    return name is None or name in {*ids, *(role.value for role in roles)}


def count_if_answered(case: Case, rows: tuple[Any, ...], answer: AgencyAnswer | None) -> int | None:
    """How many the agency knows of, if it has answered."""
    return len(rows) if answer is AgencyAnswer.ANSWERED else None


def first_given(case: Case, *values: Any) -> Any:
    """The first of the fields that is filled in."""
    return next((value for value in values if value is not None), None)


def says_something(case: Case, *texts: str | None) -> bool:
    """Whether somebody has written more than the answers that say nothing."""
    term = case.law.vocabulary.terms[SAYS_SOMETHING]
    return any(term.word(text) is True for text in texts if text is not None)


def full_years(case: Case, born: date | None, number: str | None) -> int | None:
    """Full years on the last day of the month."""
    return _years(birthday(case, born, number), case.month.last)


def full_years_the_month_before(case: Case, born: date | None, number: str | None) -> int | None:
    """Full years on the first day of the month before."""
    return _years(birthday(case, born, number), case.control.first)


def full_years_when_it_came(
    case: Case, born: date | None, number: str | None, received: datetime
) -> int | None:
    """Full years on the day that the application came."""
    return _years(birthday(case, born, number), swedish_day(received))


def _years(born: date | None, on: date) -> int | None:
    return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def sum_given(case: Case, *numbers: int | None) -> int | None:
    """The sum of the numbers that are filled in, None where none is."""
    known = [each for each in numbers if each is not None]
    return sum(known) if known else None


def birthday(case: Case, born: date | None, number: str | None) -> date | None:
    """The day of birth, by its field or else by the personal number."""
    return born if born is not None or number is None else birthday_of(number)


def years_before_quarter(case: Case, born: date | None, number: str | None) -> int | None:
    """Full years on the day before the quarter that the month before belongs to."""
    day = birthday(case, born, number)
    if day is None:
        return None
    control = case.control
    first = Month(control.year, control.number - (control.number - 1) % 3).first
    return first.year - day.year - ((first.month, first.day) <= (day.month, day.day))


def months_ahead(case: Case, number: int | None, year: int | None, received: datetime) -> int | None:
    """Months from the month an application came to the month that it is about."""
    if number is None or year is None:
        return None
    return Month(year, number).index - Month.of(swedish_day(received)).index


def adults(case: Case, roles: tuple[Any, ...]) -> int:
    """How many adults."""
    return sum(role in ADULT_ROLES for role in roles)


COUNTING: Mapping[str, Derivation] = {
    "alla_ifyllda": all_given,
    "något_ifyllt": any_given,
    "något_i_texten": any_text,
    "ikryssat": ticked,
    "någon_ja": any_yes,
    "svensk_dag": day_in_sweden,
    "personen_finns": is_in_the_case,
    "antal": count,
    "antal_om_myndigheten_svarat": count_if_answered,
    "det_som_är_ifyllt": first_given,
    "säger_något": says_something,
    "fyllda_år": full_years,
    "fyllda_år_förra_månaden": full_years_the_month_before,
    "fyllda_år_när_ansökan_kom": full_years_when_it_came,
    "summan_av_de_ifyllda": sum_given,
    "födelsedag": birthday,
    "fyllda_år_före_kvartalet": years_before_quarter,
    "månader_framåt": months_ahead,
    "antal_vuxna": adults,
}
