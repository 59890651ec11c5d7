"""What people answer: stored, tried out, taken back; and what it does to the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from decision_service.casework import answers, steps, sweeps
from decision_service.casework.examine import examine
from decision_service.casework.given_answer import THE_APPLICANT, AnswersToTry, By
from decision_service.casework.rows import ConflictError, NotFoundError, StaleError
from decision_service.decision.document import Assessment, Reason, Who, reasons_from
from decision_service.reading.strict_json import InputError
from decision_service.store.database import transaction
from decision_service.store.tables import AnswerRow, ApplicationState, AssessmentRow, TaskRow
from tests.world.office import PERSON, SECOND, World
from tests.world.people import NOVEMBER, TENANT, application

ANNA = By(PERSON, "Anna Ek", Who.HANDLAGGARE)
HIGH = 7300


def dear(person: int, month: Any = NOVEMBER, rent: int = HIGH) -> dict[str, Any]:
    """An application with a rent above the municipality's limit."""
    electricity = {"costType": "ELECTRICITY", "appliedAmount": 450}
    return application(person, month, costs=[{"costType": "RENT", "appliedAmount": rent}, electricity])


@pytest.fixture
def case(world: World) -> str:
    """A case that a person has taken because the rent is above the limit."""
    world.clock.forward(days=30)
    world.imported(1, costs={"RENT": 6400, "ELECTRICITY": 700})
    found = world.apply(dear(1))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    world.claim(found)
    return found


def questions(world: World, application_id: str) -> dict[str, Reason]:
    with transaction(world.engine) as session:
        task = session.get_one(TaskRow, (TENANT, application_id))
        return {each.code: each for each in reasons_from(task.reasons)}


def give(
    world: World, application_id: str, *given: AnswersToTry, by: By = ANNA, version: int | None = None
) -> None:
    seen = version or world.row(application_id).version
    with transaction(world.engine) as session:
        answers.give(world.office, session, TENANT, application_id, seen, given, by)


def rent(world: World, application_id: str) -> Any:
    """What was counted of the rent in the newest assessment, in öre, and how it is told."""
    with transaction(world.engine) as session:
        row = world.row(application_id)
        document = session.get_one(AssessmentRow, (TENANT, application_id, row.assessments)).document
    found = Assessment.model_validate_json(document)
    return next((line.amount, line.text) for line in found.calculation.lines if line.subject == "costs[0]")


def test_a_rent_is_approved_and_the_handlaggare_keeps_the_case(world: World, case: str) -> None:
    assert rent(world, case)[0] == 640_000
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    give(world, case, AnswersToTry(asked.id, "7300", "Hyran är skälig."))
    assert world.state(case) == ApplicationState.RECEIVED
    assert examine(world.office, TENANT, case) is not None
    assert world.state(case) == ApplicationState.HANDLAGGARE
    with transaction(world.engine) as session:
        assert session.get_one(TaskRow, (TENANT, case)).claimed_by == PERSON
    assert rent(world, case)[0] == 730_000
    assert world.reasons(case) == ["FRÅGORNA_BESVARADE"]
    assert ("answer", "given") in world.trail(case)
    world.whole()


def test_what_an_answer_changes_is_shown_and_nothing_is_stored(world: World, case: str) -> None:
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    before = world.everything()
    given = [AnswersToTry(asked.id, "7300", "Hyran är skälig.")]
    tried = answers.try_out(world.office, TENANT, case, world.row(case).version, given, ANNA)
    assert world.everything() == before
    assert tried.before is not None
    assert tried.before.calculation.costs == 685_000
    assert tried.after.calculation.costs == 775_000


def test_an_answer_taken_back_is_asked_for_again(world: World, case: str) -> None:
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    give(world, case, AnswersToTry(asked.id, "7300", "Hyran är skälig."))
    world.examine(case)
    seen = world.row(case).version
    with transaction(world.engine) as session:
        stored = session.exec(select(AnswerRow.id)).one()
        with pytest.raises(InputError, match="Skriv skälet"):
            answers.withdraw(world.office, session, TENANT, case, seen, stored, ANNA, " ")
    with transaction(world.engine) as session:
        answers.withdraw(world.office, session, TENANT, case, seen, stored, ANNA, "Fel belopp.")
    world.examine(case)
    assert world.reasons(case) == ["HYRA_ÖVER_GRÄNS"]
    assert rent(world, case)[0] == 640_000
    with transaction(world.engine) as session, pytest.raises(NotFoundError):
        answers.withdraw(world.office, session, TENANT, case, None, stored, ANNA, "Igen.")


