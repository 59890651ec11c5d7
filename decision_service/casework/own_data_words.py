"""The words of the package of a person's own data: ``own_data.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from decision_service.decision.texts import Plain, places
from norms import document
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("own_data.yaml")
Word = Annotated[str, StringConstraints(min_length=1)]
Beside = Literal["plan", "participation", "history", "proposed_history", "protection"]


class OwnDataWords(FileModel):
    """The file. ``parts`` are headings by the member of an application, ``beside`` of what stands beside the
    applications; ``withheld`` is what no package holds, whoever asks."""

    heading: Annotated[str, places("personnummer", "kommun")] = Field(alias="huvud")
    made: Annotated[str, places("när")] = Field(alias="framtagna")
    not_here: Plain = Field(alias="inte med")
    withheld: tuple[Word, ...] = Field(alias="undantaget", min_length=1)
    read_first: Plain = Field(alias="läs igenom")
    to_read: Plain = Field(alias="att läsa")
    case: Annotated[str, places("nummer", "månad", "när")] = Field(alias="ärende")
    letter: Annotated[str, places("när")] = Field(alias="brev")
    events: Plain = Field(alias="händelser")
    events_in_case: Plain = Field(alias="händelser i ärendet")
    parts: Mapping[str, Word] = Field(alias="delar")
    beside: Mapping[Beside, Word] = Field(alias="bredvid")


@cache
def words() -> OwnDataWords:
    """The words. Raises FindingsError with every fault of the file."""
    return validate(OwnDataWords, document.read(FILE))
