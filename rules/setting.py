"""A municipality's own choices where the law leaves one: values of terms whose source is a setting."""

from __future__ import annotations

from dataclasses import dataclass

from norms.status import Status
from rules.facts import Known
from rules.laws import Span


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a setting in a municipality for a span of months."""

    municipality: str
    path: str
    value: Known
    span: Span
    source: str
    status: Status


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A municipality stands for a rule that the national file has not verified."""

    municipality: str
    rule: str
    span: Span
    source: str
