"""The costs that an application is for, and what the household owns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from decision_service.application.case_file import PersonRole
from decision_service.application.codes import ASSET_NAMES, COST_NAMES, PROPERTY_NAMES, VEHICLE_NAMES
from decision_service.application.form import CostType, OtherSubType
from decision_service.decision.facts.case import CHILD_ROLES, Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.texts import texts
from norms.month import Month
from rules.texts import kronor


def costs(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every cost."""
    for number, cost in enumerate(case.application.costs):
        code = kind_of_cost(case, cost.cost_type, cost.other_sub_type)
        label, owner = (COST_NAMES[code], sort_id(code)) if code else (texts().labels.cost, None)
        draft = Draft("kostnad", f"costs[{number}]", label, owner)
        bound: Sources = {"application.costs[]": Record(draft.id, cost)}
        yield fill(draft, case, base | bound, derivations)


def sort_id(sort: str) -> str:
    """The id among the facts of a sort of cost. An id in a case file has no brackets."""
    return f"costs[{sort}]"


def assets(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Everything owned."""
    for number, asset in enumerate(case.application.assets):
        label = asset.description or ASSET_NAMES.get(asset.asset_category or "", texts().labels.asset)
        draft = Draft("tillgång", f"assets[{number}]", label[:80])
        bound: Sources = {"application.assets[]": Record(draft.id, asset)}
        yield fill(draft, case, base | bound, derivations)


# --- calculations


def kind_of_cost(case: Case, kind: CostType | None, sub: OtherSubType | None) -> str | None:
    """The code of a cost: its type, or the sub-type of an other cost where it has one."""
    if kind is CostType.OTHER and sub is not None:
        return sub.value
    return None if kind is None else kind.value


def approved_before(case: Case, approved: Mapping[CostType, int] | None, kind: CostType | None) -> int | None:
    """What the last decision approved of the same sort. What an ”other” cost was then, it does not say."""
    if approved is None or kind is None or kind is CostType.OTHER:
        return None
    return approved.get(kind)


def was_approved(case: Case, approved: Mapping[CostType, int] | None, kind: CostType | None) -> bool:
    """Whether the last decision approved a cost of the same sort."""
    return approved_before(case, approved, kind) is not None


def lowest_approved(
    case: Case,
    costs: tuple[Mapping[CostType, int], ...],
    months: tuple[str, ...],
    kind: CostType | None,
    back: int,
) -> int | None:
    """The least that was approved of the same sort in some months back."""
    recent = [
        amount
        for each, month in zip(costs, months, strict=True)
        if 1 <= case.month.index - Month.parse(month).index <= back
        and (amount := approved_before(case, each, kind)) is not None
    ]
    return min(recent, default=None)


def months_since_approved(
    case: Case,
    months: tuple[str, ...],
    approved: tuple[Mapping[CostType, int], ...],
    automatic: tuple[bool, ...],
    kind: CostType | None,
    amount: int | None,
) -> int | None:
    """Months since a person approved at least this amount of the sort, where it was approved every month
    since; 0 where none did. What the machine granted meanwhile rests on that answer."""
    if kind is None or kind is CostType.OTHER or amount is None:
        return None
    by_machine = {
        Month.parse(month): machine
        for month, costs, machine in zip(months, approved, automatic, strict=True)
        if costs.get(kind, 0) >= amount
    }
    since = 1
    while by_machine.get(case.month.plus(-since)):
        since += 1
    return since if case.month.plus(-since) in by_machine else 0


def of_another_month(case: Case, month: str | None, paid: date | None) -> bool:
    """Whether the application says that a cost is for another month, or was paid outside this month and the
    one before."""
    for_other = month is not None and Month.parse(month) != case.month
    return for_other or (paid is not None and case.before(paid) not in (0, 1))


def for_a_child(case: Case, person: str | None, ids: tuple[str, ...], roles: tuple[PersonRole, ...]) -> bool:
    """Whether a cost is said to be for one of the children."""
    return any(person == id_ and role in CHILD_ROLES for id_, role in zip(ids, roles, strict=True))


def before_the_last_decision(case: Case, paid: date | None, asked: date | None) -> bool:
    """Whether a day had come when the registers were asked for the last decision; no if it is not known."""
    return paid is not None and asked is not None and paid <= asked


def said_of_an_asset(
    case: Case,
    category: str | None,
    description: str | None,
    vehicle: str | None,
    registration: str | None,
    bought: date | None,
    property_: str | None,
    year: int | None,
    price: int | None,
    company: str | None,
    worth: int | None,
) -> str:
    """All that the application says of something owned, beside its value, as people read it."""
    words = texts().labels
    paid = words.paid.format(pris=kronor(price)) if price is not None else ""
    another = f" ({year})" if bought and year and year != bought.year else ""
    day = words.bought.format(när=f"{bought or year}{another}") if bought or year else ""
    parts = (
        # Without a description the category is what the asset is called.
        ASSET_NAMES.get(category or "", words.no_category) if description or not category else None,
        description,
        VEHICLE_NAMES.get(vehicle or ""),
        registration,
        PROPERTY_NAMES.get(property_ or ""),
        f"{day} {paid}".strip(),
        company,
        words.company.format(belopp=kronor(worth)) if worth is not None else None,
    )
    return ", ".join(part for part in parts if part) or words.nothing_more


COSTS: Mapping[str, Derivation] = {
    "tillgångens_uppgifter": said_of_an_asset,
    "kostnadens_kod": kind_of_cost,
    "godkänt_av_samma_slag": approved_before,
    "godkänd_av_samma_slag": was_approved,
    "lägst_godkänt": lowest_approved,
    "månader_sedan_godkännandet": months_since_approved,
    "annan_månad": of_another_month,
    "dag_före_förra_beslutet": before_the_last_decision,
    "för_ett_barn": for_a_child,
}
