"""What each event of a case is called in the log: ``purposes.yaml``, checked against the events there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from decision_service.application.outcome import Outcome
from decision_service.decision.document import CorrectionKind
from decision_service.log.events import Action, Answering, CompletionEvent, Handover, ReviewFinding
from norms import document
from rules.schema import FileModel, OfEach, validate

FILE = Path(__file__).with_name("purposes.yaml")
Word = Annotated[str, StringConstraints(min_length=1)]


class Purposes(FileModel):
    """The file."""

    received: Word = Field(alias="ansökan kom")
    facts: Word = Field(alias="uppgifter")
    assessed: Word = Field(alias="prövning")
    assessed_as: Mapping[Outcome, Word] = Field(alias="prövning av")
    decided: Word = Field(alias="beslut")
    corrected: OfEach[CorrectionKind, Word] = Field(alias="beslut som ändrar")
    override: Word = Field(alias="annat beslut")
    payment: Word = Field(alias="betalning")
    letter: Word = Field(alias="brev")
    completion: OfEach[CompletionEvent, Word] = Field(alias="komplettering")
    document: Word = Field(alias="dokument")
    communication: OfEach[CompletionEvent, Word] = Field(alias="kommunicering")
    answering: OfEach[Answering, Word] = Field(alias="svar")
    waits: Word = Field(alias="väntan")
    handover: OfEach[Handover, Word] = Field(alias="till en handläggare")
    deadline_near: Word = Field(alias="fristen närmar sig")
    deadline_passed: Word = Field(alias="fristen är ute")
    findings: OfEach[ReviewFinding, Word] = Field(alias="granskat")
    actions: OfEach[Action, Word] = Field(alias="handläggning")
    plan: Word = Field(alias="planering och närvaro")
    planned: Word = Field(alias="planering")
    history: Word = Field(alias="tidigare beslut")
    withdrawn: Word = Field(alias="återkallad")
    written_off: Word = Field(alias="avskriven")
    vouched: Word = Field(alias="loggen svarar")
    draft_approved: Word = Field(alias="utkast godkänt")
    draft_not_approved: Word = Field(alias="utkast inte godkänt")
    release: Word = Field(alias="ny regelversion")


@cache
def purposes() -> Purposes:
    """The words. Raises FindingsError with every fault of the file."""
    return validate(Purposes, document.read(FILE))
