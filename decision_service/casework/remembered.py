"""What later months need to know of a decision, and how it is told in a later case."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from decision_service.application.form import CostType
from decision_service.application.kept import (
    ContentJson,
    FormJson,
    MonthJson,
    PaymentDecidedJson,
    PersonJson,
    RememberedJson,
)
from decision_service.decision.document import CalculatedLine, Decision, SeenIncome
from decision_service.reading.kronor import as_kronor
from norms.month import Month

_ADULTS = ("APPLICANT", "CO_APPLICANT")


def with_ids_here(remembered: RememberedJson, people: Sequence[PersonJson]) -> MonthJson:
    """A month as it is remembered, with the people of this case by their ids here."""
    ids: dict[str, str] = {identity(person): person["id"] for person in people}

    def named(who: str) -> str:
        return ids.get(who, f"tidigare-{hashlib.sha256(who.encode()).hexdigest()[:12]}")

    found = remembered.copy()
    found.pop("causes", None)
    if (people_then := remembered.get("people")) is not None:
        found["people"] = sorted(named(who) for who in people_then)
    if (payments := remembered.get("payments")) is not None:
        found["payments"] = [{**each, "person": named(each["person"])} for each in payments]
    own = remembered.get("children_own_income") or {}
    found["children_own_income"] = {named(who): amount for who, amount in own.items()}
    return found


def identity(person: PersonJson) -> str:
    """Who somebody is, in any case: the personal number, or else the role and what names them."""
    if number := person.get("personal_number"):
        return str(number)
    return "|".join(str(person.get(name)) for name in ("role", "born", "first_name"))


def remember(
    decision: Decision, seen: Sequence[SeenIncome] | None, content: ContentJson, asked: date | None = None
) -> RememberedJson:
    """What later months need to know of a decision: ``MonthDecided`` with people by their identity.

    ``seen`` are the incomes that the assessment saw, None where the machine never looked; ``content`` is the
    application as it was decided, ``asked`` the day that the registers were asked. What a person decided
    otherwise than the machine calculated says nothing of which costs were approved, and where the machine
    never looked not even of whom: then the rules ask.
    """
    form, people = content["application"], content["people"]
    who = {person["id"]: identity(person) for person in people}
    calculation = decision.calculation
    lines: Sequence[CalculatedLine] = ()
    surplus: int | None = None
    if calculation and calculation.result is not None and decision.granted == calculation.by_the_lines:
        lines, surplus = calculation.lines, max(0, calculation.result)
    children = {person["id"] for person in people if person["role"] not in _ADULTS}
    incomes, own = _declared(seen or (), form, children)
    costs, cost_rows = _approved(lines, form)
    return {
        "causes": {
            **{who[each["id"]]: None for each in people if each["role"] in _ADULTS},
            **{who[each.person]: each.cause for each in decision.causes},
        },
        "month": decision.month,
        "outcome": decision.outcome.value,
        "amount": as_kronor(decision.granted),
        "automatic": decision.automatic,
        "asked": None if asked is None else asked.isoformat(),
        "costs": _in_kronor(costs),
        "cost_rows": dict(cost_rows),
        "incomes": _in_kronor(incomes),
        "payments": _taken_up(decision, seen, who),
        "surplus": None if surplus is None else as_kronor(surplus),
        "marital_status": form.get("maritalStatus"),
        "people": sorted(who.values()) if seen is not None else None,
        "housing_person_count": form.get("housingPersonCount"),
        "children_own_income": {who[child]: amount for child, amount in _in_kronor(own).items()},
    }


def _approved(lines: Iterable[CalculatedLine], form: FormJson) -> tuple[Counter[str], Counter[str]]:
    """What was approved of each sort of cost, in öre, and for how many rows of the application. What an
    ”other” cost was, a later month cannot tell."""
    approved: Counter[str] = Counter()
    rows: dict[str, set[str | None]] = {}
    for line in lines:
        place = _place("costs", line.subject)
        sort = form["costs"][place].get("costType") if place is not None else None
        if sort not in (None, CostType.OTHER):
            approved[sort] += line.amount
            rows.setdefault(sort, set()).add(line.subject)
    return approved, Counter({sort: len(places) for sort, places in rows.items()})


def _taken_up(
    decision: Decision, seen: Sequence[SeenIncome] | None, who: Mapping[str, str]
) -> list[PaymentDecidedJson] | None:
    """The payments of registers that a decision's calculation has a line for; None where there is none."""
    if decision.calculation is None or seen is None:
        return None
    lines = {line.subject for line in decision.calculation.lines}
    paid = [(each, each.payment) for each in seen if not each.declared and each.id in lines]
    return [
        {
            "person": who[payment.person],
            "benefit": payment.benefit,
            "paid": payment.paid.isoformat(),
            "amount": as_kronor(payment.amount),
            "month": str(Month.parse(decision.month).plus(-(income.months_before or 0))),
        }
        for income, payment in paid
    ]


def _declared(
    seen: Iterable[SeenIncome], form: FormJson, children: set[str]
) -> tuple[Counter[str], Counter[str]]:
    """What each sort of income was that the adults declared for the month before, and what each child earned,
    in öre: the incomes that an assessment looks at."""
    incomes: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for each in seen:
        place = _place("incomes", each.id)
        sort = form["incomes"][place].get("incomeType") if place is not None else None
        if sort is None or each.amount is None or each.months_before != 1:
            continue
        if each.owner in children:
            own[each.owner] += each.amount
        else:
            incomes[sort] += each.amount
    return incomes, own


def _place(part: str, subject: str | None) -> int | None:
    """The number of the row that an id such as ``costs[0]`` names; None for what is no row of the part."""
    found = re.fullmatch(rf"{part}\[(\d+)\]", subject or "")
    return int(found[1]) if found is not None else None


def _in_kronor(amounts: Counter[str]) -> dict[str, str]:
    return {name: as_kronor(amount) for name, amount in amounts.items()}
