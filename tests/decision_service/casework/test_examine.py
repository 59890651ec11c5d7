"""The machine looks at an application: every outcome, and everything that can come between."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from decision_service.casework.assessments import numbered
from decision_service.casework.decisions import document_of
from decision_service.casework.delivery import deliver
from decision_service.casework.examine import ATTEMPTS, examine
from decision_service.casework.leases import LONG
from decision_service.casework.writing_off import take_back
from decision_service.decision.document import RestsOn
from decision_service.evaluation import CrashError, Evaluated
from decision_service.store.database import reading, transaction
from decision_service.store.tables import ApplicationState, AssessmentRow
from tests.world.cases import raw
from tests.world.office import Json, World, silent
from tests.world.people import (
    NOVEMBER,
    OCTOBER,
    TENANT,
    application,
    in_part,
    incomplete,
    personal_number,
    refused,
)


def test_a_first_application_goes_to_a_person_and_the_next_month_is_automatic(world: World) -> None:
    first = world.known(1)
    assert world.trail(first) == [
        ("application_received", None),
        ("facts", None),
        ("assessment", "HANDLAGGARE"),
        ("human_action", "claimed"),
        ("override", "BIFALL"),
        ("decision", "BIFALL"),
        ("payment", None),
    ]
    world.clock.forward(days=30)
    second = world.apply(application(1, NOVEMBER))
    decision = world.decision(second)
    assert decision is not None
    assert (decision.outcome, decision.automatic, decision.decided_by) == ("BIFALL", True, "lagrum")
    assert decision.granted == 1_201_000
    assert world.state(second) == ApplicationState.DECIDED
    assert world.messages(second) == ["letter", "payment"]
    assert world.trail(second) == [
        ("application_received", None),
        ("facts", None),
        ("assessment", "BIFALL"),
        ("decision", "BIFALL"),
        ("payment", None),
    ]
    world.whole()


def test_nobody_else_inherits_a_history(world: World) -> None:
    world.known(1)
    world.clock.forward(days=30)
    world.plan(2)
    stranger = world.apply(application(2, NOVEMBER))
    assert world.state(stranger) == ApplicationState.HANDLAGGARE
    assert "NY_ANSÖKAN" in world.reasons(stranger)


@pytest.mark.parametrize(
    ("form", "outcome", "messages"),
    [
        (application, "BIFALL", ["letter", "payment"]),
        (in_part, "DELAVSLAG", ["letter", "payment"]),
        (refused, "AVSLAG", ["letter"]),
    ],
)
def test_automatic(world: World, form: Callable[..., Json], outcome: str, messages: list[str]) -> None:
    world.clock.forward(days=30)
    (world.earning if form is refused else world.imported)(1)
    found = world.apply(form(1, NOVEMBER))
    decision = world.decision(found)
    assert decision is not None
    assert (decision.outcome, decision.automatic) == (outcome, True)
    assert world.messages(found) == messages
    row = world.row(found)
    assert row.next_run_at is row.escalate_at is None
    world.whole()


def test_incomplete(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.apply(incomplete(1, NOVEMBER))
    row = world.row(found)
    assert row.state == ApplicationState.WAITING
    assert row.escalate_at is row.next_run_at is None
    assert row.escalate_at is row.next_run_at is None
    assert world.messages(found) == ["completion_request"]
    assert world.trail(found)[2:] == [("assessment", "KOMPLETTERING"), ("completion", "asked")]
    assert world.decision(found) is None
    world.whole()


def test_silent_registers_lead_to_a_person(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    world.registers.script[personal_number(1)] = silent
    found = world.apply(application(1, NOVEMBER))
    assert world.state(found) == ApplicationState.HANDLAGGARE
    assert "REGISTER_SAKNAS" in world.reasons(found)
    world.whole()


def test_the_same_month_again_is_never_automatic(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    world.apply(application(1, NOVEMBER))
    again = world.apply(application(1, NOVEMBER))
    assert world.state(again) == ApplicationState.HANDLAGGARE
    assert "MÅNADEN_BESLUTAD" in world.reasons(again)


def test_an_application_beside_one_that_runs_is_never_automatic(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    world.receive(application(1, NOVEMBER))
    world.clock.forward(minutes=1)
    again = world.apply(application(1, NOVEMBER))
    assert world.state(again) == ApplicationState.HANDLAGGARE
    assert "ANSÖKAN_PÅGÅR" in world.reasons(again)


def test_two_at_once_for_the_same_month_give_one_automatic_decision(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the machine looks at one, another comes from a server whose clock is slow and is decided. Neither
    was there to be seen when the other was looked at."""
    world.clock.forward(days=30)
    world.imported(1)
    one = world.receive(application(1, NOVEMBER))
    original, other = world.office.evaluators.assess, list[str]()

    def assess(case: bytes) -> Evaluated:
        if not other:
            other.append("")
            world.clock.forward(seconds=-1)
            other[0] = world.receive(application(1, NOVEMBER))
            world.clock.forward(seconds=1)
            examine(world.office, TENANT, other[0])
        return original(case)

    monkeypatch.setattr(world.office.evaluators, "assess", assess)
    examine(world.office, TENANT, one)
    assert world.state(other[0]) == ApplicationState.DECIDED
    assert world.state(one) == ApplicationState.RECEIVED
    assert world.examine(one) == ApplicationState.HANDLAGGARE
    assert world.reasons(one) == ["MÅNADEN_BESLUTAD"]
    world.whole()


