"""What was told of things that could not be read, as people read it."""

from __future__ import annotations

from decision_service.application.adapters import Intake
from decision_service.registers.answers import RegisterAnswers


def sentences(found: Intake | RegisterAnswers) -> tuple[str, ...]:
    """The sentences about what an application or the agencies' answers held and nobody could read."""
    return tuple(each.sentence for each in found.unmapped)
