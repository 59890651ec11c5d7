"""What people do with a case, and what they may not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from decision_service.casework import deciding, handlaggare
from decision_service.casework.decisions import document_of
from decision_service.casework.rows import ConflictError, NotFoundError, StaleError
from decision_service.reading.strict_json import InputError
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, AssessmentRow, CompletionRow, MessageRow, TaskRow
from tests.world.office import PERSON, SECOND, World
from tests.world.people import NOVEMBER, TENANT, application


@pytest.fixture
def case(world: World) -> str:
    """A case that a person must decide; the machine proposes nothing."""
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    return found


def proposal(world: World) -> tuple[str, int]:
    """A case with a person although the machine has a proposal: id and the proposed amount. The pay of the
    month before is gone, and a person is asked about it."""
    world.clock.forward(days=30)
    world.earning(1)
    found = world.apply(application(1, NOVEMBER))
    with transaction(world.engine) as session:
        assessment = session.get_one(AssessmentRow, (TENANT, found, 1))
    document = json.loads(assessment.document)
    assert document["proposed_outcome"] == "BIFALL"
    return found, document["calculation"]["granted"]


def task(world: World, application: str) -> TaskRow:
    with transaction(world.engine) as session:
        return session.get_one(TaskRow, (TENANT, application))


def test_claim(world: World, case: str) -> None:
    world.claim(case)
    assert task(world, case).claimed_by == PERSON
    world.claim(case)  # again by the same person
    with pytest.raises(ConflictError, match="case_taken"):
        world.claim(case, SECOND)
    assert world.trail(case)[-2:] == [("human_action", "claimed")] * 2


def test_a_stale_version_changes_nothing(world: World, case: str) -> None:
    seen = world.row(case).version
    world.claim(case)
    before = world.everything()
    with pytest.raises(StaleError):
        world.decide(case, version=seen)
    with pytest.raises(StaleError):
        world.act(handlaggare.claim, case, version=seen)
    with pytest.raises(StaleError):
        world.act(handlaggare.hand_back, case, version=seen, to_machine=True, reason="")
    assert world.everything() == before


def test_only_who_has_taken_it(world: World, case: str) -> None:
    for who, told in ((PERSON, "case_not_taken"), (SECOND, "case_taken")):
        with pytest.raises(ConflictError, match=told):
            world.decide(case, who=who)
        if who == PERSON:
            world.claim(case, PERSON)
    with pytest.raises(ConflictError):
        world.act(handlaggare.ask_applicant, case, ["Varför?"], who=SECOND)
    with pytest.raises(ConflictError):
        world.act(handlaggare.hand_back, case, who=SECOND, to_machine=False, reason="")
    world.act(handlaggare.hand_back, case, who=SECOND, to_machine=False, reason="Sjuk.", oversees=True)
    with pytest.raises(ConflictError, match="case_not_taken"):
        world.act(handlaggare.hand_back, case, who=SECOND, to_machine=False, reason="", oversees=True)


def test_only_what_is_with_a_person_and_here(world: World) -> None:
    received = world.receive(application(1, NOVEMBER))
    with pytest.raises(ConflictError, match="case_not_with_person"):
        world.claim(received)
    version = world.row(received).version
    for tenant, id_ in ((TENANT, "finns-inte"), ("1287", received)):
        with pytest.raises(NotFoundError), transaction(world.engine) as session:
            handlaggare.claim(world.office, session, tenant, id_, PERSON, version)


def test_decided_by_a_person(world: World, case: str) -> None:
    world.claim(case)
    world.decide(case, "BIFALL", 450_000)
    decision = world.decision(case)
    assert decision is not None
    assert (decision.outcome, decision.granted, decision.automatic) == ("BIFALL", 450_000, False)
    assert (decision.decided_by, decision.reason) == (PERSON, "Behovet är visat.")
    with reading(world.engine) as session:
        document = document_of(session, decision)
    assert (document.granted, document.assessment.number) == (450_000, 1)
    assert document.calculation.granted == 450_000
    assert world.messages(case) == ["letter", "payment"]
    with transaction(world.engine) as session:
        assert session.get(TaskRow, (TENANT, case)) is None
        payment = session.get_one(MessageRow, (TENANT, f"{case}.payment.1"))
        assert json.loads(payment.payload)["amount"] == 450_000
    with pytest.raises(ConflictError):
        world.decide(case)
    world.whole()


def test_a_refusal_pays_nothing(world: World, case: str) -> None:
    world.claim(case)
    world.decide(case, "AVVISNING", 0)
    assert world.messages(case) == ["letter"]


@pytest.mark.parametrize(
    ("outcome", "granted", "reason"),
    [
        ("AVSLAG", 100, "Skäl."),
        ("BIFALL", 0, "Skäl."),
        ("BIFALL", -5, "Skäl."),
        ("DELAVSLAG", 0, "Skäl."),
        ("AVSLAG", 0, " "),
        ("BIFALL", 100, ""),
    ],
)
def test_a_faulty_verdict_changes_nothing(
    world: World, case: str, outcome: str, granted: int, reason: str
) -> None:
    world.claim(case)
    before = world.everything()
    with pytest.raises(InputError):
        world.decide(case, outcome, granted, reason)
    assert world.everything() == before


def test_what_the_machine_proposed_needs_no_reason(world: World) -> None:
    found, granted = proposal(world)
    world.claim(found)
    world.decide(found, "BIFALL", granted, "")
    assert world.trail(found)[-2:] == [("decision", "BIFALL"), ("payment", None)]
    assert world.state(found) == ApplicationState.DECIDED


def test_another_amount_than_the_machine_proposed_is_an_override(world: World) -> None:
    found, granted = proposal(world)
    world.claim(found)
    with pytest.raises(InputError, match="skälen"):
        world.decide(found, "BIFALL", granted - 100, " ")
    world.decide(found, "BIFALL", granted - 100, "Hyran är lägre.")
    assert world.trail(found)[-3:-1] == [("override", "BIFALL"), ("decision", "BIFALL")]
    world.whole()


def test_four_eyes(world: World, case: str) -> None:
    """The municipality wants a second person for a refusal."""
    world.claim(case)
    world.decide(case, "AVSLAG", 0, "Ingen rätt.")
    assert world.state(case) == ApplicationState.HANDLAGGARE
    assert world.decision(case) is None
    with pytest.raises(ConflictError, match="own_proposal"):
        world.act(deciding.approve, case, agrees=True, reason="")
    with pytest.raises(InputError, match="varför"):
        world.act(deciding.approve, case, who=SECOND, agrees=False, reason=" ")
    world.act(deciding.approve, case, who=SECOND, agrees=False, reason="Utred boendet.")
    with pytest.raises(ConflictError, match="nothing_to_approve"):
        world.act(deciding.approve, case, who=SECOND, agrees=True, reason="")
    world.decide(case, "AVSLAG", 0, "Ingen rätt, boendet är utrett.")
    world.act(deciding.approve, case, who=SECOND, agrees=True, reason="")
    decision = world.decision(case)
    assert decision is not None
    assert (decision.outcome, decision.decided_by, decision.approved_by) == ("AVSLAG", PERSON, SECOND)
    assert decision.reason == "Ingen rätt, boendet är utrett."
    assert [what for _, what in world.trail(case)[-6:]] == [
        "claimed",
        "proposed",
        "not_approved",
        "proposed",
        "AVSLAG",
        "AVSLAG",
    ]
    world.whole()


def test_back_to_the_queue(world: World, case: str) -> None:
    world.claim(case)
    world.decide(case, "AVSLAG", 0, "Ingen rätt.")
    world.act(handlaggare.hand_back, case, to_machine=False, reason="Jag är jävig.")
    found = task(world, case)
    assert (found.claimed_by, found.proposal, found.proposed_by) == (None,) * 3
    assert world.trail(case)[-1] == ("human_action", "released")
    world.claim(case, SECOND)


def test_back_to_the_machine(world: World) -> None:
    found, _ = proposal(world)
    world.imported(1)  # there was no pay, it turns out
    world.claim(found)
    world.clock.forward(hours=3)
    world.act(handlaggare.hand_back, found, to_machine=True, reason="Tidigare månad är rättad.")
    row = world.row(found)
    assert (row.state, row.next_run_at, row.attempts) == (ApplicationState.RECEIVED, world.clock.now, 0)
    assert world.examine(found) == ApplicationState.DECIDED
    decision = world.decision(found)
    assert decision is not None
    assert decision.automatic
    assert world.trail(found)[4:] == [
        ("human_action", "handed_back"),
        ("facts", None),
        ("assessment", "BIFALL"),
        ("decision", "BIFALL"),
        ("payment", None),
    ]
    world.whole()


def test_a_person_asks_the_applicant(world: World, case: str) -> None:
    world.claim(case)
    with pytest.raises(InputError):
        world.act(handlaggare.ask_applicant, case, [])
    with pytest.raises(InputError):
        world.act(handlaggare.ask_applicant, case, ["Hur bor du?", "  "])
    world.act(handlaggare.ask_applicant, case, ["Hur bor du? "])
    row = world.row(case)
    assert (row.state, row.escalate_at, row.next_run_at) == (ApplicationState.WAITING, None, None)
    with transaction(world.engine) as session:
        asked = session.exec(select(CompletionRow.asked)).one()
        assert [one["question"] for one in json.loads(asked)] == ["Hur bor du?"]
    assert world.messages(case) == ["completion_request"]
    world.clock.forward(days=2)
    world.complete(case, {"application": {"housingPersonCount": 1}})
    assert world.row(case).deadline_at == world.clock.now + timedelta(hours=24)
    assert world.examine(case) == ApplicationState.HANDLAGGARE
    assert task(world, case).claimed_by == PERSON, "whoever asked has the answer"
    world.whole()


def test_decided_over_a_version_that_changes_at_once(world: World, case: str) -> None:
    """Two people with the same version: one wins, the other is told."""
    world.claim(case)
    version = world.row(case).version
    world.decide(case, "BIFALL", 100, "Skäl.", version=version)
    with pytest.raises(StaleError):
        world.decide(case, "BIFALL", 200, "Skäl.", version=version)
    decision = world.decision(case)
    assert decision is not None
    assert decision.granted == 100
