"""Drafts of rules and amounts, and what has been published."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from decision_service.api.answers.shape import ResponseModel
from decision_service.lawmaking.findings import Checked


class BriefDraft(ResponseModel):
    """Ett utkast på en rad."""

    id: str
    version: int
    state: str = Field(description="öppet, publicerat eller nedlagt")
    purpose: str
    owner: str
    changed_at: datetime
    changed: int = Field(description="Hur många filer som är ändrade")
    checked: bool = Field(description="Om utkastet är kontrollerat som det är nu")
    findings: int = Field(description="Hur många fynd kontrollen har gjort")
    approved_by: str | None


class FileInDraft(ResponseModel):
    """En fil i ett utkast."""

    name: str
    way: Literal["ny", "ändrad", "borttagen"] | None = Field(description="null: som den var")
    yours: bool = Field(description="Om kommunen får ändra den")


class WholeDraft(BriefDraft):
    """Ett utkast och vad kontrollen säger om det."""

    municipality: str
    reason: str = Field(description="Skälet till att det som redan har gällt rättas")
    base: int = Field(description="Numret på publiceringen som utkastet utgår från")
    behind: bool = Field(description="Om något annat har publicerats sedan dess")
    editors: list[str]
    created_at: datetime
    check: Checked | None = Field(description="null så länge kontrollen inte är gjord")
    files: list[FileInDraft]


class TextInDraft(ResponseModel):
    """En fils text, och texten före utkastet."""

    name: str
    content: str | None = Field(description="null: utkastet tar bort filen")
    before: str | None = Field(description="null: filen är ny")


class Publication(ResponseModel):
    """En regelversion som gäller eller har gällt."""

    number: int
    release: str
    base: str | None = Field(description="Regelversionen före")
    first: str | None = Field(description="Första månaden den gäller; null: alla månader")
    published_at: datetime
    draft: str | None = Field(description="Utkastet; null för programmets egna regler")
    purpose: str
    reason: str
    owner: str
    approved_by: str
    published_by: str
