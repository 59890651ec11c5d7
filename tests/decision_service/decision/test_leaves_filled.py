"""Nothing is lost that is written where nothing stood.

A row of every sort that a form can have, and every field of the case that is empty beside it, filled in one
at a time with every value that it allows. Some value must be noticed, or a table says why the field makes no
difference there. So a sub-type of a rent is found, which no change of a value that makes sense would show.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_service.application.case_file import CaseFile
from decision_service.application.form import (
    ApplicationType,
    Asset,
    CostType,
    IncomeType,
    OtherSubType,
    PlanningType,
    ResidenceExtent,
)
from decision_service.decision.facts.declared import inside, members
from tests.decision_service.decision.leaves import Json, Way, choices, complete, pattern, sample, with_value
from tests.decision_service.decision.test_leaves import MAY_BE_MISSING, TABLE, UNUSED, seen
from tests.world.cases import raw
from tests.world.sweeps import share

FILLED = TABLE["ifyllt"]
DAYS = ("2025-02-03", "2027-08-09")
"""A day long ago and one to come."""
_WITHOUT_A_PLACE = {"people[].personal_number"}
"""A number has to fit the day of birth."""


def rows() -> dict[str, Json]:
    """Cases with a row of each sort, by the sort."""
    single, family = raw("ensam-bifall"), raw("barn-fyller-7")
    sorts: dict[str, list[Json]] = {
        "costs": [{"costType": kind.value, "appliedAmount": 100} for kind in CostType]
        + [{"costType": "OTHER", "otherSubType": sub.value, "appliedAmount": 100} for sub in OtherSubType],
        "incomes": [
            {"incomeType": kind.value, "amount": 100, "incomeDate": "2026-10-20"} for kind in IncomeType
        ],
        "assets": [
            {"assetCategory": kind, "value": 100}
            for hint in [dict(members(Asset))["assetCategory"]]
            for each, _ in inside(hint)
            for kind in choices(each)
        ],
        "plannings": [{"planningType": kind.value} for kind in PlanningType],
        "attachments": [{"name": "kvitto.pdf"}],
        "pendingBenefits": [{"benefitName": "Bostadsbidrag"}],
    }
    found = {"en ensam": single, "en familj": family, "ett par": raw("par-bifall")}
    for name, made in sorts.items():
        for number, row in enumerate(made):
            found[f"{name} {number}"] = with_value(single, ("application", name), [row])
    for kind in ApplicationType:
        found[kind.value] = with_value(single, ("application", "applicationType"), kind.value)
    for extent in ResidenceExtent:
        way: Way = ("application", "children", 0, "residenceExtent")
        found[extent.value] = with_value(family, way, extent.value)
    shown = {"person": "p1", "benefit": "FK:SJP", "paid": "2026-10-20", "amount": 3000}
    other = [{"person": "p1", "role": role, "granted": True} for role in ("APPLICANT", "CHILD")]
    session = {"day": "2026-10-06", "hours": 8, "kind": "WORKPLACE", "mark": "PRESENT"}
    found["visat"] = with_value(single, ("shown",), [shown])
    found["andra"] = with_value(single, ("others",), other)
    found["närvaro"] = with_value(single, ("activity", 0, "sessions"), [session])
    found["utbetalt"] = with_value(single, ("history", 0, "payments"), [shown])
    return found


@cache
def cases() -> dict[str, Json]:
    """The same, made once."""
    return rows()


def empty(model: type, part: Json, way: Way = ()) -> Iterator[tuple[Way, Any, bool]]:
    """The fields that a part of a case can have and has not, what each may hold, and whether several."""
    for name, hint in members(model):
        for kind, several in inside(hint):
            below, value = any(members(kind)), part.get(name)
            if below and value is not None:
                for number, row in enumerate(value if several else [value]):
                    yield from empty(kind, row, (*way, name, number) if several else (*way, name))
            elif not below and value in (None, []):
                yield (*way, name), kind, several


def values(way: Way, kind: Any) -> list[Json]:
    """What is written in an empty field: everything it allows, or a value of its kind."""
    if (listed := choices(kind)) != []:
        return listed
    if kind is bool:
        return [True, False]
    found = sample(f".{pattern(way).replace('[]', '')}", kind)
    return [found, *DAYS] if str(found)[:4] == "2026" and len(str(found)) == 10 else [found]


def is_excused(way: Way) -> bool:
    """Whether a table says that a field makes no difference, there or anywhere."""
    place = pattern(way)
    tables = (FILLED, UNUSED, MAY_BE_MISSING, _WITHOUT_A_PLACE)
    return any(place in table or f"{place}[]" in table for table in tables)


def is_lost(case: Json, way: Way, kind: Any, several: bool) -> bool:
    """Whether no value in an empty field is noticed."""
    before = seen(case)
    assert before[0] != "refused"
    made = (with_value(case, way, [each] if several else each) for each in values(way, kind))
    return all(seen(after) == before for after in made)


def fields(case: Json) -> list[tuple[Way, Any, bool]]:
    """The empty fields of a case that no table excuses."""
    return [each for each in empty(CaseFile, case) if not is_excused(each[0])]


@pytest.mark.slow
def test_no_empty_field_takes_what_nobody_notices() -> None:
    """Every field that any of the cases lacks is filled in one of them at least."""
    given = [(name, *each) for name, case in cases().items() for each in fields(case)]
    tried = share(given, 8, lambda each: pattern(each[1]))
    lost = {
        f"{name}: {pattern(way)}"
        for name, way, kind, several in tried
        if is_lost(cases()[name], way, kind, several)
    }
    assert lost == set()


@settings(max_examples=40)
@given(st.data())
def test_an_empty_field_of_any_row_is_noticed_when_it_is_filled(data: st.DataObject) -> None:
    case = cases()[data.draw(st.sampled_from(sorted(cases())))]
    way, kind, several = data.draw(st.sampled_from(fields(case)))
    assert not is_lost(copy.deepcopy(case), way, kind, several), pattern(way)


@pytest.mark.slow
@pytest.mark.parametrize("place", FILLED)
def test_the_table_of_filled_fields_excuses_only_what_is_noticed_elsewhere(place: str) -> None:
    """A field that nobody ever notices belongs in the table of unused values."""
    assert place not in {*UNUSED, *MAY_BE_MISSING}
    examples = ("trelleborg-forsta-ansokan", "skolungdom-med-lon", "yttrar-sig-emot")
    noticed = [
        not is_lost(case, way, kind, several)
        for case in (*map(raw, examples), complete())
        for way, kind, several in empty(CaseFile, _without(case, place))
        if pattern(way) == place
    ]
    assert any(noticed)


def _without(case: Json, place: str) -> Json:
    """A case in which nothing stands at a place."""
    *_, last = place.split(".")

    def below(node: Json) -> Json:
        if isinstance(node, dict):
            return {name: below(inner) for name, inner in node.items() if name != last}
        return [below(each) for each in node] if isinstance(node, list) else node

    return below(case)
