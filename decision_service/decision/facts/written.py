"""What somebody has written in own words: one fact a text, for rules to put before a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources, followed, in_record
from norms import document
from rules.schema import FileModel, validate

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
                **nothing,
                path: Record(place, text),
                "skrivet": Record(place, Written(path, text), whole=True),
            }
            draft = Draft("skrivet", f"text {place}")
            fill(draft, case, base | bound, derivations)
            word = str(draft.values.get("skrivet.fält", "text"))
            draft.label = word.replace("_", " ").capitalize()
            yield draft


def _each(path: str, base: Sources) -> Iterator[tuple[str, Any]]:
    """The values at a path that are filled in, and where each stands."""
    start, several, rest = path.rpartition("[].")
    if not several:
        value, place = followed(path, base)
        if value is not None:
            yield place, value
        return
    records = base[f"{start}[]"]
    assert isinstance(records, tuple)
    for record in records:
        value, place = in_record(record, tuple(rest.split(".")))
        if value is not None:
            yield place, value


# --- calculations


class _File(FileModel):
    months: tuple[tuple[str, ...], ...] = Field(alias="månader", min_length=12, max_length=12)
    longest: int = Field(alias="längsta namn")
    telling: tuple[str, ...] = Field(alias="ord som läses")
    stems: tuple[str, ...] = Field(alias="delar av ord som läses")


_TABLE = validate(_File, document.read(Path(__file__).with_name("written.yaml")))


def only_recipient_and_month(
    case: Case, said: str | None, number: int | None, year: int | None
) -> bool | None:
    """Whether a text says no more than a short name and the month that the application is for."""
    if said is None or number is None or year is None:
        return None
    text = said.casefold()
    name = "|".join(_TABLE.months[number - 1])
    month = rf"\b(?:({name})\.?(\s+{year})?|{year}-{number:02})(?!\w)"
    rest = " ".join(re.sub(month, " ", text).split())
    words = re.findall(r"\w+", rest)
    others = {each for names in _TABLE.months for each in names}
    telling = {*words} & {*_TABLE.telling} or any(stem in rest for stem in _TABLE.stems)
    return (
        len(rest) <= _TABLE.longest and not re.search(r"\d", rest) and not others & {*words} and not telling
    )


WRITTEN: Mapping[str, Derivation] = {"bara_mottagare_och_månad": only_recipient_and_month}
