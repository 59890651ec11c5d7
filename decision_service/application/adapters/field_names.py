"""What a field of the canonical application is called in the form that was sent."""

from __future__ import annotations

from collections.abc import Iterator

from decision_service.application.adapters.mitt_helsingborg.forms import forms
from decision_service.application.adapters.sundsvall import FIELDS, LISTS


def fields_of(adapter: str, field: str) -> Iterator[str]:
    """The form's own names of a field such as ``persons.signed``; none for what it never asks."""
    part, _, inner = field.partition(".")
    if adapter == "mitt-helsingborg-v1":
        yield from (name for name, row in forms().rows.items() if row.becomes == field)
    elif adapter == "sundsvall-v1":
        if field in FIELDS or (part in LISTS and (not inner or inner in LISTS[part][1])):
            yield f"data.{field}"
    else:
        yield field if part == "people" else f"application.{field}"
