"""Why each adult does not support themselves: proposed, said by a person, kept with the decision."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from decision_service.casework import answers, causes, sweeps
from decision_service.casework.decisions import document_of
from decision_service.casework.examine import examine
from decision_service.casework.given_answer import AnswersToTry
from decision_service.decision.causes import CODE
from decision_service.decision.document import Reason
from decision_service.follow_up.households import UNKNOWN_CAUSE, helped_in
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.refused import ConflictError, StaleError
from decision_service.store.tables import AnswerRow, ApplicationRow, ApplicationState, AssessmentRow
from norms.month import Month
from tests.decision_service.casework.test_answers import give
from tests.world.office import PERSON, World
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application


def asked(world: World, found: str) -> list[Reason]:
    with reading(world.engine) as session:
        return answers.causes_asked(world.office, session, session.get_one(ApplicationRow, (TENANT, found)))


def kept(world: World, found: str) -> list[tuple[str | None, bool]]:
    """The causes of the decision, which the row remembers too."""
    row = world.decision(found)
    assert row is not None
    with reading(world.engine) as session:
        causes = document_of(session, row).causes
    assert list(json.loads(row.remembered)["causes"].values()) == [each.cause for each in causes]
    return [(each.cause, each.said) for each in causes]


def test_a_decision_of_the_machine_keeps_what_the_rules_propose(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.DECIDED
    assert kept(world, found) == [("arbetslös_ingen_ersättning", False)]


def test_a_person_says_the_cause_and_takes_it_back(world: World) -> None:
    """Nothing waits for it, and the proposal stands until somebody knows better."""
    found = world.apply(application(1, OCTOBER))
    world.claim(found)
    (question,) = asked(world, found)
    assert (question.code, question.id) == (CODE, asked(world, found)[0].id)
    assert CODE not in world.reasons(found)
    before = world.reasons(found)
    give(world, found, AnswersToTry(question.id, "arbetshinder_sociala_skäl", "Enligt utredningen."))
    examine(world.office, TENANT, found)
    assert world.reasons(found) == before
    with reading(world.engine) as session:
        (stored,) = answers.of_application(session, session.get_one(ApplicationRow, (TENANT, found)))
        newest = session.get_one(AssessmentRow, (TENANT, found, 2)).document
        assert json.loads(newest)["causes"] == [
            {"person": "p1", "label": "Alma", "cause": "arbetshinder_sociala_skäl", "said": True}
        ]
    give(world, found, AnswersToTry(question.id, "saknar_barnomsorg", "Ingen plats ännu."))
    examine(world.office, TENANT, found)
    with reading(world.engine) as session:
        standing = answers.of_application(session, session.get_one(ApplicationRow, (TENANT, found)))
    assert [json.loads(each.value) for each in standing] == ["saknar_barnomsorg"]
    assert standing[0].id != stored.id
    world.decide(found)
    assert kept(world, found) == [("saknar_barnomsorg", True)]
    world.whole()


def known(world: World, found: str) -> list[causes.KnownCause]:
    with reading(world.engine) as session:
        return list(causes.known(world.office, session, session.get_one(ApplicationRow, (TENANT, found))))


def say_after(world: World, found: str, value: str, why: str = "Läkaren.", version: int | None = None) -> str:
    """Say the cause of the first adult of a decided case; gives the question's id."""
    question = known(world, found)[0].question.id
    seen = version if version is not None else world.row(found).version
    with transaction(world.engine) as session:
        causes.say(world.office, session, TENANT, found, PERSON, seen, AnswersToTry(question, value, why))
    return question


def counted(world: World) -> list[tuple[str, ...]]:
    """The causes of each household that was decided on this month, as those who count see them."""
    month = Month.of(world.clock.now.date())
    with reading(world.engine) as session:
        rows = helped_in(session, TENANT, month, world.clock.now)
        return [each.household.causes for each in rows]


