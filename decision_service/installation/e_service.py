"""One form of an e-service: what it never asks and what the municipality's board has decided to take it as,
and whether the people's identities come beside it.

Only what the board may say for everybody can be declared. Money, signatures and the month are the
applicant's own to say.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from decision_service.application.adapters import ADAPTERS
from decision_service.application.declared import Declared
from decision_service.application.form import NormType
from decision_service.installation.values import Day, Words
from norms.fault import MisfitError, fault
from norms.month import day_in_words
from norms.validation import not_one_of
from rules.schema import FileModel, YesNo


class Board(FileModel):
    """A decision of the municipality's board: how to cite it, and the day it was made."""

    citation: Words = Field(alias="beteckning")
    day: Day = Field(alias="dag")

    @property
    def in_words(self) -> str:
        """``Socialnämndens beslut § 87 den 14 september 2026``."""
        return f"{self.citation} den {day_in_words(self.day)}"


class OfTheApplication(FileModel):
    """Answers that hold for a whole application, by their names in the canonical application."""

    norm_type: Annotated[list[NormType], BeforeValidator(lambda one: [one])] | None = Field(
        default=None, alias="normType"
    )
    stays_in_municipality: YesNo | None = Field(default=None, alias="staysInMunicipality")
    has_pending_benefits: YesNo | None = Field(default=None, alias="hasPendingBenefits")
    has_children_under21: YesNo | None = Field(default=None, alias="hasChildrenUnder21")
    housing_changed: YesNo | None = Field(default=None, alias="housingChanged")
    children_residence_changed: YesNo | None = Field(default=None, alias="childrenResidenceChanged")
    sublet_approved: YesNo | None = Field(default=None, alias="subletApproved")


class OfAnAdult(FileModel):
    """Answers that hold for each adult."""

    payment_same_as_previous: YesNo | None = Field(default=None, alias="paymentSameAsPrevious")


class OfAChild(FileModel):
    """Answers that hold for each child: as people of the case, and in the application."""

    lunch_away: YesNo | None = None


class NeverAsked(FileModel):
    """What a form never asks, each with the answer that it is taken as."""

    application: OfTheApplication = Field(default_factory=OfTheApplication, alias="ansökan")
    adults: OfAnAdult = Field(default_factory=OfAnAdult, alias="vuxen")
    children: OfAChild = Field(default_factory=OfAChild, alias="barn")


class EService(FileModel):
    """How a form is completed. ``beside``: the people's identities come beside it."""

    board: Board | None = Field(default=None, alias="beslut")
    never_asked: NeverAsked = Field(default_factory=NeverAsked, alias="frågar aldrig")
    beside: YesNo = Field(default=False, alias="identiteter bredvid")

    @model_validator(mode="after")
    def _decided(self) -> EService:
        if self.board is None and any(self._answers().values()):
            raise MisfitError(fault("no_board_decision", "beslut"))
        return self

    def _answers(self) -> dict[str, dict[str, Any]]:
        return self.never_asked.model_dump(exclude_none=True)

    def declared(self, day: date) -> Declared:
        """What holds for an application that comes on a day: nothing is taken for granted before the board
        decided that it may be."""
        if self.board is None or day < self.board.day:
            return Declared(beside=self.beside)
        return Declared(**self._answers(), decision=self.board.in_words, beside=self.beside)


def known_form(name: str) -> str:
    """The name of a form that can be read. Raises MisfitError."""
    if name not in ADAPTERS:
        raise MisfitError(not_one_of(name, ADAPTERS))
    return name
