"""How far into the month whose incomes are counted the registers were asked, and what was still to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation


def day_asked(case: Case, as_of: datetime | None, received: datetime) -> int:
    """The day of the month before on which the registers were asked: 32 and more when it was over."""
    return (case.asked - case.control.first).days + 1


def date_asked(case: Case, as_of: datetime | None, received: datetime) -> date:
    """The day in Sweden that the registers were asked."""
    return case.asked


def weeks_gone(case: Case, as_of: datetime | None, received: datetime) -> int:
    """Whole weeks of the month before that had gone when the registers were asked, at most four."""
    return max(0, min(4, (case.asked - case.control.first).days // 7))


def counted(case: Case, benefit: str, net: int, day: date) -> bool:
    """Whether an announced payment is counted among the incomes."""
    return any(
        (each.benefit, each.net, each.paid) == (benefit, net, day)
        for person in case.adults
        for each in case.announced(person)
    )


def day_paid_before(case: Case, days: Any, counted: Any) -> int:
    """The last day of its month on which a register paid two months before, as it says now or as the last
    decision counted it; 0 where none did."""
    then = [*days, *(each.paid for each in counted)]
    return max((day.day for day in then if case.before(day) == 2), default=0)


CONTROL_MONTH: Mapping[str, Derivation] = {
    "kontrollmånadens_dag": day_asked,
    "dagen_registren_tillfrågades": date_asked,
    "veckor_som_gått": weeks_gone,
    "räknas_som_aviserad": counted,
    "utbetald_dag_förut": day_paid_before,
}
