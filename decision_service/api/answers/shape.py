"""What all answers share: a model, a page of them, a whole list."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Status = dict[int | str, dict[str, Any]]


def answers(model: type[BaseModel], status: int = 200, description: str = "") -> Status:
    """``responses`` of a route that answers with a model."""
    return {status: {"model": model, "description": description or "Svaret"}}


class Answer(BaseModel):
    """Ett svar, eller en del av ett: bara de fält som står här."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Answer, Generic[Item]):
    """En sida av en lista."""

    items: list[Item]
    next: str | None = Field(description="Adressen till nästa sida, null på den sista")


class Items(Answer, Generic[Item]):
    """En hel lista."""

    items: list[Item]
