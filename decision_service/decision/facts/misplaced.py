"""What stands where it cannot belong: nothing can be made of it, and a person is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from decision_service.application.form import CostType
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.written import is_abroad
from decision_service.reading.place import Place, whole
from decision_service.reading.postal_code import is_postal_code
from decision_service.registers.answers import Agency


def misplaced(case: Case) -> Iterator[str]:
    """A sentence about each value that is about nobody here, or that no such row or person can have."""
    yield from _about_nobody(case)
    yield from _of_another_sort(case)
    yield from _not_yet(case)
    yield from _no_postal_code(case)
    yield from _about_no_place(case)


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
    """Days of earlier decisions and plans that had not come when the registers were asked."""
    for number, month in enumerate(case.file.history):
        if month.asked is not None and month.asked > case.asked:
            yield f"history[{number}].asked: dagen är senare än den då registren nu har tillfrågats."
    for number, activity in enumerate(case.file.activity):
        decided = activity.plan.decided if activity.plan is not None else None
        if decided is not None and case.asked < decided < case.month.first:  # a rule asks about later ones
            yield f"activity[{number}].plan.decided: dagen är senare än den då planeringen lämnades ut."


def _no_postal_code(case: Case) -> Iterator[str]:
    """Postal codes that are not Swedish, and towns abroad: somebody may live in another country."""
    homes = {"application.address": case.application.address}
    homes |= {f"{case.place(each)}.address": each.address for each in case.file.people}
    for place, home in homes.items():
        if home is not None and home.postal_code and not is_postal_code(home.postal_code):
            said = whole(home.postal_code)
            yield f"{place}.postalCode: ”{said}” är inget svenskt postnummer. Bor personen i Sverige?"
        elif home is not None and home.city and is_abroad(home.city):
            yield f"{place}.city: ”{whole(home.city)}” ligger inte i Sverige. Bor personen här?"


def _about_no_place(case: Case) -> Iterator[str]:
    """What an official has added or the municipality has taken for granted, where there is no such place."""
    named = {f"added[{number}].place": each.place for number, each in enumerate(case.file.added)}
    named |= {f"assumed[{number}].field": each.field for number, each in enumerate(case.file.assumed)}
    for where, place in named.items():
        if not _is_there(case, place):
            yield f"{where}: ”{whole(place)}” finns inte i ärendet."


def _is_there(case: Case, place: str) -> bool:
    """Whether a place such as ``costs[0]`` or ``people[1].lunch_away`` is in the application or the case."""
    found: Any = case.file if place.startswith("people[") else case.application
    for step in place.split("."):
        name, _, at = step.partition("[")
        fields = type(found).model_fields.items() if isinstance(found, BaseModel) else ()
        named = next((own for own, field in fields if name == (field.alias or own)), None)
        if named is None:
            return False
        found = getattr(found, named)
        if at:
            number = at.removesuffix("]")
            if not (isinstance(found, list) and number.isdecimal() and int(number) < len(found)):
                return False
            found = found[int(number)]
    return True
