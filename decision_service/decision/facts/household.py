"""What there is one of in a case: the application itself, the household, and what was decided before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from decision_service.application.case_file import PersonRole
from decision_service.application.form import (
    AdultRole,
    MaritalStatus,
    NormType,
    OtherAdult,
)
from decision_service.decision.facts.case import ADULT_ROLES, CHILD_ROLES, Case
from decision_service.decision.facts.copying import Derivation
from decision_service.decision.facts.counting import is_in_the_case
from norms.month import Month


def other_norm(case: Case, norms: list[NormType] | None) -> bool | None:
    """Whether another norm than the national one is among those applied for."""
    return NormType.OTHER_NORM in norms if norms else None


def month_is_decided(case: Case, months: Iterable[str]) -> bool:
    """Whether the month has a decision."""
    return str(case.month) in months


def later_month_decided(case: Case, months: Iterable[str]) -> bool:
    """Whether a later month has a decision."""
    return any(Month.parse(month) > case.month for month in months)


def another_postal_code(case: Case, said: str | None, known: tuple[str | None, ...], roles: Any) -> bool:
    """Whether the application has another postal code than is known of the applicant. None is no other."""
    rows = zip(known, roles, strict=True)
    return _is_none_of(said, [each for each, role in rows if role is PersonRole.APPLICANT])


def another_than_registered(
    case: Case, registered: tuple[str, ...] | None, said: str | None, own: str | None
) -> bool:
    """Whether the application, or what is known of a person, has another postal code than that of the address
    where the person is registered. None is no other."""
    return any(_is_none_of(each, registered or ()) for each in (said, own))


def another_than_the_applicant(case: Case, own: str | None) -> bool:
    """Whether somebody is known at another postal code than the applicant. None is no other."""
    applicant = [each.address for each in case.file.people if each.role is PersonRole.APPLICANT]
    return _is_none_of(own, [each.postal_code for each in applicant if each is not None])


def _is_none_of(postal_code: str | None, known: Iterable[str | None]) -> bool:
    """Whether a postal code is none of those that are known, however they are spaced. Nothing is no other."""
    codes = {re.sub(r"\D", "", each) for each in known if each}
    return bool(postal_code) and bool(codes) and re.sub(r"\D", "", postal_code or "") not in codes


def has_history(case: Case, month: str | None) -> bool:
    """Whether there is an earlier decided month."""
    return month is not None


def months_since(case: Case, month: str | None) -> int | None:
    """Months from the latest decided month."""
    return None if month is None else case.month.index - Month.parse(month).index


def marital_status_changed(case: Case, then: MaritalStatus | None, now: MaritalStatus | None) -> bool | None:
    """Whether the marital status is another than then."""
    return None if then is None or now is None else then is not now


def people_changed(case: Case, then: list[str] | None, now: tuple[str, ...]) -> bool | None:
    """Whether the people are others than then."""
    return None if then is None else set(then) != set(now)


def residents_changed(case: Case, then: int | None, now: int | None) -> bool | None:
    """Whether as many persons share the home as then."""
    return None if then is None or now is None else then != now


def support_before(case: Case, months: Iterable[str], amounts: Iterable[int]) -> int:
    """What was granted for the month directly before."""
    decided = zip(months, amounts, strict=True)
    return sum(amount for month, amount in decided if Month.parse(month) == case.control)


def residents(
    case: Case, said: int | None, changed: bool | None, before: int | None, as_before: bool
) -> int | None:
    """Persons in the home: as said, or, where the municipality has chosen so and the housing is said not to
    have changed, as in the last decision."""
    if said is not None:
        return said
    return before if as_before and changed is False else None


def adults_have_answered(case: Case, said: tuple[bool | None, ...], roles: tuple[Any, ...]) -> bool:
    """Whether it is told of every adult."""
    return all(each is not None for each, role in zip(said, roles, strict=True) if role in ADULT_ROLES)


def children_differ(
    case: Case, told: tuple[str | None, ...], ids: tuple[str, ...], roles: tuple[Any, ...]
) -> bool:
    """Whether the application names a child that is not among the people, or the other way."""
    known = {id_ for id_, role in zip(ids, roles, strict=True) if role in CHILD_ROLES}
    named = {each for each in told if each is not None}
    return bool(named and named != known) or None in told


def repeated_children(case: Case, ids: Any, first: Any, last: Any) -> int:
    """How many children of the application are named before, by id or by whole name."""
    seen: set[str] = set()
    repeated = 0
    for id_, *names in zip(ids, first, last, strict=True):
        name = " ".join(part.strip().lower() for part in names if part)
        keys = {id_, name if names[1] else None} - {None}
        repeated += bool(keys & seen)
        seen |= keys
    return repeated


def applicants(case: Case, roles: Any) -> int:
    """How many parts of the form are the applicant's."""
    return sum(role is AdultRole.APPLICANT for role in roles)


def co_applicants(case: Case, roles: Any) -> int:
    """How many parts of the form are the co-applicant's."""
    return sum(role is AdultRole.CO_APPLICANT for role in roles)


def rows_about_strangers(case: Case, plannings: Any, activities: Any, jobs: Any, ids: Any, roles: Any) -> int:
    """How many plannings, activities and jobs are about somebody who is not among the people."""
    return sum(
        not is_in_the_case(case, each, ids, roles) for rows in (plannings, activities, jobs) for each in rows
    )


def backwards(case: Case, first: Any, last: Any) -> int:
    """How many periods end before they begin."""
    rows = zip(first, last, strict=True)
    return sum(start is not None and end is not None and end < start for start, end in rows)


def lodger(case: Case, adults: list[OtherAdult] | None) -> bool:
    """Whether a lodger is among the others in the home."""
    return OtherAdult.LODGER in (adults or [])


HOUSEHOLD: Mapping[str, Derivation] = {
    "annan_norm": other_norm,
    "månaden_finns": month_is_decided,
    "senare_månad_finns": later_month_decided,
    "annat_postnummer": another_postal_code,
    "annat_postnummer_än_sökanden": another_than_the_applicant,
    "annat_postnummer_än_i_registret": another_than_registered,
    "tidigare_månad_finns": has_history,
    "månader_sedan": months_since,
    "civilstånd_ändrat": marital_status_changed,
    "personer_ändrade": people_changed,
    "antal_boende_ändrat": residents_changed,
    "bistånd_månaden_före": support_before,
    "boende_nu_eller_förut": residents,
    "sagt_om_varje_vuxen": adults_have_answered,
    "barn_skiljer": children_differ,
    "upprepade_barn": repeated_children,
    "antal_sökande": applicants,
    "antal_medsökande": co_applicants,
    "rader_om_okända": rows_about_strangers,
    "perioder_baklänges": backwards,
    "någon_inneboende": lodger,
}
