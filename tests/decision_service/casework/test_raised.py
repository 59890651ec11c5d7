"""The life of a question: raised, accepted with a reason, gone with its cause, raised again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import select

from decision_service.casework import answers, steps
from decision_service.casework.examine import examine
from decision_service.casework.given_answer import AnswersToTry
from decision_service.casework.raised import lives_of
from decision_service.casework.rows import lock
from decision_service.decision.document import Reason, reasons_from
from decision_service.registers.port import Answers
from decision_service.store.database import reading, transaction
from decision_service.store.tables import AnswerRow, ApplicationState, TaskRow
from norms.month import Month
from tests.world.answering import ANNA
from tests.world.office import World, all_clear, paying, silent
from tests.world.people import NOVEMBER, TENANT, application, personal_number

Answering = Callable[[str, Month], Answers]
CODE, WAITED_FOR = "NY_INKOMST", "VÄNTAD_FÖRMÅN"
PAID = paying(("2026-10-20", 3000))


@pytest.fixture
def case(world: World) -> str:
    """A case that a person has taken because a register has paid what nobody has told of."""
    world.clock.forward(days=33)
    world.imported(1)
    world.registers.script[personal_number(1)] = PAID
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    world.claim(found)
    return found


def questions(world: World, case: str) -> dict[str, Reason]:
    with transaction(world.engine) as session:
        return {each.code: each for each in reasons_from(session.get_one(TaskRow, (TENANT, case)).reasons)}


def lives(world: World, case: str, code: str = CODE) -> list[tuple[str, bool]]:
    """The states of a question, each time that it was raised, and whether that is over."""
    with reading(world.engine) as session:
        found = lives_of(world.office, session, world.row(case))
    return [(each.state, each.ended_at is not None) for each in found if each.code == code]


def accept(world: World, case: str, until: date | None = None, *, code: str = CODE) -> None:
    asked = questions(world, case)[code]
    with transaction(world.engine) as session:
        version = world.row(case).version
    with transaction(world.engine) as session:
        given = [AnswersToTry(asked.id, True, "Sökanden har ringt om det.", until)]
        answers.give(world.office, session, TENANT, case, version, given, ANNA)
    examine(world.office, TENANT, case)


def looked_at_again(world: World, case: str, answers_now: Answering) -> dict[str, Reason]:
    """What whoever has the case is asked when the machine looks again and the registers answer so."""
    world.registers.script[personal_number(1)] = answers_now
    world.clock.forward(minutes=1)
    with transaction(world.engine) as session:
        row = lock(session, TENANT, case)
        steps.back_to_machine(world.office, session, row, world.clock(), complete=False)
    examine(world.office, TENANT, case)
    return questions(world, case)


def test_what_was_accepted_ends_with_its_cause_and_is_open_when_it_returns(world: World, case: str) -> None:
    assert lives(world, case) == [("öppen", False)]
    accept(world, case)
    assert lives(world, case) == [("besvarad", False)]
    assert CODE not in looked_at_again(world, case, PAID)
    assert lives(world, case) == [("besvarad", False)], "nothing has changed"
    assert CODE not in looked_at_again(world, case, all_clear)
    assert lives(world, case) == [("borta", True)]
    with reading(world.engine) as session:
        assert session.exec(select(AnswerRow)).one().withdrawn_at is not None
    assert ("answer", "ended") in world.trail(case)
    assert CODE in looked_at_again(world, case, PAID), "the same facts, and open again"
    assert lives(world, case) == [("borta", True), ("öppen", False)]
    accept(world, case)
    assert lives(world, case) == [("borta", True), ("besvarad", False)]
    world.whole()


def test_a_question_that_nobody_answered_closes_by_itself(world: World, case: str) -> None:
    assert CODE not in looked_at_again(world, case, all_clear)
    assert lives(world, case) == [("borta", True)]
    assert ("answer", "ended") not in world.trail(case)


def test_an_answer_taken_back_opens_the_question_that_it_answered(world: World, case: str) -> None:
    accept(world, case)
    with transaction(world.engine) as session:
        stored = session.exec(select(AnswerRow.id)).one()
        answers.withdraw(world.office, session, TENANT, case, None, stored, ANNA, "Fel person.")
    assert lives(world, case) == [("öppen", False)]
    examine(world.office, TENANT, case)
    assert CODE in questions(world, case)
    assert lives(world, case) == [("öppen", False)]


@pytest.mark.parametrize("accepted", [True, False])
def test_an_outage_closes_nothing(world: World, case: str, accepted: bool) -> None:
    if accepted:
        accept(world, case)
    state = "besvarad" if accepted else "öppen"
    for _ in range(3):
        asked = looked_at_again(world, case, silent)
        assert (CODE in asked) is not accepted
        assert lives(world, case) == [(state, False)]
    assert (CODE in looked_at_again(world, case, PAID)) is not accepted
    assert lives(world, case) == [(state, False)]
    looked_at_again(world, case, all_clear)
    assert lives(world, case) == [("borta", True)]
    world.whole()


def test_an_acceptance_for_several_months_ends_where_its_cause_does(world: World) -> None:
    """A benefit is waited for; in December it is not any more, and then again."""
    world.clock.forward(days=33)
    world.imported(1)
    first = world.apply(application(1, NOVEMBER, hasPendingBenefits=True))
    world.claim(first)
    accept(world, first, date(2027, 3, 1), code=WAITED_FOR)
    world.decide(first)
    world.clock.forward(days=31)
    world.plan(1, NOVEMBER)
    form = application(1, NOVEMBER.plus(1), hasPendingBenefits=True)
    dear = [{"costType": "RENT", "appliedAmount": 7300}]  # so that it stays with a person
    then = world.apply(form | {"application": form["application"] | {"costs": dear}})
    assert lives(world, then, WAITED_FOR) == [("besvarad", False)], "what was accepted in November stands"
    world.complete(then, {"application": {"hasPendingBenefits": False}})
    world.examine(then)
    assert lives(world, then, WAITED_FOR) == [("borta", True)]
    world.complete(then, {"application": {"hasPendingBenefits": True}})
    world.examine(then)
    assert lives(world, then, WAITED_FOR) == [("borta", True), ("öppen", False)]
    assert WAITED_FOR in questions(world, then)
