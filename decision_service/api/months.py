"""A month in an address, and one that can be told of."""

from __future__ import annotations

from datetime import date

from decision_service.api.problems import FieldFault, ProblemError
from decision_service.application.fields import month_of
from decision_service.reading.typed import typed
from norms.fault import MisfitError, fault
from norms.lookup import Norms
from norms.month import Month


def month_parameter(text: str, parameter: str = "month") -> Month:
    """The month of a parameter. Raises ProblemError, which names the parameter."""
    try:
        return month_of(typed(text))
    except MisfitError as error:
        faults = [FieldFault(each, parameter=parameter) for each in error.faults]
        raise ProblemError("invalid", errors=faults) from None


def of_figures(today: date, norms: Norms) -> tuple[Month, Month]:
    """The first month and the last that there are figures of."""
    return norms.first_month, Month.of(today).plus(-1)


def over(month: Month, today: date, norms: Norms, parameter: str = "manad") -> Month:
    """The month, where it is over: figures that change day by day would tell of the day's few; and where the
    tables know of it: nothing was decided before. Raises ProblemError, which names the parameter."""
    first, last = of_figures(today, norms)
    if month > last:
        wrong = fault("month_not_over", month=month.in_words)
    elif month < first:
        wrong = fault("month_too_early", month=month.in_words, first=first.in_words)
    else:
        return month
    raise ProblemError("invalid", errors=[FieldFault(wrong, parameter)])
