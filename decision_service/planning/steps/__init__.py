"""Every step that can be taken with a participant: what it says, and what the participation is after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import RootModel

from decision_service.planning.steps.enrolment import (
    Details,
    ExitStep,
    Meeting,
    PlanningWeekStep,
    Responsible,
    Return,
)
from decision_service.planning.steps.following import (
    BreachStep,
    Contact,
    FollowUpStep,
    HandedOver,
    Mended,
    SelfAssessmentStep,
    StepForwardStep,
)
from decision_service.planning.steps.planning import (
    ActivityEnds,
    AnswerStep,
    Assign,
    CircumstanceEnded,
    CircumstanceStep,
    MainTrack,
    PlanStep,
    SideTrackStep,
)
from decision_service.planning.steps.step import StepTaken, Today
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from norms.fault import fault, shown
from norms.validation import not_one_of


class PlanningStep(
    RootModel[
        Meeting
        | PlanningWeekStep
        | Responsible
        | Details
        | PlanStep
        | Assign
        | AnswerStep
        | ActivityEnds
        | CircumstanceStep
        | CircumstanceEnded
        | SideTrackStep
        | MainTrack
        | FollowUpStep
        | SelfAssessmentStep
        | StepForwardStep
        | BreachStep
        | Contact
        | Mended
        | HandedOver
        | ExitStep
        | Return
    ]
):
    """One step with a participant, whichever it is: ``step`` says which."""


STEPS: Mapping[str, type[StepTaken]] = {
    each.model_fields["step"].annotation.__args__[0]: each  # type: ignore[union-attr]
    for each in (
        Meeting,
        PlanningWeekStep,
        Responsible,
        Details,
        PlanStep,
        Assign,
        AnswerStep,
        ActivityEnds,
        CircumstanceStep,
        CircumstanceEnded,
        SideTrackStep,
        MainTrack,
        FollowUpStep,
        SelfAssessmentStep,
        StepForwardStep,
        BreachStep,
        Contact,
        Mended,
        HandedOver,
        ExitStep,
        Return,
    )
}
"""The steps by name."""


def step_of(data: Any) -> StepTaken:
    """The step that some input says. Raises InputError."""
    if not isinstance(data, dict):
        raise InputError([fault("not_object", found=shown(data))])
    name = data.get("step")
    if not isinstance(name, str):
        raise InputError([fault("missing", "step")])
    if name not in STEPS:
        raise InputError([not_one_of(name, STEPS, "step")])
    return validated(STEPS[name], data)


__all__ = ["STEPS", "PlanningStep", "StepTaken", "Today", "step_of"]
