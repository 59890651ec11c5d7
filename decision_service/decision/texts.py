"""What an assessment and a decision say where no rule does: ``texts.yaml``, each text with its own places."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from decision_service.reading.sentences import sentences
from norms import document
from norms.fault import MisfitError, fault
from rules.facts import Lack
from rules.rule import PLACEHOLDER
from rules.schema import FileModel, OfEach, validate
from rules.texts import kronor

FILE = Path(__file__).with_name("texts.yaml")


def places(*names: str) -> AfterValidator:
    """A text of a file that holds these places, all of them and no other."""

    def checked(text: str) -> str:
        rest = re.sub(PLACEHOLDER, "", text)
        if {*PLACEHOLDER.findall(text)} != {*names} or "{" in rest or "}" in rest or not rest.strip():
            wanted = ", ".join(f"{{{name}}}" for name in names) or "–"
            raise MisfitError(fault("other_places", wanted=wanted))
        return text

    return AfterValidator(checked)


Plain = Annotated[str, places()]
OfLine = Annotated[str, places("rad")]
OfFact = Annotated[str, places("uppgift")]


class LineTexts(FileModel):
    """A line that a person has changed or added, and one that gives less than was applied for."""

    changed: OfLine = Field(alias="ändrad")
    added: OfLine = Field(alias="tillagd")
    reduced: Annotated[str, places("rad", "belopp")] = Field(alias="nedsatt")


class QuestionTexts(FileModel):
    """Questions that no rule asks."""

    engines_disagree: Plain = Field(alias="motorerna oense")
    unconfirmed: Plain = Field(alias="obekräftat")
    no_outcome: Plain = Field(alias="utfall okänt")
    not_delegated: Plain = Field(alias="inte delegerat")
    counted_twice: Annotated[str, places("vad")] = Field(alias="räknat två gånger")
    cause: Annotated[str, places("namn")] = Field(alias="försörjningshinder")
    what_holds: Annotated[str, places("fattas")] = Field(alias="vad gäller")
    of_whom: Annotated[str, places("namn", "fråga")] = Field(alias="om vem")


class Labels(FileModel):
    """What is called something although nobody has named it, and what is told of it."""

    cost: Plain = Field(alias="kostnad")
    income: Plain = Field(alias="inkomst")
    asset: Plain = Field(alias="tillgång")
    payer: Plain = Field(alias="uppgiven betalare")
    unread: Plain = Field(alias="oläst")
    of_employment_service: Plain = Field(alias="beslut hos af")
    of_migration_agency: Annotated[str, places("beslut", "slag")] = Field(alias="beslut hos miv")
    child: Annotated[str, places("dag")] = Field(alias="folkbokfört barn")
    no_name: Plain = Field(alias="förmån utan namn")
    benefit_of: Annotated[str, places("förmån", "vem")] = Field(alias="förmån för någon")
    no_benefit: Plain = Field(alias="ingen förmån")
    no_vehicle: Plain = Field(alias="fordon utan uppgifter")
    no_category: Plain = Field(alias="slag inte sagt")
    bought: Annotated[str, places("när")] = Field(alias="köpt")
    paid: Annotated[str, places("pris")] = Field(alias="köpt för")
    company: Annotated[str, places("belopp")] = Field(alias="bolagets värde")
    nothing_more: Plain = Field(alias="inget mer")
    answer_of: Annotated[str, places("vem")] = Field(alias="svaret av")


class RuleTexts(FileModel):
    """Why a rule did not apply."""

    exception: Annotated[str, places("regel")] = Field(alias="undantag")
    saw: Annotated[str, places("uppgift", "värde")] = Field(alias="såg")


class DecisionTexts(FileModel):
    """The file."""

    lines: LineTexts = Field(alias="rader")
    questions: QuestionTexts = Field(alias="frågor")
    lacking: OfEach[Lack, OfFact] = Field(alias="fattas")
    not_known_whether: OfFact = Field(alias="inte känt om")
    each_says: Annotated[str, places("källa", "värde")] = Field(alias="källa säger")
    rules: RuleTexts = Field(alias="regler")
    labels: Labels = Field(alias="benämningar")


@cache
def texts() -> DecisionTexts:
    """The texts. Raises FindingsError with every fault of the file."""
    return validate(DecisionTexts, document.read(FILE), said=sentences)


def with_applied(what: str, applied: int | None, amount: int) -> str:
    """What a line is for, and what was applied for where it gives less."""
    if applied is None or applied <= amount:
        return what
    return texts().lines.reduced.format(rad=what, belopp=kronor(applied))
