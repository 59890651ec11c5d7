"""The register of laws as it stands in ``lagar.yaml``: what the file may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from norms.fault import MisfitError, fault
from norms.month import Month
from norms.status import Status
from rules.schema import FileModel

MonthText = Annotated[
    Month,
    BeforeValidator(
        lambda value: Month.parse(str(value)),
        json_schema_input_type=Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")],
    ),
]
"""A month written ÅÅÅÅ-MM."""


class ChaptersEntry(FileModel):
    """The chapters that a law has: those up to and including ``last``, and ``between`` with a letter (2 a).
    A law without chapters says its last paragraph instead. ``status``: how sure that is."""

    last: int | None = Field(default=None, alias="sista kapitel", ge=1)
    between: tuple[str, ...] = Field(default=(), alias="också")
    last_paragraph: int | None = Field(default=None, alias="sista paragraf", ge=1)
    status: Status

    @model_validator(mode="after")
    def _one_end(self) -> ChaptersEntry:
        if (self.last is None) is (self.last_paragraph is None):
            raise MisfitError(fault("chapters_or_paragraphs"))
        return self


class LawEntry(FileModel):
    """A law as declared: its name, the first and last month it is in force, and where it can be read.

    ``chapters`` are those that it has, None where nobody has entered them: then none is looked for.
    ``texts`` are the words of its provisions, by what follows the law's name in a citation; ``read`` says up
    to which amendment they were read.
    """

    name: str = Field(alias="namn")
    first: MonthText = Field(alias="från")
    last: MonthText | None = Field(default=None, alias="till")
    address: str | None = Field(default=None, alias="adress", pattern=r"^https://\S+$")
    read: str | None = Field(default=None, alias="läst")
    chapters: ChaptersEntry | None = Field(default=None, alias="kapitel")
    texts: dict[str, str] = Field(default_factory=dict, alias="text")

    @model_validator(mode="after")
    def _texts_have_a_source(self) -> LawEntry:
        if self.texts and (self.address is None or self.read is None):
            raise MisfitError(fault("law_without_source"))
        return self


class LawsFile(FileModel):
    """The whole register."""

    laws: dict[str, LawEntry] = Field(alias="lagar")
