"""What an engine says of a case: the shape in which the two engines are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rules.facts import Known
from rules.rule import Asked, Section

HOUSEHOLD = ""
"""The subject of a rule that is about the household as a whole."""

InstanceKey: TypeAlias = tuple[str, str]
"""A rule id and the id of the entity it was evaluated for, or :data:`HOUSEHOLD`."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A line of the calculation, in whole öre."""

    section: Section
    rule: str
    subject: str
    applied: int | None
    amount: int


@dataclass(frozen=True, slots=True, order=True)
class Requirement:
    """A term that a rule requires to be known, and is not."""

    rule: str
    entity: str
    path: str


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """A question that a rule puts to the applicant or to a person."""

    asked: Asked
    reason: str
    rule: str
    subject: str


@dataclass(frozen=True, slots=True)
class EngineOutcome:
    """Everything that must be the same in both engines.

    ``conflicts`` are conclusions that rules gave different values. ``conclusions`` maps entity and path
    to the value; a conclusion that is not known is not in it.
    """

    fired: frozenset[InstanceKey]
    undecided: frozenset[InstanceKey]
    lines: frozenset[Line]
    conclusions: Mapping[tuple[str, str], Known]
    conflicts: frozenset[tuple[str, str]]
    requirements: frozenset[Requirement]
    questions: frozenset[Question]
