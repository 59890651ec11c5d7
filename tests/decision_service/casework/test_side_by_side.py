"""Applications that are examined side by side end as each would alone, whatever goes wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Barrier

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from decision_service.casework import examine, gather
from decision_service.casework.examine import examine_all
from decision_service.casework.gather import AskedApplication, Gathered
from decision_service.casework.leases import LONG
from decision_service.casework.office import Office
from decision_service.evaluation import CrashError, Evaluated
from decision_service.registers.port import Answers
from decision_service.store.database import transaction
from decision_service.store.tables import FOR_THE_MACHINE, ApplicationState, AssessmentRow, DecisionRow
from norms.month import Month
from tests.decision_service.casework.test_statements import counted
from tests.decision_service.reliability.test_failing_statement import Breaker, breaking
from tests.world.office import World, all_clear, count
from tests.world.people import NOVEMBER, OCTOBER, TENANT, application, incomplete, personal_number, refused

FOUR = (1, 2, 3, 4)
TWO_MORE = {"sqlite": 3, "postgresql": 2}
"""Statements, at most, that two more applications cost that are examined beside another."""


@pytest.fixture
def four(world: World) -> list[str]:
    """Applications that the machine grants, of four people who are known."""
    world.clock.forward(days=30)
    for person in FOUR:
        world.imported(person)
    return [world.receive(application(person, NOVEMBER)) for person in FOUR]


def states(world: World, cases: Sequence[str]) -> list[ApplicationState]:
    return [world.state(each) for each in cases]


def test_each_ends_as_it_would_alone(world: World) -> None:
    forms = (application, incomplete, refused, application)
    world.clock.forward(days=30)
    for person in (*FOUR, *(10 + each for each in FOUR)):
        world.imported(person)
    alone = [world.receive(form(person, NOVEMBER)) for person, form in zip(FOUR, forms, strict=True)]
    beside = [world.receive(form(10 + person, NOVEMBER)) for person, form in zip(FOUR, forms, strict=True)]
    for each in alone:
        world.examine(each)
    examine_all(world.office, TENANT, beside)
    assert states(world, beside) == states(world, alone)
    assert len(set(states(world, alone))) > 1
    assert [world.trail(each) for each in beside] == [world.trail(each) for each in alone]
    assert [world.messages(each) for each in beside] == [world.messages(each) for each in alone]
    world.whole()


def test_one_that_hides_others_is_written_alone(world: World, four: list[str]) -> None:
    """For others' rows are locked then, and the log is nobody's yet."""
    earlier = world.receive(application(2, OCTOBER))
    groups = list[int]()
    written = examine._write

    def noted(office: Office, assessed: Sequence[examine._Assessed]) -> list[examine._Assessed]:
        groups.append(len(assessed))
        return written(office, assessed)

    def secret(number: str, month: Month) -> Answers:
        found = all_clear(number, month)
        csn = {**found.agencies["csn"], "Personer": {"Person": {"Status": "", "sekretess": "J"}}}
        return replace(found, agencies={**found.agencies, "csn": csn})

    world.registers.script[personal_number(2)] = secret
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examine, "_write", noted)
        examine_all(world.office, TENANT, four)
    assert groups == [3, 1]
    assert [world.row(each).protected for each in (*four, earlier)] == [False, True, False, False, True]
    assert world.state(four[1]) == ApplicationState.HANDLAGGARE
    world.whole()


def test_the_registers_are_asked_about_everybody_at_the_same_time(
    world: World, four: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register that takes its time is waited for once, not once for each person."""
    couple = application(5, NOVEMBER, maritalStatus="COHABITING")
    other = {"id": "p2", "role": "CO_APPLICANT", "personal_number": personal_number(6), "first_name": "Bo"}
    couple["people"].append(other)
    of_two = world.receive(couple)
    together = Barrier(len(FOUR) + 2, timeout=60)
    monkeypatch.setattr(world.registers, "before", lambda _: together.wait())
    examine_all(world.office, TENANT, [*four, of_two])
    assert not together.broken
    assert states(world, four) == [ApplicationState.DECIDED] * 4
    assert world.state(of_two) not in FOR_THE_MACHINE


