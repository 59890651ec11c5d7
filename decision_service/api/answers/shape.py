"""What all answers share: a model, a page of them, a whole list."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from decision_service.reading.strict_json import Opaque

Item = TypeVar("Item")
Description = dict[str, Opaque]
"""A part of a description of the API, whose form is OpenAPI's own."""
Status = dict[int | str, Description]


def answers(model: type[BaseModel], status: int = 200, description: str = "") -> Status:
    """``responses`` of a route that answers with a model."""
    return {status: {"model": model, "description": description or "Svaret"}}


class ResponseModel(BaseModel):
    """Ett svar, eller en del av ett: bara de fält som står här."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(ResponseModel, Generic[Item]):
    """En sida av en lista."""

    items: list[Item]
    next: str | None = Field(description="Adressen till nästa sida, null på den sista")


class Items(ResponseModel, Generic[Item]):
    """En hel lista."""

    items: list[Item]