def test_a_new_answer_replaces_the_old_one_and_both_are_kept(world: World, case: str) -> None:
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    give(world, case, AnswersToTry(asked.id, "7300", "Hyran är skälig."))
    world.examine(case)
    give(world, case, AnswersToTry(asked.id, "7000.50", "Parkering ingår."))
    world.examine(case)
    assert rent(world, case)[0] == 700_050
    with transaction(world.engine) as session:
        rows = session.exec(select(AnswerRow)).all()
    assert sorted(each.withdrawn_at is None for each in rows) == [False, True]


@pytest.mark.parametrize(
    ("value", "reason", "until", "code"),
    [
        (True, "Skälig.", None, "not_amount"),
        ("10.000", "Skälig.", None, "amount_ambiguous"),
        ("-1", "Skälig.", None, "answer_too_small"),
        ("73000", "Skälig.", None, "line_above_applied"),
        ("730", "Skälig.", None, "amount_off_by_factor"),
        ("73", "Skälig.", None, "amount_off_by_factor"),
        ("7300", "  ", None, "answer_without_reason"),
        ("7300", "Skälig.", date(2026, 10, 31), "answer_already_ended"),
        ("7300", "Skälig.", date(2027, 12, 1), "answer_without_end"),
        ("7300", "Skälig.", date(2199, 11, 30), "answer_without_end"),
    ],
)
def test_an_answer_that_does_not_fit_is_told_and_changes_nothing(
    world: World, case: str, value: Any, reason: str, until: date | None, code: str
) -> None:
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    before = world.everything()
    with pytest.raises(InputError) as error:
        give(world, case, AnswersToTry(asked.id, value, reason, until))
    assert [each.code for each in error.value.faults] == [code]
    assert error.value.faults[0].path[:2] == ("answers", 0)
    assert world.everything() == before


def test_an_amount_that_looks_wrong_is_taken_when_it_is_said_to_be_meant(world: World, case: str) -> None:
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    give(world, case, AnswersToTry(asked.id, "730", "Resten betalar arbetsgivaren.", checked=True))
    world.examine(case)
    assert rent(world, case)[0] == 73_000


def test_a_question_that_is_gone_and_one_that_only_a_decision_answers(world: World, case: str) -> None:
    with pytest.raises(InputError, match="ställs inte längre"):
        give(world, case, AnswersToTry("0000000000", True, "Sedd."))
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    with pytest.raises(InputError, match="besvaras två gånger"):
        give(world, case, *[AnswersToTry(asked.id, "7300", "Skälig.")] * 2)
    give(world, case, AnswersToTry(asked.id, "7300", "Skälig."))
    world.examine(case)
    last = questions(world, case)["FRÅGORNA_BESVARADE"]
    with pytest.raises(InputError, match="genom att ärendet beslutas"):
        give(world, case, AnswersToTry(last.id, True, "Ja."))


def test_another_handlaggare_and_a_double_click(world: World, case: str) -> None:
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    seen = world.row(case).version
    with pytest.raises(ConflictError, match="case_taken"):
        give(world, case, AnswersToTry(asked.id, "7300", "Skälig."), by=By(SECOND, "Bo Al", Who.HANDLAGGARE))
    with pytest.raises(InputError, match="besvaras av handläggare"):
        give(world, case, AnswersToTry(asked.id, "7300"), by=THE_APPLICANT)
    give(world, case, AnswersToTry(asked.id, "7300", "Skälig."), version=seen)
    with pytest.raises(StaleError):
        give(world, case, AnswersToTry(asked.id, "7300", "Skälig."), version=seen)
    with transaction(world.engine) as session:
        assert len(session.exec(select(AnswerRow)).all()) == 1


