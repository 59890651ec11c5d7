"""From an input to a model, with every fault at its place."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from decision_service.reading.strict_json import InputError
from norms.validation import faults_of

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], data: Any) -> Model:
    """The model of some input. Raises InputError with every fault, each with the path of its field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(faults_of(model, error.errors(include_url=False), data)) from error
