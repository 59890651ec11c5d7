"""A month in an address, and one that can be told of."""

from __future__ import annotations

from datetime import date

from decision_service.api.problems import FieldFault, ProblemError
from decision_service.application.fields import month_of
from norms.fault import MisfitError, fault
from norms.month import Month


def month_parameter(text: str) -> Month:
    """The month of the parameter ``month``. Raises ProblemError."""
    try:
        return month_of(text)
    except MisfitError as error:
        faults = [FieldFault(each, parameter="month") for each in error.faults]
        raise ProblemError("invalid", errors=faults) from None


def over(month: Month, today: date) -> Month:
    """The month, where it is over: figures that change day by day would tell of the day's few. Raises
    ProblemError."""
    if month.last >= today:
        raise ProblemError(
            "invalid", errors=[FieldFault(fault("month_not_over", month=month.in_words), "manad")]
        )
    return month
