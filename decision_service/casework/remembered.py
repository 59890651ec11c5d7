"""What later months need to know of a decision, and how it is told in a later case."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from decision_service.application.case_file import CaseFile
from decision_service.application.form import CostType, Income, IncomeType
from decision_service.reading.kronor import as_kronor
from norms.month import Month
from rules.rule import Section

Json = dict[str, Any]
_ADULTS = ("APPLICANT", "CO_APPLICANT")


def with_ids_here(remembered: Json, people: list[Json]) -> Json:
    """A month as it is remembered, with the people of this case by their ids here."""
    ids: dict[str, str] = {identity(person): person["id"] for person in people}

    def named(who: str) -> str:
        return ids.get(who, f"tidigare-{hashlib.sha256(who.encode()).hexdigest()[:12]}")

    found = dict(remembered)
    if remembered.get("people") is not None:
        found["people"] = sorted(named(who) for who in remembered["people"])
    own = remembered.get("children_own_income") or {}
    found["children_own_income"] = {named(who): amount for who, amount in own.items()}
    return found


def identity(person: Json) -> str:
    """Who somebody is, in any case: the personal number, or else the role and what names them."""
    if number := person.get("personal_number"):
        return str(number)
    return "|".join(str(person.get(name)) for name in ("role", "born", "first_name"))


def remember(decision: Json, case: CaseFile, *, granted: int, evaluated: bool) -> Json:
    """What later months need to know of a decision: ``MonthDecided`` with people by their identity.

    What a person decided otherwise than the machine calculated says nothing of which costs were approved, and
    where the machine calculated nothing not even of whom: then the rules ask.
    """
    people = [person.model_dump(mode="json", by_alias=True) for person in case.people]
    who = {person["id"]: identity(person) for person in people}
    children = {person["id"] for person in people if person["role"] not in _ADULTS}
    costs, incomes, own = _counted(decision, case, children)
    result = decision["calculation"].get("result")
    if result is None or granted != max(0, -result):
        costs, result = {}, None
    form = case.application
    return {
        "month": decision["month"],
        "outcome": decision["outcome"],
        "amount": as_kronor(granted),
        "costs": {name: as_kronor(amount) for name, amount in costs.items()},
        "incomes": {name: as_kronor(amount) for name, amount in incomes.items()},
        "surplus": None if result is None else as_kronor(max(0, result)),
        "marital_status": form.marital_status.value if form.marital_status is not None else None,
        "people": sorted(who.values()) if evaluated else None,
        "housing_person_count": form.housing_person_count,
        "children_own_income": {who[child]: as_kronor(amount) for child, amount in own.items()},
    }


_COST = re.compile(r"costs\[(\d+)\]")
"""How a line names the cost of the application that it is about."""


def _counted(
    document: Json, case: CaseFile, children: set[str]
) -> tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int]]:
    """What was approved of each sort of cost, and what each sort of income was, in öre: the incomes of the
    month before, which are those that a decision counts."""
    approved: dict[str, int] = {}
    for line in document["calculation"]["lines"]:
        subject = line.get("subject") or ""
        place = _COST.fullmatch(subject)
        if line["kind"] in (Section.COST, Section.OTHER_COST) and place is not None:
            cost = case.application.costs[int(place[1])]
            if cost.cost_type not in (None, CostType.OTHER):
                name = str(cost.cost_type)
                approved[name] = approved.get(name, 0) + line["amount"]
    incomes: dict[str, int] = {}
    own: dict[str, int] = {}
    before = Month.parse(document["month"]).plus(-1)
    for income in case.application.incomes:
        if income.income_type is None or income.amount is None or _of_month(income) != before:
            continue
        if income.recipient in children:
            own[str(income.recipient)] = own.get(str(income.recipient), 0) + income.amount
        else:
            name = IncomeType(income.income_type).value
            incomes[name] = incomes.get(name, 0) + income.amount
    return approved, incomes, own


def _of_month(income: Income) -> Month | None:
    """The month an income was paid, or None where the application does not say: then none was counted."""
    if income.income_date is not None:
        return Month.of(income.income_date)
    return Month.parse(income.month) if income.month is not None else None
