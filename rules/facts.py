"""What is known of a case: entities with values, each known, missing or disputed.

A value that is not there is missing. A disputed value (application and register disagree) is there, but
is never read as if it were known. Both engines read the same facts and nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, TypeAlias

from rules.language.types import Base
from rules.language.vocabulary import Term, Vocabulary

Known: TypeAlias = "int | bool | str"
"""A known value: whole smallest parts (öre, days, ones), yes/no, a choice or text. Days are counted as
``date.toordinal()``, percentages in hundredths of a percent."""


class Lack(StrEnum):
    """Why a value is not known."""

    MISSING = "saknas"
    DISPUTED = "uppgifterna går isär"
    NO_AMOUNT = "beloppet finns inte"
    NOT_CONCLUDED = "ingen regel har avgjort det"
    CONFLICT = "reglerna säger emot varandra"
    INCOMPLETE = "uppgifterna är inte fullständiga"
    NO_QUOTIENT = "delning med noll"


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """One thing that is not known: which entity, which term or amount, and why."""

    entity: str
    path: str
    lack: Lack


@dataclass(frozen=True, slots=True)
class Unknown:
    """The third value. ``causes`` are the things that would have to become known."""

    causes: frozenset[Cause]


@dataclass(frozen=True, slots=True)
class Disputed:
    """Two sources disagree; both values are kept for the person who decides."""

    values: tuple[tuple[str, Known], ...]

    @property
    def known(self) -> tuple[Known, ...]:
        """What each source says."""
        return tuple(value for _, value in self.values)


class Made(StrEnum):
    """How a fact was made of what stands where it came from."""

    COPIED = "copied"
    INFERRED = "inferred"
    EMPTY = "empty"
    """Of lists with nothing in them."""
    ASSUMED = "assumed"
    """Of nothing: none of the fields is filled in."""


class FactOrigin(NamedTuple):
    """Where a fact came from: how it was made, of what stands where. A place is a path in the case, or what
    those who build facts know of a source that is no field. The rules only carry it."""

    made: Made
    places: tuple[Hashable, ...]


@dataclass(frozen=True)
class Entity:
    """One adult, child, income … of a case.

    ``values`` maps paths (``barn.ålder``) to values; ``origin`` says where each came from, where that is
    known; ``owner`` is the id of the entity it belongs to, ``label`` the name people know it by.
    """

    kind: str
    id: str
    values: Mapping[str, Known | Disputed]
    owner: str | None = None
    label: str = ""
    origin: Mapping[str, FactOrigin] = field(default_factory=dict)


class FactError(Exception):
    """A fact does not fit the vocabulary: an error in the program that built it, or in a case that the policy
    staff wrote, and never in an application. In Swedish, for them."""


@dataclass(frozen=True)
class Facts:
    """All facts of a case. ``incomplete`` names kinds that may have members nobody has told of."""

    entities: tuple[Entity, ...]
    incomplete: frozenset[str] = frozenset()

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Entity, ...]]:
        """The entities of each kind, in the order given."""
        kinds: dict[str, list[Entity]] = {}
        for entity in self.entities:
            kinds.setdefault(entity.kind, []).append(entity)
        return {kind: tuple(entities) for kind, entities in kinds.items()}

    @cached_property
    def by_id(self) -> Mapping[str, Entity]:
        """The entities by id."""
        return {entity.id: entity for entity in self.entities}

    def plus(self, entities: Iterable[Entity]) -> Facts:
        """These facts and further entities."""
        return Facts((*self.entities, *entities), self.incomplete)

    def with_nobody_answering(self, vocabulary: Vocabulary, origin: FactOrigin | None = None) -> Facts:
        """These facts where nobody has answered what they do not say was answered: whether somebody has is
        never unknown. ``origin`` is where that comes from."""
        silent = {
            name: {
                each.path: False
                for each in kind.terms.values()
                if each.answered and each.type.base is Base.YES_NO
            }
            for name, kind in vocabulary.kinds.items()
        }
        told = {name: dict.fromkeys(values, origin) if origin else {} for name, values in silent.items()}
        found = [
            replace(
                each,
                values={**silent.get(each.kind, {}), **each.values},
                origin={**told.get(each.kind, {}), **each.origin},
            )
            for each in self.entities
        ]
        there = {each.kind for each in found}
        found += [
            Entity(name, name, values, origin=told[name])
            for name, values in silent.items()
            if values and vocabulary.kinds[name].single and name not in there
        ]
        return Facts(tuple(found), self.incomplete)

    def check(self, vocabulary: Vocabulary) -> None:
        """Raise FactError unless every entity and value is declared and well typed."""
        if len(self.by_id) != len(self.entities):
            ids = [entity.id for entity in self.entities]
            twice = ", ".join(sorted({each for each in ids if ids.count(each) > 1}))
            raise FactError(f"flera har samma id: {twice}. Ge var och en sitt.")
        for entity in self.entities:
            kind = vocabulary.kinds.get(entity.kind)
            if kind is None:
                raise FactError(f"{entity.id}: slaget ”{entity.kind}” finns inte.")
            if kind.single and entity.id != entity.kind:
                raise FactError(
                    f"{entity.id}: det finns bara ett {entity.kind}. Skriv inget id, och bara en."
                )
            owner = self.by_id.get(entity.owner) if entity.owner is not None else None
            if entity.owner is not None and (owner is None or owner.kind not in kind.owners):
                raise FactError(f"{entity.id} kan inte höra till {entity.owner}.")
            fitting = kind.fitting
            for path, value in entity.values.items():
                if (fits := fitting.get(path)) is None:
                    raise FactError(
                        f"{entity.id}: {path} är inget som kan vara givet, utan något som avgörs."
                    )
                if fits.takes(value):
                    continue
                for each in value.known if isinstance(value, Disputed) else (value,):
                    if not fits.takes(each):
                        limits = limits_in_words(vocabulary.terms[path]) or "ett mindre tal"
                        raise FactError(
                            f"{entity.id}: {path} ligger utanför det som ordlistan tillåter: {limits}."
                        )


def within(term: Term, value: Known) -> bool:
    """Whether a number lies within the declared limits, on which proofs about rules rest."""
    if isinstance(value, bool | str):
        return True
    low, high = term.limits
    return (low is None or low <= value) and (high is None or value <= high)


def limits_in_words(term: Term) -> str:
    """The declared limits, for people; empty where there are none."""
    low = f"lägst {term.lowest}" if term.lowest is not None else ""
    high = f"högst {term.highest}" if term.highest is not None else ""
    return " och ".join(text for text in (low, high) if text)
