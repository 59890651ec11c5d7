"""One child, two households: found whoever applies first, and when both are looked at at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from decision_service.casework import deciding
from decision_service.casework.examine import examine
from decision_service.casework.writing_off import take_back
from decision_service.evaluation import Evaluated
from decision_service.registers.port import Answers, checked
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationState, AssessmentRow
from norms.month import Month
from tests.world.office import SECOND, World, all_clear, silent
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application, personal_number

Json = dict[str, Any]
ALVA = 140_000  # born in May 2018
ELIS = 105_000  # born in September 2008
ASKED = {"BARN_I_TVÅ_HUSHÅLL", "BARN_SÖKER_SJÄLV", "SÖKANDE_ÄR_BARN_I_ANNAN", "ANDRA_HUSHÅLLET_BEVILJAT"}


def parent(
    person: int, child: int = ALVA, days: int | None = None, month: Month = NOVEMBER, **changes: Any
) -> Json:
    """A lone parent's application, with the child all the time or so many days."""
    stays = {"residenceExtent": "FULL_TIME"} if days is None else {"residenceExtent": "HALF_TIME"}
    told = {"partyId": "b1", "firstName": "Alva", **stays}
    found = application(
        person,
        month,
        hasChildrenUnder21=True,
        children=[told if days is None else told | {"daysInHome": days}],
        childrenResidenceChanged=False,
        housingPersonCount=2,
    )
    one = {"id": "b1", "role": "CHILD", "personal_number": personal_number(child), "first_name": "Alva"}
    found["people"].append(one | {"lunch_away": True, "in_school": True} | changes)
    return found


def with_what_a_child_gives(number: str, month: Month) -> Answers:
    """Försäkringskassan has paid barnbidrag and underhållsstöd in the two months before, and nobody anything
    else."""
    agencies = json.loads(json.dumps(all_clear(number, month).agencies))
    agencies["fk"]["formansinformation"]["utbetalningsuppgift"] = [
        {
            "typ": {"id": 1, "beskrivning": "Månad"},
            "formansfamilj": {"id": code, "beskrivning": name},
            "datum": f"{month.plus(-back)}-20",
            "period": {"fran": str(month.plus(-back)), "till": str(month.plus(-back))},
            "nettobelopp": {"summa": amount, "valuta": "SEK"},
        }
        for back in (1, 2)
        for code, name, amount in (("ABB", "Barnbidrag", 1250), ("US", "Underhållsstöd", 1673))
    ]
    return checked(agencies, number)


def known(world: World, person: int, child: int = ALVA) -> None:
    """The person has been granted the month before, together with the child, and is paid what is for one who
    is young enough."""
    everyone = [personal_number(person), personal_number(child)]
    world.imported(person, people=everyone, housing_person_count=2)
    if child == ALVA:
        world.registers.script[personal_number(person)] = with_what_a_child_gives


def asked(world: World, found: str) -> set[str]:
    """What a person is asked about the other application; nothing of an application that is decided."""
    if world.state(found) == ApplicationState.DECIDED:
        return set()
    return ASKED & set(world.reasons(found))


@pytest.fixture
def parents(world: World) -> World:
    """Two who have both been granted the month before with the same child."""
    world.clock.forward(days=30)
    known(world, 1)
    known(world, 2)
    return world


@pytest.mark.parametrize("first", [1, 2])
def test_the_second_is_told_that_the_first_is_granted(parents: World, first: int) -> None:
    assert parents.state(parents.apply(parent(first))) == ApplicationState.DECIDED
    second = parents.apply(parent(3 - first))
    assert asked(parents, second) == {"BARN_I_TVÅ_HUSHÅLL", "ANDRA_HUSHÅLLET_BEVILJAT"}
    parents.whole()


def test_neither_is_decided_by_the_machine_while_both_are_open(parents: World) -> None:
    both = [parents.receive(parent(person)) for person in (1, 2)]
    for found in both:
        assert parents.examine(found) == ApplicationState.HANDLAGGARE
        assert asked(parents, found) == {"BARN_I_TVÅ_HUSHÅLL"}


