"""What the codes of the planning are called for those who read: ``ord.yaml``, checked against the codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from decision_service.application.case_file import ActivityKind
from decision_service.decision.texts import Plain, places
from decision_service.planning.attendance import Marking
from decision_service.planning.due import TodoKind
from decision_service.planning.participation import (
    ActivityAnswer,
    CircumstanceKind,
    Doer,
    ExitReason,
    Support,
    WeekState,
)
from norms import document
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("ord.yaml")
Word = Annotated[str, StringConstraints(min_length=1)]


class ToRead(FileModel):
    """What is told of a plan for a person to read."""

    fewer_hours: Annotated[str, places("skäl")] = Field(alias="färre timmar")
    circumstance: Annotated[str, places("vad", "dag", "till", "underlag")] = Field(alias="omständighet")
    until: Annotated[str, places("dag")] = Field(alias="till")
    for_now: Plain = Field(alias="tills vidare")
    no_proof: Plain = Field(alias="inget underlag")
    broken: Annotated[str, places("dag", "avtalat")] = Field(alias="följdes inte")
    happened: Annotated[str, places("vad")] = Field(alias="hände")
    account: Annotated[str, places("vad")] = Field(alias="personen säger")
    no_account: Plain = Field(alias="säger inget")
    children: Annotated[str, places("antal")] = Field(alias="barn")
    not_known: Plain = Field(alias="inte känt")


class WordsOfPlanning(FileModel):
    """The file: a word for every code of each kind. ``steps`` complete the sentence of what happened."""

    kinds: Mapping[ActivityKind, Word] = Field(alias="aktiviteter")
    support: Mapping[Support, Word] = Field(alias="stöd")
    answers: Mapping[ActivityAnswer, Word] = Field(alias="svar")
    circumstances: Mapping[CircumstanceKind, Word] = Field(alias="omständigheter")
    marks: Mapping[Marking, Word] = Field(alias="närvaro")
    todo: Mapping[TodoKind, Word] = Field(alias="att_göra")
    doers: Mapping[Doer, Word] = Field(alias="vem")
    exits: Mapping[ExitReason, Word] = Field(alias="avslut")
    week: Mapping[WeekState, Word] = Field(alias="vecka")
    days: Mapping[str, Word] = Field(alias="dagar")
    steps: Mapping[str, Word] = Field(alias="steg")
    to_read: ToRead = Field(alias="att_läsa")


@cache
def words() -> WordsOfPlanning:
    """The words. Raises FindingsError for a file that does not hold."""
    return validate(WordsOfPlanning, document.read(FILE))
