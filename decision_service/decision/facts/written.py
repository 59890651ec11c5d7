"""What somebody has written in own words: one fact a text, for rules to put before a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources, followed

TEXT = "skrivet.text"
"""The term that lists every field where somebody writes freely."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and the path of the field that it stands in."""

    field: str
    text: str


def written(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every text that is filled in."""
    fields = case.law.vocabulary.terms[TEXT].sources
    nothing: Sources = dict.fromkeys(fields)
    for path in fields:
        for place, text in _each(path, base):
            if not str(text).strip():
                continue
            bound: Sources = {
                path: Record(place, text),
                "skrivet": Record(place, Written(path, text), whole=True),
            }
            draft = Draft("skrivet", f"text {place}")
            fill(draft, case, base | nothing | bound, derivations)
            word = str(draft.values.get("skrivet.fält", "text"))
            draft.label = word.replace("_", " ").capitalize()
            yield draft


def _each(path: str, base: Sources) -> Iterator[tuple[str, Any]]:
    """The values at a path that are filled in, and where each stands."""
    start, several, _ = path.rpartition("[].")
    if not several:
        value, place = followed(path, base)
        if value is not None:
            yield place, value
        return
    records = base[f"{start}[]"]
    assert isinstance(records, tuple)
    for record in records:
        value, place = followed(path, base | {f"{start}[]": record})
        if value is not None:
            yield place, value
