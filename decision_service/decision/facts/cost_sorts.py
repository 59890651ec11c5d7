"""Costs sort by sort: what the application is for, beside what the last decision approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from decision_service.application.codes import COST_NAMES
from decision_service.application.form import Cost, CostType, OtherSubType
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.costs import kind_of_cost, sort_id
from decision_service.decision.facts.sources import Record, Sources


def cost_sorts(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Each sort of cost that is applied for or was approved."""
    found: dict[str, list[Record]] = {}
    for number, cost in enumerate(case.application.costs):
        if (sort := sort_of(case, cost)) is not None:
            found.setdefault(sort, []).append(Record(f"costs[{number}]", cost))
    last = case.last
    for kind in {} if last is None else last.costs:
        if kind is not CostType.OTHER:
            found.setdefault(kind.value, [])
    for sort, rows in found.items():
        before = None if last is None else {kind: each for kind, each in last.costs.items() if kind == sort}
        count = None if last is None else next((n for k, n in last.cost_rows.items() if k == sort), None)
        place = "" if last is None else f"history[{case.file.history.index(last)}]"
        bound: Sources = {
            "application.costs[]": tuple(rows),
            "history[senaste].costs": None if before is None else Record(f"{place}.costs", before),
            "history[senaste].cost_rows": None if count is None else Record(f"{place}.cost_rows", count),
        }
        draft = Draft("kostnadslag", sort_id(sort), COST_NAMES[sort])
        yield fill(draft, case, base | bound, derivations)


def sort_of(case: Case, cost: Cost) -> str | None:
    """The code of the sort that a cost is of, or None when the application does not say."""
    return kind_of_cost(case, cost.cost_type, cost.other_sub_type)


# --- calculations


def code_of_sort(
    case: Case,
    kinds: tuple[CostType | None, ...],
    subs: tuple[OtherSubType | None, ...],
    approved: Mapping[CostType, int] | None,
) -> str | None:
    """The code of a sort, by its first row or by what was approved."""
    if kinds:
        return kind_of_cost(case, kinds[0], subs[0])
    return next((kind.value for kind in approved or {}), None)


def approved_together(case: Case, approved: Mapping[CostType, int] | None) -> int:
    """What the last decision approved of a sort. Where nothing was decided nothing was approved."""
    return sum((approved or {}).values())


def approved_rows(case: Case, count: int | None) -> int | None:
    """How many costs of a sort the last decision approved."""
    return count


def equal_rows(
    case: Case,
    amounts: tuple[int | None, ...],
    days: tuple[date | None, ...],
    months: tuple[str | None, ...],
    people: tuple[str | None, ...],
) -> int:
    """How many rows say the same as another row."""
    counted = Counter(zip(amounts, days, months, people, strict=True))
    return sum(count for count in counted.values() if count > 1)


def most_equal_rows(
    case: Case,
    amounts: tuple[int | None, ...],
    days: tuple[date | None, ...],
    months: tuple[str | None, ...],
    people: tuple[str | None, ...],
) -> int:
    """The most rows that say the same as each other."""
    return max(Counter(zip(amounts, days, months, people, strict=True)).values(), default=0)


def all_filled_in(case: Case, values: tuple[date | None, ...]) -> bool:
    """Whether every row has the field filled in."""
    return all(value is not None for value in values)


def rows_of_one(case: Case, people: tuple[str | None, ...], ids: Any, roles: Any) -> int:
    """The most rows that are said to be for one and the same person, by id or by role."""
    by_role = {role.value: id_ for id_, role in zip(ids, roles, strict=True)}
    named = (by_role.get(each, each) for each in people if each is not None)
    return max(Counter(named).values(), default=0)


COST_SORTS: Mapping[str, Derivation] = {
    "kostnadslagets_kod": code_of_sort,
    "godkänt_sammanlagt": approved_together,
    "godkända_rader": approved_rows,
    "lika_rader": equal_rows,
    "flest_lika_rader": most_equal_rows,
    "alla_rader_ifyllda": all_filled_in,
    "rader_för_en_person": rows_of_one,
}