def test_two_workers_at_once_decide_at_most_one(parents: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the machine looks at one, the other comes and is looked at too: it sees the first."""
    one = parents.receive(parent(1))
    original, other = parents.office.evaluators.assess, list[str]()

    def assess(case: bytes) -> Evaluated:
        if not other:
            other.append(parents.receive(parent(2)))
            examine(parents.office, TENANT, other[0])
        return original(case)

    monkeypatch.setattr(parents.office.evaluators, "assess", assess)
    examine(parents.office, TENANT, one)
    assert (parents.state(one), parents.state(other[0])) == (
        ApplicationState.DECIDED,
        ApplicationState.HANDLAGGARE,
    )
    assert asked(parents, other[0]) == {"BARN_I_TVÅ_HUSHÅLL"}


def test_a_decision_on_the_same_child_meanwhile_is_seen(
    parents: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the machine looks at one, a person grants another that was not there when it began."""
    one = parents.receive(parent(1))
    original = parents.office.evaluators.assess

    def assess(case: bytes) -> Evaluated:
        found = original(case)
        monkeypatch.setattr(parents.office.evaluators, "assess", original)
        other = parents.apply(parent(2))
        parents.claim(other)
        parents.decide(other)
        return found

    monkeypatch.setattr(parents.office.evaluators, "assess", assess)
    assert parents.examine(one) == ApplicationState.RECEIVED
    assert parents.examine(one) == ApplicationState.HANDLAGGARE
    assert asked(parents, one) == {"BARN_I_TVÅ_HUSHÅLL", "ANDRA_HUSHÅLLET_BEVILJAT"}


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ((15, 15), set()),
        ((14, 15), set()),
        ((15, 16), {"BARN_I_TVÅ_HUSHÅLL", "ANDRA_HUSHÅLLET_BEVILJAT"}),
        ((None, 1), {"BARN_I_TVÅ_HUSHÅLL", "ANDRA_HUSHÅLLET_BEVILJAT"}),
    ],
)
def test_a_child_that_lives_by_turns(parents: World, days: tuple[int | None, int], found: set[str]) -> None:
    """Parents who share a child get it by the days, as long as the month has them."""
    here, there = days
    first = parents.apply(parent(1, days=here))
    assert parents.state(first) == ApplicationState.DECIDED, parents.reasons(first)
    assert asked(parents, parents.apply(parent(2, days=there))) == found


def test_an_application_that_does_not_say_the_days(parents: World) -> None:
    unsaid = parent(1, days=15)
    del unsaid["application"]["children"][0]["daysInHome"]
    assert parents.state(parents.apply(unsaid)) == ApplicationState.WAITING
    second = parents.apply(parent(2, days=15))
    assert parents.state(second) == ApplicationState.HANDLAGGARE
    assert "UPPGIFT_SAKNAS" in parents.reasons(second)


def test_a_child_that_visits_takes_nothing_from_where_it_lives(parents: World) -> None:
    visited = parent(1, days=10, role="VISITATION_CHILD")
    parents.apply(visited)
    assert parents.state(parents.apply(parent(2))) == ApplicationState.DECIDED


@pytest.mark.parametrize("how", ["withdrawn", "refused", "another month", "another child", "no number"])
def test_what_is_no_other_household(parents: World, how: str) -> None:
    """Without a personal number nobody knows that it is the same child: a name and a day are not enough."""
    changes = {"personal_number": None, "born": "2018-05-01"} if how == "no number" else {}
    content = parent(1, ALVA + 10 if how == "another child" else ALVA, **changes)
    if how == "another month":
        content["application"]["periodMonth"] = 12
    if how == "refused":
        parents.registers.script[personal_number(1)] = silent
    first = parents.receive(content)
    if how == "withdrawn":
        with transaction(parents.engine) as session:
            take_back(parents.office, session, TENANT, first)
    if how == "refused":
        parents.examine(first)
        parents.claim(first)
        parents.decide(first, "AVSLAG", 0)
        parents.act(deciding.approve, first, who=SECOND, agrees=True, reason="")
    second = parents.apply(parent(2))
    assert parents.state(second) == ApplicationState.DECIDED, parents.reasons(second)


@pytest.mark.parametrize("first", ["parent", "youth"])
def test_a_youth_who_is_a_child_there_and_applies_here(world: World, first: str) -> None:
    world.clock.forward(days=30)
    known(world, 1, ELIS)
    world.imported(ELIS)
    forms = {"parent": parent(1, ELIS), "youth": application(ELIS, NOVEMBER)}
    assert world.state(found := world.apply(forms.pop(first))) == ApplicationState.DECIDED, world.reasons(
        found
    )
    (form,) = forms.values()
    role = {"parent": "SÖKANDE_ÄR_BARN_I_ANNAN", "youth": "BARN_SÖKER_SJÄLV"}[first]
    assert asked(world, world.apply(form)) == {role, "ANDRA_HUSHÅLLET_BEVILJAT"}


def test_a_parents_decisions_are_not_the_history_of_a_child(world: World) -> None:
    """The youth was a child there in October, and applies for the first time."""
    world.claim(first := world.apply(parent(1, ELIS, month=OCTOBER)))
    world.decide(first)
    world.clock.forward(days=30)
    world.plan(ELIS)
    found = world.apply(application(ELIS, NOVEMBER))
    with transaction(world.engine) as session:
        case = json.loads(session.get_one(AssessmentRow, (TENANT, found, 1)).case_file)
    assert case["history"] == []


def test_the_case_file_names_nobody_of_the_other_household(parents: World) -> None:
    parents.apply(parent(1))
    second = parents.apply(parent(2))
    with transaction(parents.engine) as session:
        case = json.loads(session.get_one(AssessmentRow, (TENANT, second, 1)).case_file)
    assert case["others"] == [
        {"person": "b1", "role": "CHILD", "granted": True, "residence": "FULL_TIME", "days_in_home": None}
    ]
    assert personal_number(1) not in json.dumps(case)