def test_examined_by_many_at_once_is_examined_once(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.receive(application(1, NOVEMBER))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: examine(world.office, TENANT, found), range(12)))
    assert [kind for kind, _ in world.trail(found)] == [
        "application_received",
        "facts",
        "assessment",
        "decision",
        "payment",
    ]
    assert world.messages(found) == ["letter", "payment"]


def test_what_is_not_there_or_not_for_the_machine_is_left_alone(world: World) -> None:
    found = world.known(1)
    before = world.everything()
    world.examine(found)
    examine(world.office, TENANT, "finns-inte")
    examine(world.office, "1287", found)
    assert world.everything() == before


def test_withdrawn_while_the_machine_looks(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.receive(application(1, NOVEMBER))

    def withdrawn(number: str) -> None:
        with transaction(world.engine) as session:
            take_back(world.office, session, TENANT, found)

    world.registers.before = withdrawn
    assert world.examine(found) == ApplicationState.WITHDRAWN
    assert world.decision(found) is None
    assert world.messages(found) == ["written_off"]
    told = [("application_received", None), ("withdrawn", None), ("written_off", None)]
    assert world.trail(found) == told
    world.whole()


def test_a_worker_that_died_is_replaced_when_its_time_is_over(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.receive(application(1, NOVEMBER))

    def die(number: str) -> None:
        raise SystemExit

    world.registers.before = die
    with pytest.raises(SystemExit):
        world.examine(found)
    world.registers.before = lambda number: None
    assert world.examine(found) == ApplicationState.EXAMINED  # another may be at it
    world.clock.now += LONG
    assert world.examine(found) == ApplicationState.DECIDED
    assert world.row(found).attempts == 0


def test_a_case_that_kills_every_worker_ends_with_a_person(world: World) -> None:
    world.clock.forward(days=30)
    found = world.receive(application(1, NOVEMBER))

    def die(number: str) -> None:
        raise SystemExit

    world.registers.before = die
    for _ in range(ATTEMPTS):
        with pytest.raises(SystemExit):
            world.examine(found)
        world.clock.now += LONG
    assert world.examine(found) == ApplicationState.HANDLAGGARE
    assert world.reasons(found) == ["PRÖVNING_AVBRÖTS"]
    assert world.trail(found) == [("application_received", None), ("handed_over", "evaluation_failed")]
    world.whole()


def test_decided_by_a_person_without_the_machine_is_history_like_any_other(world: World) -> None:
    """The machine never got to look at October; November must still be possible to examine."""
    world.plan(1)
    october = world.receive(application(1, OCTOBER))
    world.registers.before = _crash
    for _ in range(ATTEMPTS):
        with pytest.raises(CrashError):
            world.examine(october)
        world.clock.now += LONG
    world.registers.before = lambda number: None
    assert world.examine(october) == ApplicationState.HANDLAGGARE
    world.claim(october)
    world.decide(october)
    deliver(world.office)
    assert {one.kind for one in world.recorder.got} == {"receipt", "handed_over", "letter", "payment"}
    world.clock.forward(days=30)
    november = world.apply(application(1, NOVEMBER))
    assert world.trail(november)[1][0] == "facts"  # it was examined, and did not fail
    assert world.row(november).attempts == 0


def _crash(number: str) -> None:
    raise CrashError("påhittat")


def test_the_case_file_is_kept_with_the_assessment_that_the_decision_rests_on(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    decision = world.decision(world.apply(application(1, NOVEMBER)))
    assert decision is not None
    with reading(world.engine) as session:
        assessment = session.get_one(AssessmentRow, (TENANT, decision.application_id, decision.assessment))
        document = document_of(session, decision)
    case = json.loads(assessment.case_file)
    assert [month["month"] for month in case["history"]] == [str(OCTOBER)]
    assert case["registers"]["p1"]["af"]
    assert case["activity"][0]["person"] == "p1"
    assert document.release == world.office.book.release
    assert document.assessment == RestsOn(number=1, receipt=numbered(assessment).document.receipt)


def test_a_lease_outlives_a_clock_that_goes_back(world: World) -> None:
    world.clock.forward(days=30)
    world.imported(1)
    found = world.receive(application(1, NOVEMBER))
    world.clock.now -= timedelta(hours=1)
    assert world.examine(found) == ApplicationState.DECIDED
    world.whole()


def test_a_month_that_the_other_adult_has_been_decided_for_is_decided(world: World) -> None:
    """Two who live together and each send an application of their own get one decision from the machine."""
    world.clock.forward(days=30)
    world.imported(1)
    world.imported(2)
    assert world.state(world.apply(application(2, NOVEMBER))) == ApplicationState.DECIDED
    couple = raw("par-bifall")
    adults = [
        {**one, "personal_number": personal_number(number), "born": None}
        for number, one in enumerate(couple["people"], start=1)
    ]
    both = {"schema": "ansokan/1", "application": couple["application"], "people": adults}
    found = world.apply(both)
    assert world.state(found) == ApplicationState.HANDLAGGARE
    assert "MÅNADEN_BESLUTAD" in world.reasons(found)
    world.whole()
