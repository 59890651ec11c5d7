"""What whoever drafts can do with a draft, a step at a time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel
from sqlmodel import Session

from decision_service.application.fields import Part
from decision_service.casework.office import Office
from decision_service.lawmaking import drafts
from decision_service.lawmaking.checking import check_again, content_of
from decision_service.lawmaking.confirming import (
    ConfirmAmount,
    ConfirmRule,
    amount_confirmed,
    rule_confirmed,
)
from decision_service.lawmaking.drafts import Purpose
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import DraftRow
from norms.fault import fault, shown
from norms.validation import not_one_of


class Write(Part):
    """The new text of a file; none takes it away."""

    step: Literal["write"]
    name: Annotated[str, Field(max_length=200)]
    content: str | None


class Describe(Part):
    """What the draft is for, and why it corrects what has been."""

    step: Literal["describe"]
    purpose: Purpose
    reason: Annotated[str, Field(max_length=4000)] = ""


class MoveToPresent(Part):
    """The draft is to start from what is in force now."""

    step: Literal["move"]


class CheckAgain(Part):
    """A check that did not come to its end is made anew."""

    step: Literal["check_again"]


class PutAway(Part):
    """Nobody works on the draft any more."""

    step: Literal["put_away"]


class DraftStep(
    RootModel[Write | Describe | MoveToPresent | CheckAgain | PutAway | ConfirmRule | ConfirmAmount]
):
    """One of the steps."""


_STEPS: dict[str, type[Part]] = {
    "write": Write,
    "describe": Describe,
    "move": MoveToPresent,
    "check_again": CheckAgain,
    "put_away": PutAway,
    "confirm_rule": ConfirmRule,
    "confirm_amount": ConfirmAmount,
}


def step_of(data: Any) -> Part:
    """The step that an input asks for. Raises InputError."""
    if not isinstance(data, dict):
        raise InputError([fault("not_object", found=shown(data))])
    name = data.get("step")
    if not isinstance(name, str):
        raise InputError([fault("missing", "step")])
    if name not in _STEPS:
        raise InputError([not_one_of(name, _STEPS, "step")])
    return validated(_STEPS[name], data)


def take(office: Office, session: Session, row: DraftRow, step: Part, who: str) -> None:
    """Take a step with a locked draft. Raises InputError and ConflictError, as the steps do."""
    match step:
        case Write():
            drafts.save(office, session, row, {step.name: step.content}, who)
        case Describe():
            drafts.describe(office, row, step.purpose, step.reason, who)
        case MoveToPresent():
            drafts.move(office, session, row, who)
        case CheckAgain():
            check_again(office, row)
        case PutAway():
            drafts.put_away(office, row, who)
        case ConfirmRule():
            name = office.municipality(row.tenant).name
            files = content_of(session, row)[1].law
            drafts.save(office, session, row, rule_confirmed(files, row.tenant, name, step), who)
        case ConfirmAmount():
            drafts.save(office, session, row, amount_confirmed(content_of(session, row)[1].law, step), who)
        case _:
            raise TypeError(f"{type(step).__name__} is no step with a draft.")
    session.add(row)
