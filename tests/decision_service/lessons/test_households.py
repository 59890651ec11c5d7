"""Who is in the household: each person once, nobody who is not there, and no limit to how many."""

from __future__ import annotations

from typing import Any

import pytest

from decision_service.application.outcome import Outcome
from decision_service.decision.document import Assessment
from decision_service.reading.strict_json import InputError
from tests.world.cases import assessed, decided, raw, read

Case = dict[str, Any]
AUTOMATIC = {Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED}
LEAP_CHILD = "20120229-2387"


def codes(found: Assessment) -> set[str]:
    """The codes of everything that is asked."""
    return {each.code for each in found.reasons}


def changed(name: str, **answers: Any) -> Case:
    """An example whose application answers something else."""
    case = raw(name)
    case["application"] |= answers
    return case


def salary(recipient: str | None = None, amount: int = 5000) -> dict[str, Any]:
    """A salary of the month before."""
    row = {"incomeType": "SALARY", "amount": amount, "incomeDate": "2026-10-23"}
    return row if recipient is None else row | {"recipient": recipient}


# --- each person once


def test_a_child_with_two_ids_and_one_number_is_refused() -> None:
    case = raw("barn-fyller-7")
    del case["people"][1]["born"]
    case["people"][1]["personal_number"] = LEAP_CHILD
    case["people"].append({"id": "b2", "role": "CHILD", "personal_number": LEAP_CHILD.replace("-", "")})
    with pytest.raises(InputError) as error:
        read(case)
    assert [(each.pointer, each.code) for each in error.value.faults] == [("/people/2", "person_twice")]


def test_a_child_in_the_applications_of_both_parents_has_one_norm_in_one_household() -> None:
    case = raw("barn-fyller-7")
    case["application"]["children"].append(dict(case["application"]["children"][0]))
    found = decided(case)
    assert len([each for each in found.calculation.lines if each.subject == "b1"]) == 1
    assert found.outcome not in AUTOMATIC


def test_two_periods_of_one_child_are_never_added_up_in_silence() -> None:
    case = raw("barn-fyller-7")
    row = case["application"]["children"][0] | {"residenceExtent": "OTHER", "daysInHome": 10}
    case["application"]["children"] = [row, row | {"daysInHome": 20}]
    assert decided(case).outcome not in AUTOMATIC


# --- what has changed


def test_a_new_partner_in_the_middle_of_a_household_of_one_is_asked_about() -> None:
    found = decided(changed("ensam-bifall", maritalStatus="COHABITING"))
    assert "CIVILSTÅND_ÄNDRAT" in codes(found)
    assert found.outcome not in AUTOMATIC


@pytest.mark.parametrize("residents", [2, 4])
def test_another_number_of_people_in_the_home_is_asked_about_although_no_change_is_ticked(
    residents: int,
) -> None:
    found = decided(changed("ensam-bifall", housingPersonCount=residents))
    assert codes(found) == {"HUSHÅLL_ÄNDRAT"}


def test_the_same_number_of_people_in_the_home_is_no_change() -> None:
    assert decided(changed("ensam-bifall", housingPersonCount=1)).outcome is Outcome.GRANTED


def test_a_grown_child_in_the_home_shares_the_housing_and_is_asked_about() -> None:
    found = decided(changed("par-bifall", housingPersonCount=3, otherAdults=["ADULT_CHILD"]))
    personal = [each for each in found.calculation.lines if each.part.name == "PERSONAL"]
    common = [each.amount for each in found.calculation.lines if each.part.name == "COMMON"]
    assert len(personal) == 1
    assert common == [119_333]
    assert found.outcome not in AUTOMATIC


def test_a_grown_child_given_as_a_child_has_no_norm_and_is_asked_about_with_its_income() -> None:
    case = changed("par-bifall", housingPersonCount=3, hasIncomes=True, hasChildrenUnder21=True)
    case["application"]["children"] = [{"partyId": "b1", "residenceExtent": "FULL_TIME"}]
    case["application"]["incomes"] = [salary("b1", 14_000)]
    case["people"].append({"id": "b1", "role": "CHILD", "born": "2004-05-05", "first_name": "Love"})
    found = decided(case)
    assert "FYLLT_21" in codes(found)
    assert not [each for each in found.calculation.lines if each.subject == "b1" and each.kind == "norm"]
    assert found.calculation.income == 0, "what the grown child earns covers no need of the household"
    assert found.outcome not in AUTOMATIC


