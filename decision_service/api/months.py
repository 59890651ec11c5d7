"""A month in an address."""

from __future__ import annotations

from decision_service.api.problems import FieldFault, ProblemError
from decision_service.application.fields import month_of
from norms.fault import MisfitError
from norms.month import Month


def month_parameter(text: str) -> Month:
    """The month of the parameter ``month``. Raises ProblemError."""
    try:
        return month_of(text)
    except MisfitError as error:
        faults = [FieldFault(each, parameter="month") for each in error.faults]
        raise ProblemError("invalid", errors=faults) from None
