"""Why each adult does not support themselves: proposed, said by a person, kept with the decision."""

from __future__ import annotations

import json

from decision_service.casework import answers
from decision_service.casework.answers import Given
from decision_service.casework.decisions import document_of
from decision_service.casework.examine import examine
from decision_service.decision.causes import CODE
from decision_service.decision.document import Reason
from decision_service.store.database import reading
from decision_service.store.tables import ApplicationRow, AssessmentRow, State
from tests.decision_service.casework.test_answers import give
from tests.world.office import World
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application


def asked(world: World, found: str) -> list[Reason]:
    with reading(world.engine) as session:
        return answers.causes_asked(world.office, session, session.get_one(ApplicationRow, found))


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
    assert world.state(found) == State.DECIDED
    assert kept(world, found) == [("arbetslös_ingen_ersättning", False)]


def test_a_person_says_the_cause_and_takes_it_back(world: World) -> None:
    """Nothing waits for it, and the proposal stands until somebody knows better."""
    found = world.apply(application(1, OCTOBER))
    world.claim(found)
    (question,) = asked(world, found)
    assert (question.code, question.id) == (CODE, asked(world, found)[0].id)
    assert CODE not in world.reasons(found)
    before = world.reasons(found)
    give(world, found, Given(question.id, "arbetshinder_sociala_skäl", "Enligt utredningen."))
    examine(world.office, TENANT, found)
    assert world.reasons(found) == before
    with reading(world.engine) as session:
        (stored,) = answers.of_application(session, session.get_one(ApplicationRow, found))
        newest = session.get_one(AssessmentRow, (found, 2)).document
        assert json.loads(newest)["causes"] == [
            {"person": "p1", "label": "Alma", "cause": "arbetshinder_sociala_skäl", "said": True}
        ]
    give(world, found, Given(question.id, "saknar_barnomsorg", "Ingen plats ännu."))
    examine(world.office, TENANT, found)
    with reading(world.engine) as session:
        standing = answers.of_application(session, session.get_one(ApplicationRow, found))
    assert [json.loads(each.value) for each in standing] == ["saknar_barnomsorg"]
    assert standing[0].id != stored.id
    world.decide(found)
    assert kept(world, found) == [("saknar_barnomsorg", True)]
    world.whole()


def test_no_later_month_rests_on_a_cause(world: World) -> None:
    found = world.known(1)
    world.clock.forward(days=30)
    later = world.apply(application(1, NOVEMBER))
    with reading(world.engine) as session:
        history = json.loads(session.get_one(AssessmentRow, (later, 1)).case_file)["history"]
    assert [each["month"] for each in history] == [str(OCTOBER)]
    assert "causes" not in history[0]
    assert kept(world, found)