def test_more_cost_hardly_more_statements(world: World, four: list[str]) -> None:
    world.apply(application(9, NOVEMBER))  # what is asked once of each connection
    with counted(world.engine) as one:
        examine_all(world.office, TENANT, four[:1])
    with counted(world.engine) as three:
        examine_all(world.office, TENANT, four[1:])
    assert states(world, four) == [ApplicationState.DECIDED] * 4
    assert len(three) - len(one) <= TWO_MORE[world.engine.dialect.name], "\n".join(three)


def test_one_that_takes_its_evaluation_down_harms_no_other(
    world: World, four: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = world.office.evaluators.assess

    def assess(case: bytes) -> Evaluated:
        if personal_number(2).encode() in case:
            raise CrashError("dog")
        return original(case)

    monkeypatch.setattr(world.office.evaluators, "assess", assess)
    for _ in range(examine.ATTEMPTS):
        examine_all(world.office, TENANT, four)
    assert states(world, four) == [
        ApplicationState.DECIDED,
        ApplicationState.HANDLAGGARE,
        ApplicationState.DECIDED,
        ApplicationState.DECIDED,
    ]
    world.whole()


def test_a_fault_of_ours_with_one_harms_no_other_and_is_told(world: World, four: list[str]) -> None:
    def broken(_number: str, _month: Month) -> Answers:
        raise ArithmeticError

    world.registers.script[personal_number(2)] = broken
    with structlog.testing.capture_logs() as told, pytest.raises(ArithmeticError):
        examine_all(world.office, TENANT, four)
    assert [each["application"] for each in told if each["event"] == "examine_failed"] == [four[1]]
    assert states(world, four) == [
        ApplicationState.DECIDED,
        ApplicationState.EXAMINED,
        ApplicationState.DECIDED,
        ApplicationState.DECIDED,
    ]
    world.registers.script[personal_number(2)] = all_clear
    world.clock.now += LONG
    examine_all(world.office, TENANT, four)
    assert states(world, four) == [ApplicationState.DECIDED] * 4


def test_two_of_one_person_are_not_both_decided_unseen(world: World, four: list[str]) -> None:
    """Whichever is looked at first when they cannot be written together."""
    world.clock.forward(seconds=1)
    again = world.receive(application(1, NOVEMBER))
    examine_all(world.office, TENANT, [*four, again])
    assert states(world, four) == [ApplicationState.DECIDED] * 4
    assert world.state(again) in (ApplicationState.RECEIVED, ApplicationState.HANDLAGGARE)
    with transaction(world.engine) as session:
        assert count(session, DecisionRow) == 4
    world.whole()


def test_one_that_a_worker_has_died_with_is_looked_at_alone(
    world: World, four: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    examine._begin(world.office, TENANT, [four[1]])  # and died
    world.clock.now += LONG
    together: list[int] = []
    original = gather.gather

    def noted(office: Office, session: Session, asked: Sequence[AskedApplication]) -> list[Gathered]:
        together.append(len(asked))
        return original(office, session, asked)

    monkeypatch.setattr(gather, "gather", noted)
    examine_all(world.office, TENANT, four)
    assert together == [3, 1]
    assert states(world, four) == [ApplicationState.DECIDED] * 4


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_a_statement_that_fails_once_loses_none(world: World, after: bool) -> None:
    """Whichever it is, the commits too, and those of which nobody hears that they were done."""
    world.clock.forward(days=30)
    seen, person, places = Breaker(after=after), 0, [0]
    while places:
        place = places.pop()
        cases = []
        for _ in range(2):
            person += 1
            world.imported(person)
            cases.append(world.receive(application(person, NOVEMBER)))
        breaker = Breaker(at=place, after=after)
        with breaking(world.engine, breaker), suppress(OperationalError):
            examine_all(world.office, TENANT, cases)
        if place == 0:
            seen, places = breaker, breaker.places
        world.clock.now += LONG
        examine_all(world.office, TENANT, cases)
        assert states(world, cases) == [ApplicationState.DECIDED] * 2, (place, seen.seen[place - 1])
    with transaction(world.engine) as session:
        assert count(session, AssessmentRow) == count(session, DecisionRow) == person
    world.whole()
