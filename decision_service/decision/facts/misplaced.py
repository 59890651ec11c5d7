"""What stands where it cannot belong: nothing can be made of it, and a person is told of it."""

from __future__ import annotations

from collections.abc import Iterator

from decision_service.application.form import CostType
from decision_service.decision.facts.case import Case
from decision_service.reading.place import Place
from decision_service.registers.answers import Agency


def misplaced(case: Case) -> Iterator[str]:
    """A sentence about each value that is about nobody here, or that no such row or person can have."""
    yield from _about_nobody(case)
    yield from _of_another_sort(case)
    yield from _not_yet(case)


def _about_nobody(case: Case) -> Iterator[str]:
    """Answers of registers, plans, other applications and payments shown that are about nobody here."""
    file = case.file
    adults, everybody = {each.id for each in case.adults}, {each.id for each in file.people}
    for name, answers in file.registers.items():
        if name not in {*adults, *Agency} and Place(answers).given:
            yield f"registers.{name}: svaret hör inte till någon vuxen i ärendet."
    for number, activity in enumerate(file.activity):
        if activity.person not in adults:
            yield f"activity[{number}]: gäller ingen vuxen i ärendet."
    for number, other in enumerate(file.others):
        if other.person not in everybody:
            yield f"others[{number}]: gäller ingen i ärendet."
    for number, shown in enumerate(file.shown):
        if shown.person not in adults:
            yield f"shown[{number}]: gäller ingen vuxen i ärendet."


def _of_another_sort(case: Case) -> Iterator[str]:
    """The sub-type of a cost that has none, and what is said of an adult and can only be of a child."""
    for number, cost in enumerate(case.application.costs):
        if cost.other_sub_type is not None and cost.cost_type is not CostType.OTHER:
            yield f"costs[{number}].otherSubType: bara en övrig kostnad har ett underslag."
    for adult in case.adults:
        place = case.place(adult)
        if adult.days_in_home is not None and adult.days_in_home < case.month.days:
            yield f"{place}.days_in_home: en vuxen är hemma bara {adult.days_in_home} dagar."
        if adult.in_school:
            yield f"{place}.in_school: en vuxen sägs gå i skolan."
        if adult.lunch_away:
            yield f"{place}.lunch_away: en vuxen sägs äta lunch i förskolan eller skolan."


def _not_yet(case: Case) -> Iterator[str]:
    """The day on which an earlier decision asked the registers, later than they are asked now."""
    for number, month in enumerate(case.file.history):
        if month.asked is not None and month.asked > case.asked:
            yield f"history[{number}].asked: dagen är senare än den då registren nu har tillfrågats."
