"""Cases as a population: each a household of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from rules.engines.columnar.population import ChoiceNumbers, GivenColumn, Members, Population
from rules.facts import Disputed, Entity, Facts
from rules.language.types import Base
from rules.language.vocabulary import Vocabulary


def of_facts(cases: Sequence[Facts], vocabulary: Vocabulary, words: ChoiceNumbers) -> Population:
    """The cases as a population, in their order."""
    members: dict[str, Members] = {}
    places: dict[tuple[int, str], tuple[str, int]] = {}
    found: dict[str, list[tuple[int, Entity]]] = {}
    for number, case in enumerate(cases):
        for entity in case.entities:
            rows = found.setdefault(entity.kind, [])
            places[number, entity.id] = entity.kind, len(rows)
            rows.append((number, entity))
    for kind, rows in found.items():
        households = np.array([number for number, _ in rows], np.int64)
        owners = {
            owner: np.array([_owner(number, entity, owner, places) for number, entity in rows], np.int64)
            for owner in vocabulary.kinds[kind].owners
        }
        terms = dict(_terms(kind, [entity for _, entity in rows], vocabulary, words))
        members[kind] = Members(households, terms, owners)
    kinds = {kind for case in cases for kind in case.incomplete}
    incomplete = {kind: np.array([kind in case.incomplete for case in cases]) for kind in kinds}
    return Population(len(cases), members, incomplete)


def _owner(number: int, entity: Entity, kind: str, places: Mapping[tuple[int, str], tuple[str, int]]) -> int:
    if entity.owner is None:
        return -1
    found, at = places[number, entity.owner]
    return at if found == kind else -1


def _terms(
    kind: str, entities: Sequence[Entity], vocabulary: Vocabulary, words: ChoiceNumbers
) -> Iterable[tuple[str, GivenColumn]]:
    for term in vocabulary.kinds[kind].terms.values():
        values = [entity.values.get(term.path) for entity in entities]
        if term.type.base is Base.TEXT or all(value is None for value in values):
            continue
        known = np.array([value is not None and not isinstance(value, Disputed) for value in values], bool)
        numbers = [
            0 if value is None or isinstance(value, Disputed) else words.number(value) for value in values
        ]
        yield term.path, GivenColumn(np.array(numbers, np.int64), known)
