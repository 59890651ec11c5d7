"""What other applications of the same month say of a person of this case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decision_service.application.case_file import PersonRole
from decision_service.application.form import ResidenceExtent
from decision_service.decision.facts.case import ADULT_ROLES, Case
from decision_service.decision.facts.child import days_at_home
from decision_service.decision.facts.copying import Derivation

Several = tuple[Any, ...]


def child_elsewhere(case: Case, people: Several, roles: Several, person: str) -> bool:
    """Whether a person is a child of the household in another application."""
    rows = zip(people, roles, strict=True)
    return any(each == person and role is PersonRole.CHILD for each, role in rows)


def applies_elsewhere(case: Case, people: Several, roles: Several, person: str) -> bool:
    """Whether a person applies in another application, alone or together with somebody."""
    rows = zip(people, roles, strict=True)
    return any(each == person and role in ADULT_ROLES for each, role in rows)


def granted_elsewhere(case: Case, people: Several, granted: Several, person: str) -> bool:
    """Whether another application with a person is granted."""
    rows = zip(people, granted, strict=True)
    return any(each == person and yes for each, yes in rows)


def days_elsewhere(
    case: Case, people: Several, roles: Several, residences: Several, days: Several, person: str
) -> int | None:
    """Days of the month that other applications count a child, together; None where one does not say."""
    told = [
        _days(case, residence, known)
        for each, role, residence, known in zip(people, roles, residences, days, strict=True)
        if each == person and role is PersonRole.CHILD
    ]
    known = [each for each in told if each is not None]
    return sum(known) if len(known) == len(told) else None


def _days(case: Case, residence: ResidenceExtent | None, known: int | None) -> int | None:
    found = days_at_home(case, residence, None, known)
    return found if isinstance(found, int) else None


ELSEWHERE: Mapping[str, Derivation] = {
    "barn_i_annan_ansökan": child_elsewhere,
    "söker_i_annan_ansökan": applies_elsewhere,
    "annan_ansökan_beviljad": granted_elsewhere,
    "dagar_i_annan_ansökan": days_elsewhere,
}