FAR = date(2199, 12, 31)


def bounded(world: World, months: int) -> None:
    """The municipality lets an answer stand for so many months."""
    own = world.office.municipality(TENANT).model_copy(update={"answer_months": months})
    installation = world.office.installation.model_copy(update={"municipalities": {TENANT: own}})
    world.office = replace(world.office, installation=installation)


@pytest.mark.parametrize(
    ("rent_then", "until", "asked_again"),
    [
        (HIGH, date(2026, 12, 31), False),
        (HIGH, date(2026, 12, 1), False),
        (HIGH, FAR, False),
        (9000, date(2027, 3, 31), True),
    ],
)
def test_an_answer_stands_in_later_months_until_its_day_for_the_same_rent(
    world: World, case: str, rent_then: int, until: date | None, asked_again: bool
) -> None:
    """Also until a day that could not be said any more: what was given is read as it was given."""
    asked, own = questions(world, case)["HYRA_ÖVER_GRÄNS"], world.office.municipality(TENANT)
    if until == FAR:
        bounded(world, 12 * 200)
    give(world, case, AnswersToTry(asked.id, "7300", "Hyran är skälig.", until))
    bounded(world, own.answer_months)
    world.examine(case)
    world.decide(case, granted=1_000_000)
    world.clock.forward(days=31)
    world.plan(1, NOVEMBER)
    then = world.apply(dear(1, NOVEMBER.plus(1), rent_then))
    with transaction(world.engine) as session:
        text = session.get_one(AssessmentRow, (TENANT, then, 1)).document
    codes = {each.code for each in Assessment.model_validate_json(text).reasons}
    assert ("HYRA_ÖVER_GRÄNS" in codes) is asked_again


def test_the_applicant_answers_part_by_part(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER, hasAssets=None, staysInMunicipality=None))
    assert world.state(found) == ApplicationState.WAITING
    with transaction(world.engine) as session:
        completion = steps.open_completion(session, world.row(found))
        assert completion is not None
        asked = {each.fact: each for each in reasons_from(completion.asked)}
    no_assets = AnswersToTry(asked["ansökan.uppger_tillgångar"].id, False)
    give(world, found, no_assets, by=THE_APPLICANT)
    assert world.state(found) == ApplicationState.WAITING
    give(world, found, AnswersToTry(asked["ansökan.vistas_i_kommunen"].id, True), by=THE_APPLICANT)
    assert world.state(found) == ApplicationState.RECEIVED
    assert world.examine(found) == ApplicationState.DECIDED


def test_a_crash_between_answer_and_assessment_loses_nothing(world: World, case: str) -> None:
    """The answer is there, the sweep finds the case, and whoever had taken it has it again."""
    asked = questions(world, case)["HYRA_ÖVER_GRÄNS"]
    give(world, case, AnswersToTry(asked.id, "7300", "Hyran är skälig."))
    assert (TENANT, case) in sweeps.due(world.office)
    world.clock.forward(minutes=16)
    sweeps.late(world.office)
    assert world.state(case) == ApplicationState.HANDLAGGARE
    with transaction(world.engine) as session:
        assert session.get_one(TaskRow, (TENANT, case)).claimed_by == PERSON
        assert [each.value for each in session.exec(select(AnswerRow)).all()] == ['"7300"']


def test_a_form_that_says_something_else_than_the_answer_knew_makes_it_disputed(world: World) -> None:
    """The answer was given while the form said nothing. It does not write over what the form says now, and is
    not written over."""
    world.clock.forward(days=30)
    world.imported(1)
    form = application(1, NOVEMBER, hasAssets=None)
    found = world.apply(form)
    with transaction(world.engine) as session:
        completion = steps.open_completion(session, world.row(found))
        assert completion is not None
        [asked] = reasons_from(completion.asked)
    give(world, found, AnswersToTry(asked.id, False), by=THE_APPLICANT)
    world.complete(found, {"application": {"hasAssets": True}})
    assert world.examine(found) == ApplicationState.HANDLAGGARE
    assert "UPPGIFT_OMSTRIDD" in world.reasons(found)
