"""The applicant answers question by question: nobody and nothing that was said before is lost."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_service.application.form_questions import form_questions, place_of, with_answer
from decision_service.application.merging import merged
from decision_service.casework.delivery import deliver
from decision_service.casework.rows import ConflictError
from decision_service.casework.steps import open_completion
from decision_service.decision.document import Reason, reasons_from
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationState
from norms.fault import MisfitError
from tests.world.cases import NAMES, example, raw
from tests.world.office import Json, World
from tests.world.people import NOVEMBER, application, incomplete


@pytest.fixture(autouse=True)
def _november(request: pytest.FixtureRequest) -> None:
    if "world" in request.fixturenames:
        world: World = request.getfixturevalue("world")
        world.clock.forward(days=30)
        world.imported(1)


def asked(world: World, application: str) -> dict[str, Reason]:
    """What the applicant is asked, by code or by fact."""
    with reading(world.engine) as session:
        completion = open_completion(session, world.row(application))
    assert completion is not None
    return {each.fact or each.code: each for each in reasons_from(completion.asked)}


def answer(world: World, application: str, **answers: Any) -> None:
    questions = asked(world, application)
    given = [{"question": questions[name].id, "value": value} for name, value in answers.items()]
    world.complete(application, {"answers": given})


def content(world: World, application: str) -> Json:
    found: Json = json.loads(world.row(application).content)
    return found


def test_an_answer_to_a_question_decides_and_changes_nothing_else(world: World) -> None:
    found = world.apply(incomplete(1, NOVEMBER))
    before = content(world, found)
    answer(world, found, **{"ansökan.uppger_tillgångar": False})
    after = content(world, found)
    assert after["application"].pop("hasAssets") is False
    assert before["application"].pop("hasAssets") is None
    assert after == before
    assert world.examine(found) == ApplicationState.DECIDED
    world.whole()


def test_the_month_can_be_answered(world: World) -> None:
    found = world.apply(application(1, NOVEMBER, periodMonth=None, periodYear=None))
    while deliver(world.office):
        pass
    (letter,) = [one for one in world.recorder.got if one.kind == "completion_request"]
    assert "besluta om månaden du söker för" in letter.payload["text"].replace("\n", " ")
    assert "2026" not in letter.payload["letter"]["title"]
    answer(world, found, MÅNAD_SAKNAS="2026-11")
    assert world.row(found).month == "2026-11"
    assert world.examine(found) == ApplicationState.DECIDED
    with pytest.raises(ConflictError):
        world.complete(found, {"answers": [{"question": "x", "value": "2026-12"}]})


def test_a_month_that_was_said_stays(world: World) -> None:
    found = world.apply(incomplete(1, NOVEMBER))
    with pytest.raises(InputError, match="byta månad"):
        world.complete(found, {"application": {"periodMonth": 12}})


def test_answers_are_kept_until_all_are_there(world: World) -> None:
    form = application(1, NOVEMBER, hasAssets=None, staysInMunicipality=None)
    found = world.apply(form)
    answer(world, found, **{"ansökan.uppger_tillgångar": False})
    assert world.state(found) == ApplicationState.WAITING
    assert content(world, found)["application"]["hasAssets"] is False
    answer(world, found, **{"ansökan.vistas_i_kommunen": True})
    assert world.state(found) == ApplicationState.RECEIVED
    assert world.examine(found) == ApplicationState.DECIDED
    world.whole()


def test_an_account_is_added_to_the_adult_it_is_for(world: World) -> None:
    form = application(1, NOVEMBER)
    own = form["application"]["persons"][0]
    own |= {"paymentMethod": "BANK_ACCOUNT", "paymentSameAsPrevious": False, "phone": "0700000000"}
    found = world.apply(form)
    answer(world, found, KONTO_SAKNAS={"clearingNumber": "8327-9", "accountNumber": "123456789"})
    (kept,) = content(world, found)["application"]["persons"]
    assert (kept["clearingNumber"], kept["phone"], kept["signed"]) == ("8327-9", "0700000000", True)
    assert world.examine(found) == ApplicationState.DECIDED


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([{"question": "finns-inte", "value": 1}], "answers[0].question"),
        ([{"question": "ID", "value": "kanske"}], "answers[0].value"),
        ([{"question": "ID", "value": True}, {"question": "ID", "value": False}], "answers[1].question"),
        ([{"question": "ID"}], "answers[0].value"),
        ([], "answers"),
        ([{"question": "ID", "value": True, "more": 1}], "answers[0].more"),
    ],
)
def test_a_wrong_answer_changes_nothing(world: World, given: list[Json], told: str) -> None:
    found = world.apply(incomplete(1, NOVEMBER))
    (question,) = asked(world, found).values()
    sent = [one | ({"question": question.id} if one["question"] == "ID" else {}) for one in given]
    before = world.everything()
    with pytest.raises(InputError) as refused:
        world.complete(found, {"answers": sent})
    assert told in str(refused.value)
    assert world.everything() == before


def test_a_patch_never_loses_anybody(world: World) -> None:
    found = world.apply(incomplete(1, NOVEMBER))
    before = content(world, found)
    world.complete(found, {"people": [], "application": {"persons": [{"role": "APPLICANT", "signed": True}]}})
    after = content(world, found)
    assert after["people"] == before["people"]
    assert after["application"]["persons"] == before["application"]["persons"]


@pytest.mark.parametrize(
    "patch",
    [
        {"application": {"costs": []}},
        {"application": {"costs": None}},
        {"application": {"persons": None}},
        {"people": None},
        {"application": None},
        {"application": {"costs": [{"costType": "RENT", "appliedAmount": 1}]}},
        {"application": {}, "removed": ["/people/0"]},
        {"application": {}, "removed": ["/application/persons/0"]},
        {"application": {}, "removed": ["/application/costs/9"]},
        {"application": {}, "removed": "allt"},
    ],
)
def test_a_patch_that_would_remove_something_is_refused(world: World, patch: Json) -> None:
    found = world.apply(incomplete(1, NOVEMBER))
    before = world.everything()
    with pytest.raises(InputError):
        world.complete(found, patch)
    assert world.everything() == before


def test_a_row_that_is_taken_back_is_named() -> None:
    had = {"application": {"costs": [{"a": 1}, {"a": 2}, {"a": 3}]}, "people": []}
    found = merged(had, {"application": {"costs": [{"b": 1}, {}]}}, ["/application/costs/1"])
    assert found["application"]["costs"] == [{"a": 1, "b": 1}, {"a": 3}]


ROWS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("abcd"), "x": st.integers(0, 3)}),
    max_size=4,
    unique_by=lambda row: row["id"],
)


@given(ROWS, ROWS)
def test_merging_keeps_every_person_and_adds_those_that_are_new(had: list[Json], sent: list[Json]) -> None:
    known = {one["id"]: one for one in had}
    content = {"application": {}, "people": list(known.values())}
    before = copy.deepcopy(content)
    found = merged(content, {"people": sent}, [])
    assert content == before
    assert {one["id"] for one in found["people"]} == known.keys() | {one["id"] for one in sent}


def questions() -> list[tuple[str, Reason]]:
    return [
        (name, reason)
        for name in NAMES
        for reason in example(name).document.reasons
        if reason.kind.value == "completion"
    ]


@pytest.mark.slow
def test_every_question_to_an_applicant_can_be_answered() -> None:
    """It takes a value, or has a place in the form; of every example there is."""
    found = questions()
    assert len(found) > 20
    for name, reason in found:
        case = raw(name)
        place = place_of(reason.code, reason.subject, reason.fact, case)
        assert place is not None or reason.takes is not None, (name, reason.code, reason.fact)


@pytest.mark.parametrize("code", sorted(form_questions()))
def test_an_answer_of_another_kind_is_refused(code: str) -> None:
    case = raw("par-bifall")
    case["application"] |= {"children": [], "assets": [], "incomes": [{"amount": 1}]}
    subject = "incomes[0]" if code == "INKOMSTTAGARE_SAKNAS" else "p1"
    place = place_of(code, subject, None, case)
    assert place is not None
    before = copy.deepcopy(case)
    for value in (None, 17, "", [], {}, {"okänt": 1}, [{"okänt": 1}]):
        with pytest.raises(MisfitError):
            with_answer(case, place, value)
    assert case == before