def test_after_the_decision_the_cause_said_last_is_the_one_that_counts(world: World) -> None:
    """The decision stays as it was made; a day that is past, and was counted before, is counted anew."""
    found = world.apply(application(1, OCTOBER))
    other = world.apply(application(2, OCTOBER))
    for each in (found, other):
        world.claim(each)
        world.decide(each)
    before, letters = kept(world, found), world.messages(found)
    world.clock.forward(days=1)
    assert counted(world) == [("arbetslös_ingen_ersättning",)] * 2
    assert [(each.by, each.said) for each in known(world, found)] == [(None, False)]
    say_after(world, found, "saknar_barnomsorg", "Ingen plats.")
    say_after(world, found, "föräldrapenning_väntar", "Kvinnan är sjuk.")
    (cause,) = known(world, found)
    assert (cause.cause, cause.said, cause.reason) == (
        "föräldrapenning_väntar",
        True,
        "Kvinnan är sjuk.",
    )
    assert (cause.by or "").endswith(", socialsekreterare")
    assert sorted(counted(world)) == [
        ("arbetslös_ingen_ersättning",),
        ("föräldrapenning_väntar",),
    ]
    assert (kept(world, found), world.messages(found)) == (before, letters)
    assert world.trail(found)[-2:] == [("answer", "given")] * 2
    with reading(world.engine) as session:
        stored = session.exec(select(AnswerRow).where(AnswerRow.application_id == found)).all()
    assert sorted(each.withdrawn_at is None for each in stored) == [False, True]
    world.whole()


def test_a_cause_said_twice_or_by_two_at_once_is_said_once(world: World) -> None:
    found = world.apply(application(1, OCTOBER))
    world.claim(found)
    world.decide(found)
    seen = world.row(found).version
    say_after(world, found, "saknar_barnomsorg", version=seen)
    with pytest.raises(StaleError):
        say_after(world, found, "saknar_barnomsorg", version=seen)
    with pytest.raises(StaleError):
        say_after(world, found, "utan_försörjningshinder", version=seen)
    assert [each.cause for each in known(world, found)] == ["saknar_barnomsorg"]
    world.whole()


@pytest.mark.parametrize(
    ("question", "value", "reason", "code"),
    [
        ("gone", "saknar_barnomsorg", "Ingen plats.", "question_gone"),
        (None, "lat", "Ingen plats.", "answer_not_a_choice"),
        (None, True, "Ingen plats.", "answer_not_text"),
        (None, "saknar_barnomsorg", " ", "answer_without_reason"),
    ],
)
def test_a_wrong_cause_is_told_in_one_word_and_changes_nothing(
    world: World, question: str | None, value: object, reason: str, code: str
) -> None:
    found = world.apply(application(1, OCTOBER))
    row = world.row(found)
    with pytest.raises(ConflictError), transaction(world.engine) as session:
        causes.say(world.office, session, TENANT, found, PERSON, row.version, AnswersToTry("x", "y", "z"))
    world.claim(found)
    world.decide(found)
    before = world.everything()
    row, asked = world.row(found), question or known(world, found)[0].question.id
    with pytest.raises(InputError) as wrong, transaction(world.engine) as session:
        causes.say(
            world.office, session, TENANT, found, PERSON, row.version, AnswersToTry(asked, value, reason)
        )
    assert [each.code for each in wrong.value.faults] == [code]
    assert world.everything() == before


def test_where_the_machine_never_looked_a_person_can_say_the_cause(world: World) -> None:
    found = world.receive(application(1, OCTOBER))
    world.clock.forward(hours=23)
    sweeps.late(world.office)
    world.claim(found)
    world.say(found, {"assessment": None, "outcome": "AVVISNING", "granted": 0, "reason": "Fel kommun."})
    assert counted(world) == [(UNKNOWN_CAUSE,)]
    assert [(each.cause, each.label) for each in known(world, found)] == [(None, "Alma")]
    say_after(world, found, "saknar_barnomsorg")
    assert counted(world) == [("saknar_barnomsorg",)]
    world.whole()


def test_no_later_month_rests_on_a_cause(world: World) -> None:
    found = world.known(1)
    world.clock.forward(days=30)
    later = world.apply(application(1, NOVEMBER))
    with reading(world.engine) as session:
        history = json.loads(session.get_one(AssessmentRow, (TENANT, later, 1)).case_file)["history"]
    assert [each["month"] for each in history] == [str(OCTOBER)]
    assert "causes" not in history[0]
    assert kept(world, found)
