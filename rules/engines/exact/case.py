"""The values of one case, as the stages of an evaluation add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from norms.table import Cell
from rules.evaluated import Trace
from rules.facts import Disputed, Entity, Facts, Known, Unknown
from rules.law import Law
from rules.outcome import HOUSEHOLD


class NotKnownError(KeyError):
    """Something that an expression reads is not known. Reading a term that is not there is one, too."""


class Notes(NamedTuple):
    """The case that an expression is evaluated in, and what that leaves behind: the trace of a condition, and
    the cells of the norm tables read."""

    case: ScopedCase
    trace: Trace
    cells: list[Cell]


@dataclass(slots=True)
class Scope:
    """One entity with its values, or the household with those there is one of.

    A path is in ``known``, or in ``unknown`` with what is the matter, or missing.
    """

    entity: str
    owner: str | None
    known: dict[str, Known] = field(default_factory=dict)
    unknown: dict[str, Disputed | Unknown] = field(default_factory=dict)

    def take(self, values: Mapping[str, Known | Disputed]) -> None:
        """Take in what is given."""
        if Disputed not in {*map(type, values.values())}:
            self.known.update(values)  # type: ignore[arg-type]
            return
        for path, value in values.items():
            if isinstance(value, Disputed):
                self.unknown[path] = value
            else:
                self.known[path] = value

    def conclude(self, path: str, value: Known | Unknown) -> None:
        """Take in what rules have concluded."""
        if isinstance(value, Unknown):
            self.unknown[path] = value
        else:
            self.known[path] = value

    @property
    def values(self) -> Mapping[str, Known | Disputed | Unknown]:
        """Everything there is, known or not."""
        return {**self.known, **self.unknown} if self.unknown else self.known


class ScopedCase:
    """The scopes of a case: the household's, and one of each member by kind."""

    def __init__(self, law: Law, facts: Facts) -> None:
        self.law = law
        self.facts = facts
        self.household = Scope(HOUSEHOLD, None)
        self.members: dict[str, list[Scope]] = {}
        for entity in (*facts.entities, *law.given):
            self._scope(entity).take(entity.values)

    def _scope(self, entity: Entity) -> Scope:
        if self.law.vocabulary.kinds[entity.kind].single:
            return self.household
        scope = Scope(entity.id, entity.owner)
        self.members.setdefault(entity.kind, []).append(scope)
        return scope

    def of(self, kind: str | None) -> list[Scope]:
        """Whom a rule about a kind, or about the household, is evaluated for."""
        return [self.household] if kind is None else self.members.get(kind, [])

    def amount(self, cells: list[Cell], series: str, *keys: int) -> int:
        """An amount of the norm tables, noted in ``cells``. Raises NotKnownError when there is none."""
        cell = self.law.amount(series, keys)
        if cell is None:
            raise NotKnownError(series)
        cells.append(cell)
        return cell.value

    def gives(self, series: str) -> bool:
        """Whether the norm tables have a series in the month of the law."""
        return self.law.norms.series(series) is not None
