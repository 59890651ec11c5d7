"""What is read about protection: ``skydd.yaml``, checked against the codes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from decision_service.decision.origin import agency_of
from decision_service.decision.texts import Plain, places
from decision_service.planning.grounds import EndAsked, ProtectedBy, SaidIn
from norms import document
from norms.month import day_in_words
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("skydd.yaml")


class QuestionsOfProtection(FileModel):
    """What somebody is asked: when an agency no longer marks the person, when the time is over, and when the
    case that hid another is deleted."""

    unmarked: Annotated[str, places("myndighet", "dag")] = Field(alias="register")
    over: Annotated[str, places("dag")] = Field(alias="tiden")
    deleted: Annotated[str, places("dag")] = Field(alias="gallrat")


class WordsOfProtection(FileModel):
    """The file."""

    bases: Mapping[ProtectedBy, Plain] = Field(alias="grunder")
    sources: Mapping[SaidIn, Plain] = Field(alias="källor")
    questions: QuestionsOfProtection = Field(alias="frågor")


@cache
def words() -> WordsOfProtection:
    """The words. Raises FindingsError for a file that does not hold."""
    return validate(WordsOfProtection, document.read(FILE))


def question(asked: EndAsked) -> str:
    """What somebody is asked, in words."""
    day, texts = day_in_words(asked.day), words().questions
    if asked.deleted:
        return texts.deleted.format(dag=day)
    if not asked.agency:
        return texts.over.format(dag=day)
    return texts.unmarked.format(myndighet=agency_of(asked.agency), dag=day)
