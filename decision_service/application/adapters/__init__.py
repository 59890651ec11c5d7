"""Adapters: from the forms that municipalities have to the canonical application.

``read("sundsvall-v1", data)`` gives an Intake. Each adapter says what it could not map; money among that
sends the case to a person. Nothing is guessed and nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from decision_service.application.adapters.canonical import read as read_canonical
from decision_service.application.adapters.intake import IDS, Intake
from decision_service.application.adapters.mitt_helsingborg import read as read_mitt_helsingborg
from decision_service.application.adapters.sundsvall import read as read_sundsvall
from decision_service.reading.strict_json import InputError
from norms.fault import Path
from norms.validation import not_one_of

ADAPTERS: Mapping[str, Callable[[Any], Intake]] = {
    "ansokan/1": read_canonical,
    "sundsvall-v1": read_sundsvall,
    "mitt-helsingborg-v1": read_mitt_helsingborg,
}

PEOPLE: Mapping[str, Path] = {
    "ansokan/1": ("people",),
    "sundsvall-v1": ("data", "persons"),
    "mitt-helsingborg-v1": ("persons",),
}
"""Where each form says who applies."""


class WhoApplies(StrEnum):
    """How each form says who applies, and what comes beside a form; their words stand among the kinds of
    ``reading/faults.yaml``."""

    CANONICAL = "who_applies_ansokan"
    SUNDSVALL = "who_applies_sundsvall"
    MITT_HELSINGBORG = "who_applies_mitt_helsingborg"
    BESIDE = "who_applies_beside"


WHO_APPLIES: Mapping[str, WhoApplies] = {
    "ansokan/1": WhoApplies.CANONICAL,
    "sundsvall-v1": WhoApplies.SUNDSVALL,
    "mitt-helsingborg-v1": WhoApplies.MITT_HELSINGBORG,
}
_KNOWN_BY_ID = frozenset({"sundsvall-v1"})

__all__ = ["ADAPTERS", "PEOPLE", "WHO_APPLIES", "Intake", "WhoApplies", "knows_by_id", "read"]


def knows_by_id(adapter: str, person: str) -> bool:
    """Whether an id is one by which a register of the municipality knows a person: so it is in a form that
    has no other way to say who somebody is, when it gives one."""
    return adapter in _KNOWN_BY_ID and person not in IDS.values()


def read(adapter: str, data: Any) -> Intake:
    """Read an application's JSON with the adapter of that name. Raises InputError with every fault."""
    if adapter not in ADAPTERS:
        raise InputError([not_one_of(adapter, ADAPTERS)])
    return ADAPTERS[adapter](data)
