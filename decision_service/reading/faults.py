"""From an input to a model, with every fault at its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from decision_service.reading.strict_json import MOST_FAULTS, InputError
from norms.fault import Fault, fault
from norms.nearest import nearest
from norms.validation import faults_of

Model = TypeVar("Model", bound=BaseModel)


def no_such_rule(name: str, known: Iterable[str]) -> Fault:
    """The fault of a rule's id that no rule has, with the one that was most likely meant."""
    near = nearest(name, known)
    return fault("misspelt_rule", rule=name, near=near) if near else fault("no_rule", rule=name)


def validated(model: type[Model], data: Any) -> Model:
    """The model of some input. Raises InputError with the faults, each with the path of its field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found = faults_of(model, details[:MOST_FAULTS], data)
        if (more := len(details) - MOST_FAULTS) > 0:
            found.append(fault("more_faults", count=more))
        raise InputError(found) from error