# --- how many


@pytest.mark.parametrize(("children", "common"), [(11, 397_000), (19, 549_000)])
def test_a_household_of_any_size_has_its_common_costs(children: int, common: int) -> None:
    case = raw("nio-personer")
    child, told = case["people"][-1], case["application"]["children"][-1]
    ids = [f"b{number + 1}" for number in range(children)]
    adults = [each for each in case["people"] if each["role"] != "CHILD"]
    case["people"] = [*adults, *(child | {"id": id_} for id_ in ids)]
    case["application"]["children"] = [told | {"partyId": id_} for id_ in ids]
    case["application"]["housingPersonCount"] = children + 2
    found = decided(case)
    assert [each.amount for each in found.calculation.lines if each.part.name == "COMMON"] == [common]
    assert len({each.subject for each in found.calculation.lines if each.part.name == "PERSONAL"}) == (
        children + 1
    )
    assert found.engines.agree


# --- conditions that one person must meet


def test_what_one_child_is_and_another_does_is_not_put_together() -> None:
    case = raw("tvillingar")
    case["people"][1] |= {"born": "2008-01-15", "in_school": False}
    case["people"][2] |= {"born": "2005-06-15", "in_school": True}
    found = assessed(case)
    schools = {each.id: each.values["barn.går_i_skolan"] for each in found.evaluation.facts.by_kind["barn"]}
    assert schools == {"b1": False, "b2": True}
    alone = {}
    for kept, gone in (("b1", "b2"), ("b2", "b1")):
        single = raw("tvillingar")
        single["people"][1] |= {"born": "2008-01-15", "in_school": False}
        single["people"][2] |= {"born": "2005-06-15", "in_school": True}
        single["people"] = [each for each in single["people"] if each["id"] != gone]
        rows = single["application"]["children"]
        single["application"]["children"] = [each for each in rows if each["partyId"] != gone]
        alone[kept] = about(decided(single), kept)
    assert {each: about(found.document, each) for each in ("b1", "b2")} == alone


def about(found: Assessment, child: str) -> set[tuple[str, str]]:
    """The national rules that were met for a child, and what was asked of it."""
    rules = {(each.id, each.state) for each in found.rules if each.subject == child}
    return {each for each in rules if each[1] == "gäller"}


# --- people who are not there

ELSEWHERE: dict[str, dict[str, Any]] = {
    "an income": {"hasIncomes": True, "incomes": [salary("p9")]},
    "a planning": {"plannings": [{"person": "p2", "planningType": "SICK_LEAVE"}]},
    "a planned activity": {"plannedActivities": [{"person": "p2", "activity": "Kurs"}]},
    "a job": {"jobApplications": [{"person": "p2", "jobTitle": "Snickare"}]},
    "a cost": {"costs": [{"costType": "RENT", "appliedAmount": 6200, "person": "p9"}]},
}


@pytest.mark.parametrize("what", ELSEWHERE)
@pytest.mark.parametrize("name", ["ensam-bifall", "par-bifall"])
def test_whatever_is_about_somebody_who_is_not_there_is_asked_about(name: str, what: str) -> None:
    answers = ELSEWHERE[what]
    if name == "par-bifall":
        answers = json_with(answers, {"p2": "p9"})
    found = decided(changed(name, **answers))
    assert "OKÄND_PERSON" in codes(found) or found.unread
    assert found.outcome not in AUTOMATIC


def json_with(value: Any, names: dict[str, str]) -> Any:
    """A value where some texts are others."""
    if isinstance(value, dict):
        return {name: json_with(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [json_with(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_a_child_that_points_to_the_applicant_is_no_child() -> None:
    case = raw("barn-fyller-7")
    case["application"]["children"][0]["partyId"] = "p1"
    assert decided(case).outcome not in AUTOMATIC


def test_a_plan_of_somebody_who_is_not_there_is_told() -> None:
    case = raw("ensam-bifall")
    case["activity"].append(case["activity"][0] | {"person": "p7"})
    found = decided(case)
    assert any("activity[1]" in each for each in found.unread)
    assert found.outcome not in AUTOMATIC


@pytest.mark.parametrize("name", ["k1", "i1", "s1", "t1", "p-1"])
def test_a_person_may_be_called_what_something_else_is_called(name: str) -> None:
    case = json_with(raw("ensam-bifall"), {"p1": name})
    assert decided(case).calculation.granted == 1_201_000
